# shellcheck shell=dash
# Files that are written at once or not at all, by root or as the account.

# True where a file and all that leads to it, links too, are root's, and nobody else's to change. A group that may
# change directories is what Debian has for /usr/local. $1 the path.
is_roots_own() {
	walk way "$1" | xargs -0 ls -ld -- 2>/dev/null | awk '
		$3 != "root" || (/^[^l].......w/ && !/^d........t/) { others = 1 }
		/^[^l]....w/ && $4 != "root" && !(/^d/ && $4 == "staff") { others = 1 }
		# What an access control list allows at most stands where a group has its mode.
		/^[^l]....w....[+]/ { others = 1 }
		END { exit others || NR == 0 }'
}

# Writes stdin to a path at once or not at all, also where the power goes. What a killed run left
# half written has a fixed name, and goes with the next write or restore. $1 as_root or as_account,
# $2 path, $3 mode.
write_path() {
	# -C: where others may write to the directory, a link that one of them put there meanwhile is an error.
	# shellcheck disable=SC2016 # the inner shell expands them
	"$1" sh -C -c 'umask 077; new=$1.rootless-docker-new; rm -f "$new"
		cat >"$new" && chmod "$2" "$new" && sync "$new" && mv -fT "$new" "$1" &&
		{ sync "${1%/*}/" 2>/dev/null || sync; }' sh "$2" "$3"
}

# The same for a symbolic link. $1 as_root or as_account, $2 path, $3 target.
write_link() {
	# shellcheck disable=SC2016 # the inner shell expands them
	"$1" sh -c 'ln -sfnT "$2" "$1" && { sync "${1%/*}/" 2>/dev/null || sync; }' sh "$2" "$3"
}

# The same for a file of any owner. In the home nobody but the account can be one: whose a file was
# there is what the account says. $1 as_root or as_account, $2 path, $3 mode, a space, UID:GID.
write_path_of() {
	write_path "$1" "$2" "${3% *}" || return
	if [ "$1" = as_root ]; then
		chown "${3#* }" "$2"
	elif ! is_its_own "$3"; then
		say "$2 belongs to $ACCOUNT now, and not to ${3#* }: the file itself is gone"
	fi
}

# $1 mode, a space, UID:GID.
is_its_own() { [ "${1#* }" = "$ACCOUNT_UID:$ACCOUNT_GID" ]; }

# Prints a file without a line. $1 as_root or as_account, $2 file, $3 line.
without_line() {
	local status=0
	if [ "$1" = as_account ]; then
		need_account_file "$2" "$WORK/lines" "to take one line out of it"
		printf '%s\n' "$3" | grep -vxF -f - -- "$WORK/lines" || status=$?
	else
		printf '%s\n' "$3" | grep -vxF -f - -- "$2" || status=$?
	fi
	[ "$status" -le 1 ] ||
		fail "$2" "that it cannot be read" "the file, to take one line out of it" \
			"make it readable, then run again"
}

# For people; nothing where that takes minutes. $1 the path.
size_of() { in_directory "$1" timeout -k 5 60 du -sh . 2>/dev/null | cut -f 1; }
