# Prints those paths that others than root can change, or what leads to them, from the output of
# "namei -l PATHS".

/^f: / {
	path = substr($0, 4)
	next
}

/No such file/ { next }

{
	if (!(path in told) && others_can_change($1, $2, $3)) {
		print path
		told[path]
	}
}

# A mode such as drwxr-xr-x, owner and group.
function others_can_change(mode, owner, group) {
	if (owner != "root") return 1
	# The mode of a link says nothing.
	if (mode ~ /^l/) return 0
	# Group staff owns /usr/local on Debian.
	if (mode ~ /^.....w/ && group !~ /^(root|staff)$/) return 1
	# A sticky directory lets nobody move what is not his.
	return mode ~ /^........w/ && mode !~ /^d........t/
}
