# shellcheck shell=dash
# Files that are written at once or not at all, by root or as the account.

# True where nobody but root can change what leads to a path, through whichever links.
only_root_leads_to() {
	namei -l "$(dirname "$1")" 2>/dev/null | awk '
		/^[dl]/ && ($2 != "root" || (/^d/ && $1 ~ /^.....w|^........w/)) { others = 1 }
		END { exit others }'
}

# Every path that a look at one goes by, through links too, each with NUL at its end. Its argument: the path.
# shellcheck disable=SC2016 # a program of its own
PATHS_ON_THE_WAY='
my @names = split m{/}, shift;
my ($at, $links) = ("", 0);
print "/\0";
while (@names) {
	my $name = shift @names;
	next if $name eq "" || $name eq ".";
	if ($name eq "..") { $at =~ s{/[^/]*\z}{}; next }
	print "$at/$name\0";
	if (defined(my $to = readlink "$at/$name")) {
		last if ++$links > 40;
		$at = "" if $to =~ m{^/};
		unshift @names, split m{/}, $to;
	} else {
		$at .= "/$name";
	}
}'

# True where a file and all that leads to it, links too, are root's, and nobody else's to change. A group that may
# change directories is what Debian has for /usr/local. $1 the path.
is_roots_own() {
	namei -l "$1" 2>/dev/null | awk '
		NR == 1 { next }
		$2 != "root" || ($1 ~ /^[^l].......w/ && $1 !~ /^d........t/) { others = 1 }
		$1 ~ /^[^l]....w/ && $3 != "root" && !($1 ~ /^d/ && $3 == "staff") { others = 1 }
		END { exit others }' && ! is_written_by_acl "$1"
}

# True where an access control list lets somebody write: what it allows at most stands where a group's mode does. $1
# the path.
is_written_by_acl() {
	# stat and find do not know of lists.
	perl -e "$PATHS_ON_THE_WAY" "$1" | xargs -0 ls -ld -- |
		awk '$1 ~ /^[^l]....w....[+]/ { found = 1 } END { exit !found }'
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
size_of() { timeout -k 5 60 du -sh "$1" 2>/dev/null | cut -f 1; }
