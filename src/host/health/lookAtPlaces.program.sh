# Prints the types of the file systems of home and data root, a line each. Then, a line each, the
# owner, a tab and the path below the home of what somebody else owns in the places that are written to.
# Arguments: the home, the data root, the account's name, or nothing before there is one, and the places, as
# paths from the home.

# A place that is not there will be made in the nearest directory above it that is.
nearest_directory() {
	place=$1
	until [ -d "$place" ]; do
		place=${place%/*}
		place=${place:-/}
	done
	printf '%s' "$place"
}

home=$1
account=$3
stat -f -L -c %T -- "$(nearest_directory "$home")" "$(nearest_directory "$2")"
if [ -z "$account" ]; then
	exit 0
fi
if ! cd -- "$home"; then
	printf 'nobody, for want of it\t.\n'
	exit 0
fi
shift 3
for path in . "$@"; do
	if [ -e "$path" ] && [ ! -O "$path" ]; then
		stat --printf '%U\t%n\n' -- "$path"
	fi
done
