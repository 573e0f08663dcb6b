# Prints the kernel's facts of a process, a line each: name, blank, value. Its files are status,
# uid_map, net/dev and mountinfo below /proc/PROCESS.

FILENAME ~ /status$/ && $1 == "CapEff:" { print "capabilities " $2 }

FILENAME ~ /uid_map$/ { map = with_comma(map, $1 " " $2 " " $3) }

# A line of an interface begins with its name and a colon.
FILENAME ~ /dev$/ && sub(/:.*/, "") { interfaces = with_comma(interfaces, $1) }

# The tags of the root's mount, such as shared:1, are from the seventh field on, up to "-".
FILENAME ~ /mountinfo$/ && $5 == "/" {
	root = ""
	for (at = 7; at <= NF && $at != "-"; at++) root = with_comma(root, $at)
}

END {
	print "idMap " map
	print "interfaces " interfaces
	print "rootMount " root
}

function with_comma(list, word) {
	if (list == "") return word
	return list "," word
}
