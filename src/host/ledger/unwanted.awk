# Prints which records a step had wanted and does not want any more, the newest first:
#   KIND NAME NUMBER
# Reads the table "wanted" (KIND NAME), then the table "records". A directory is wanted as long as
# something in it is.
#   installation, step  whose wishes these are
#   phase               "early" if late records still count as wanted
BEGIN { FS = OFS = "\t" }

table == "wanted" {
	note_wanted($1, $2)
	next
}

$4 == "late" { is_late[$1] = 1 }

$4 == "by" && $5 == installation && $6 == step {
	count++
	number[count] = $1
	kind[count] = $2
	name[count] = $3
	is_directory[count] = $7 ~ /^dir /
}

END {
	for (at = 1; at <= count; at++) {
		if (phase == "early" && number[at] in is_late) note_wanted(kind[at], name[at])
	}
	for (at = count; at > 0; at--) {
		if ((kind[at], name[at]) in is_wanted) continue
		if (is_directory[at] && name[at] in has_wanted_in_it) continue
		print kind[at], name[at], number[at]
	}
}

# The names of lines and members begin with their file's path, which holds no blank.
function note_wanted(of_kind, path) {
	is_wanted[of_kind, path] = 1
	sub(/ .*/, "", path)
	while (sub(/\/[^\/]*$/, "", path)) has_wanted_in_it[path] = 1
}
