# Prints the types of the file systems of home and data root, a line each. Then, a line each, the
# owner, a tab and the path below the home of what somebody else owns in the places that an account
# writes to.
# Arguments: the home, the data root, the account's name, or nothing before there is one.

# A place that is not there will be made in the nearest directory above it that is.
nearest_directory() {
	place=$1
	until [ -d "$place" ]; do
		place=${place%/*}
		place=${place:-/}
	done
	printf '%s' "$place"
}

stat -f -L -c %T -- "$(nearest_directory "$1")" "$(nearest_directory "$2")"
if [ -z "$3" ]; then
	exit 0
fi
if ! cd -- "$1"; then
	printf 'nobody, for want of it\t.\n'
	exit
fi
for path in . .config .config/docker .config/docker/* .config/systemd .config/systemd/user \
	.config/systemd/user/docker* .docker .docker/config.json .docker/contexts \
	.local .local/share .ssh .ssh/authorized_keys; do
	if [ -e "$path" ] && [ ! -O "$path" ]; then
		stat --printf '%U\t%n\n' -- "$path"
	fi
done
