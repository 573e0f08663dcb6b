# Prints what dnf would do, "install NAME" or "remove NAME" a line, from the table that it shows
# before it asks. dnf prints a long name on a line of its own, and what a package takes the place of
# below it. With a conflict there is no table, but an offer to try it with --allowerasing.

# A title: its first word says what becomes of the packages, as in "Installing dependencies:".
/^[^ ].*:$/ {
	section = $1
	sub(/:$/, "", section)
	next
}

/^Transaction Summary/ { section = "" }
/--allowerasing/ { print "remove what conflicts" }

section == "Installing" { verb = "install" }
section == "Removing" { verb = "remove" }
section !~ /^(Installing|Removing)$/ { next }

$1 == "replacing" {
	print "remove", plain($2)
	next
}

# A long name, whose other columns are on the next line.
NF == 1 && !/^=/ {
	name = $1
	next
}

NF > 3 && /^ / {
	if (name == "") name = $1
	print verb, plain(name)
	name = ""
}

# The name without the architecture.
function plain(word) {
	sub(/\.(noarch|i[3-6]86|x86_64|aarch64)$/, "", word)
	return word
}
