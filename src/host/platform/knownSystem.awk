# Prints the line of the table SYSTEMS for a system, or for the one that it is built from.
# Variables: names, its ID and those of ID_LIKE, the nearest first; version, its VERSION_ID.

BEGIN {
	count = split(names, name, " ")
	# The table has 10 for 10.1.
	sub(/\..*/, "", version)
}

$2 == version || $2 == "rolling" { line[$1] = $0 }

END {
	for (i = 1; i <= count; i++) {
		if (name[i] in line) {
			print line[name[i]]
			exit
		}
	}
}
