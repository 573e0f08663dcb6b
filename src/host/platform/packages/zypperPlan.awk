# Prints what zypper would do, "install NAME" or "remove NAME" a line, from what it prints as XML in
# a dry run. A solution of a conflict names a deinstallation.

/^<\/?to-/ { verb = "" }
/^<to-install>/ { verb = "install" }
/^<to-remove>/ { verb = "remove" }
/^<\/?to-/ { next }

/deinstallation of / { print "remove what conflicts" }

/^<solvable type="package"/ && verb != "" {
	name = $0
	sub(/.* name="/, "", name)
	sub(/".*/, "", name)
	print verb, name
}
