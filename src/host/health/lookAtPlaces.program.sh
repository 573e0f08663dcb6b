# Runs as the account, or as root before there is one. Arguments: the home, the data root, the account's
# name or nothing, and paths in the home that are written to. Prints the types of the file systems of
# home and data root, a line each; then owner and path of what is another's in these places.
home=$1
account=$3
for place in "$home" "$2"; do
	until [ -d "$place" ]; do
		place=${place%/*}
		place=${place:-/}
	done
	stat -f -L -c %T -- "$place" || echo unknown
done
if [ -z "$account" ]; then exit 0; fi
if ! cd -- "$home"; then
	printf 'nobody, for want of it\t.\n'
	exit 0
fi
shift 3
for path in . "$@"; do
	if [ -e "$path" ] && [ ! -O "$path" ]; then stat --printf '%U\t%n\n' -- "$path"; fi
done
