# shellcheck shell=dash
# One range of subordinate ids: which is free, and which files have its ids.

# Prints the start of a range of free ids, or nothing. $1 count, $2 wanted start (or empty), $3
# where the account's own range began (preferred, or empty), $4 next or random, then the id files.
# Taken are all ranges in the files but the account's own, those that were or are recorded as another
# account's, every user and group id, those that useradd and groupadd can give to the next one, and those that are
# in use without a line.
free_range() {
	local count=$1 start=$2 prefer=$3 how=$4
	shift 4
	{
		# Of either file: a run that was killed between them has changed one.
		cat "$@" 2>/dev/null | awk -F : -v uids="$(own_range uid)" -v gids="$(own_range gid)" '
			$1 ":" $2 ":" $3 != uids && $1 ":" $2 ":" $3 != gids'
		retired_ranges
		recorded_ranges_of_others
		ids_in_use uid | awk -F : '{ print "user:" $2 ":1" }'
		ids_in_use gid | awk -F : '{ print "group:" $2 ":1" }'
		ids_seen_of_others
	} | sort -t : -k 2,2n | awk -F : -v count="$count" -v start="$start" -v prefer="$prefer" -v how="$how" \
		-v low="$(login_defs SUB_UID_MIN 100000)" -v high="$(login_defs SUB_UID_MAX 600100000)" \
		-v last="$(last_id_of_accounts uid gid)" -v seed="$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" '
		BEGIN { if (low <= last) low = last + 1 }
		function free(at,   i) {
			if (at <= last || at + count - 1 > high) return 0
			for (i = 1; i <= n; i++) if (at < from[i] + size[i] && from[i] < at + count) return 0
			return 1
		}
		$3 > 0 { n++; from[n] = $2 + 0; size[n] = $3 + 0 }
		END {
			if (start != "") { high = 4294967294; if (free(start + 0)) print start; exit }
			if (prefer != "" && free(prefer + 0)) { print prefer; exit }
			if (how == "random") {
				srand(seed)
				for (i = 0; i < 200; i++) {
					at = low + int(rand() * int((high - low + 1) / count)) * count
					if (free(at)) { printf "%d\n", at; exit }
				}
			}
			# From 524288 on systemd hands ids to containers: the ids below are taken first.
			if (high > 524287 && low < 524287) { all = high; high = 524287; if (next_free(low)) exit; high = all; low = 524288 }
			next_free(low)
		}
		# Once through all ranges, which are in order: a directory may have very many users.
		function next_free(at,   i) {
			for (i = 1; i <= n && from[i] < at + count; i++)
				if (at < from[i] + size[i]) at = from[i] + size[i]
			if (at + count - 1 > high) return 0
			printf "%.0f\n", at
			return 1
		}'
}

# Ids that are in use and that no file lists perhaps, WHOSE:START:COUNT a line: those of owners where users of a
# directory that lists nobody are seen, and those that run. Not what is in a range that this package has given the
# account.
ids_seen_of_others() {
	{
		own_range uid
		own_range gid
		own_retired_ranges | sed "s/^/$ACCOUNT:/"
	} >"$WORK/own-ranges"
	{
		owners_in_places_of_root
		ids_that_run "$(last_id_of_accounts uid gid)"
	} | awk -F : '
		FILENAME != "-" { n++; from[n] = $2 + 0; to[n] = $2 + $3; next }
		{ for (i = 1; i <= n; i++) if ($2 + 0 >= from[i] && $2 + $3 <= to[i]) next; print }' "$WORK/own-ranges" -
}

# Ranges that went back, NAME:START:COUNT:HOLDER a line, with what holder_of said of the account:
# what has their ids may still be somewhere. The list goes with the last record of this package.
retired_file() { printf '%s/things/.retired-ids' "$STATE"; }

# $1 NAME:START:COUNT, $2 its holder.
retire_range() {
	{
		cat "$(retired_file)" 2>/dev/null || true
		printf '%s:%s\n' "$1" "$2"
	} | sort -u | write_record "$(retired_file)"
}

# Of an account that is gone, or another one by now. $1 a resource's directory, which may record one.
retire_recorded_range() {
	local added=$1/baseline/added
	[ ! -s "$added" ] || retire_range "$(sed -n 1p "$added")" "$(sed -n 2p "$added")"
}

# Those that are not the account's own from before.
retired_ranges() {
	local range now
	[ -e "$(retired_file)" ] || return 0
	now=$(holder_of "$ACCOUNT")
	while IFS= read -r range; do
		if [ "${range%%:*}" != "$ACCOUNT" ] ||
			! is_same_holder "$(entry_field "$range" 4)" "${now:-none}"; then
			printf '%s\n' "$range"
		fi
	done <"$(retired_file)"
}

# Those that are, START:COUNT a line, where it is known whose they were.
own_retired_ranges() {
	local range now
	[ -e "$(retired_file)" ] || return 0
	now=$(holder_of "${ACCOUNT_LOGIN:-$ACCOUNT}")
	while IFS= read -r range; do
		case $range in
		"$ACCOUNT":*:*:?*)
			! is_same_holder "$(entry_field "$range" 4)" "${now:-none}" ||
				printf '%s\n' "$range" | cut -d : -f 2,3
			;;
		esac
	done <"$(retired_file)"
}

# Ranges that this package gave other accounts, or an earlier one of this name, whatever became of
# their lines.
recorded_ranges_of_others() {
	local added now
	now=$(holder_of "$ACCOUNT")
	for added in "$STATE"/things/subuid/*/baseline/added "$STATE"/things/subgid/*/baseline/added; do
		[ -s "$added" ] || continue
		if [ "$(sed -n '1s/:.*//p' "$added")" != "$ACCOUNT" ] ||
			! is_same_holder "$(sed -n 2p "$added")" "$now"; then
			sed -n 1p "$added"
		fi
	done
}

# Which account has a name: its uid, and its home's inode and birth time. Nothing where there is
# none. $1 name.
holder_of() {
	local entry
	entry=$(getent passwd "$1") || return 0
	printf '%s %s' "$(entry_field "$entry" 3)" \
		"$(stat -L -c '%i %.9W' "$(entry_field "$entry" 6)" 2>/dev/null || true)"
}

# True where it is the same account, with another uid (usermod -u) or without its home perhaps. Of
# what nobody knows, so too. $1 and $2 what holder_of has said.
is_same_holder() {
	local home=${1#* } other=${2#* }
	if [ -z "$1" ] || [ -z "$2" ]; then return 0; fi
	if [ -n "$home" ] && [ -n "$other" ]; then [ "$home" = "$other" ]; else [ "${1%% *}" = "${2%% *}" ]; fi
}

# $1 uid or gid. The range that this package gave the account, NAME:START:COUNT, or nothing. One of
# an account of the same name that was removed since is not this one's.
own_range() {
	local added
	added=$(resource_directory "sub$1" "$ACCOUNT")/baseline/added
	[ -s "$added" ] || return 0
	if is_same_holder "$(sed -n 2p "$added")" "$(holder_of "$ACCOUNT")" ||
		{ [ -n "$(recorded_uid "$ACCOUNT")" ] && ! is_lost_account "$ACCOUNT"; }; then
		sed -n 1p "$added"
	fi
}

# A line by the account's uid: userdel leaves it, and the next account with that uid would have the ids. Not that of
# the range that it has from this package.
line_by_uid() {
	local kind own
	for kind in uid gid; do
		own=$(own_range "$kind")
		! grep -s "^$ACCOUNT_UID:" "$(id_file "$kind")" | grep -vxF -- "$ACCOUNT_UID:${own#*:}" |
			sed "s|.*|'&' in $(id_file "$kind") gives ids to its uid|" | grep -m 1 . || break
	done
}

# $1 uid or gid, $2 the account's uid. True where the account has what was asked for already.
enough_ids() {
	local start count own
	count=$(doc "sub$1")
	start=$(doc "sub$1-start")
	own=$(own_range "$1")
	if [ -n "$start" ]; then
		id_ranges "$(id_file "$1")" "$ACCOUNT" "$2" | awk -F : -v start="$start" -v count="$count" '
			$1 <= start && start + count <= $1 + $2 { found = 1 } END { exit !found }'
	elif [ -n "$own" ] && grep -qxF -- "$own" "$(id_file "$1")"; then
		# Its size follows the setting in both directions.
		[ "${own##*:}" = "$count" ]
	else
		[ "$(id_total "$(id_file "$1")" "$ACCOUNT" "$2")" -ge "$count" ]
	fi
}

# Where the account's range is to begin, or nothing where no such range is free. $1 uid or gid, $2
# the start that is preferred where it has none yet.
next_start() {
	local own start prefer=$2
	own=$(own_range "$1")
	start=$(doc "sub$1-start")
	[ -z "$own" ] || prefer=$(entry_field "$own" 2)
	free_range "$(doc "sub$1")" "$start" "$prefer" "$(doc allocation)" "$(id_file "$1")" \
		"$([ -n "$start" ] || echo /etc/subgid)"
}

# The ids of one range that are not in another one, as START:COUNT, one a line. $1 and $2
# START:COUNT.
given_up() {
	awk -v from="${1%:*}" -v size="${1#*:}" -v start="${2%:*}" -v count="${2#*:}" 'BEGIN {
		end = from + size
		last = start + count
		if (start >= end || last <= from) start = last = end
		if (from < start) printf "%.0f:%.0f\n", from, start - from
		if (last < end) printf "%.0f:%.0f\n", last, end - last
	}'
}

# What find(1) looks for. $1 uid or gid, $2 START:COUNT.
of_range() { printf '( -%s +%s -%s -%s )' "$1" $((${2%:*} - 1)) "$1" $((${2%:*} + ${2#*:})); }

# One file below a path that belongs to ids which go with this installation: subordinate ids that it
# gave the account, or the account's own where it made the account. $1 the path.
file_of_ids() {
	set -- "$1" -false
	[ ! -e "$(resource_directory account "$ACCOUNT")/baseline/made" ] ||
		set -- "$@" -o -uid "$ACCOUNT_UID" -o -gid "$ACCOUNT_GID"
	# shellcheck disable=SC2046 # words
	one_file "$@" $(own_range_tests all)
}

# Which of some places have such files, beside the account's home, as far as they are seen in fifteen seconds.
# $1 as_root or as_account, then the places.
seen_with_ids() {
	local reader=$1 tests
	shift
	tests="-false $(own_range_tests all)"
	[ ! -e "$(resource_directory account "$ACCOUNT")/baseline/made" ] ||
		tests="$tests -o -uid $ACCOUNT_UID -o -gid $ACCOUNT_GID"
	# shellcheck disable=SC2016 # the inner shell expands them
	"$reader" timeout -k 2 15 sh -c 'tests=$1 home=$2 runtime=$3
		shift 3
		for place in "$@"; do
			find -H "$place" "(" -fstype proc -o -fstype sysfs -o -fstype cgroup2 -o -path "$home" -o \
				-path "$runtime" ")" -prune -o "(" $tests ")" -printf "%H\n" -quit
		done' sh "$tests" "$ACCOUNT_HOME" "$ACCOUNT_RUNTIME" "$@" 2>/dev/null || true
}

# That the program has named these ids, and not this package. $1 the key, $2 the record.
note_named() {
	if ! has "$1"; then
		rm -f "$2"
	elif [ ! -e "$2" ]; then
		write_record "$2" </dev/null
	fi
}

# A file elsewhere of the ids that go with the account: those that this package has chosen for it. Whoever names some
# has them for what is there.
file_elsewhere() {
	local dir
	set -- -false
	dir=$(resource_directory account "$ACCOUNT")/baseline
	if [ -e "$dir/made" ] && [ ! -e "$dir/named-uid" ]; then
		set -- "$@" -o -uid "$ACCOUNT_UID" -o -gid "$ACCOUNT_GID"
	fi
	# shellcheck disable=SC2046 # words
	set -- "$@" $(own_range_tests unless-named)
	[ $# = 1 ] || file_in_places_of_root "$@"
}

# As words for find(1): or of an id of a range that the account has from this package. $1 all,
# or unless-named for those alone that this package has chosen.
own_range_tests() {
	local kind own
	for kind in uid gid; do
		own=$(own_range "$kind")
		[ "$1" = all ] || [ ! -e "$(resource_directory "sub$kind" "$ACCOUNT")/baseline/named" ] || continue
		[ -z "$own" ] || printf ' -o %s' "$(of_range "$kind" "${own#*:}")"
	done
}

# One file of its subordinate ids where everybody may put files, as far as they are seen in twenty
# seconds. A set-id program there would make whoever starts it the next owner of these ids.
shared_file_of_ranges() {
	local place
	[ -n "$(own_range uid)$(own_range gid)" ] || return 0
	{
		# shellcheck disable=SC2086 # a list of paths
		printf '%s\n' $SHARED_PLACES
		timeout -k 5 20 find / -xdev -mindepth 1 -maxdepth 2 -type d -perm -0002 ! -name '*
*' -print -prune |
			head -n 100
	} 2>/dev/null | sort -u >"$WORK/shared-places"
	set --
	while IFS= read -r place; do set -- "$@" "$place"; done <"$WORK/shared-places"
	# shellcheck disable=SC2046 # words
	timeout -k 5 20 find -H "$@" -mindepth 1 -xdev "(" -false $(own_range_tests all) ")" \
		-print -quit 2>/dev/null || true
}

# Ranges of ids that are the account's, START:COUNT a line. They are remembered: they go before it
# does. One that is in the id file under another name is that one's by now. $1 uid or gid.
known_ranges() {
	local record
	record=$(resource_directory account "$ACCOUNT")/baseline/$([ "$1" = uid ] || echo group-)ranges
	{
		cat "$record" 2>/dev/null || true
		id_ranges "$(id_file "$1")" "$ACCOUNT" "$ACCOUNT_UID"
		id_ranges "$(id_file "$1")" "$ACCOUNT_LOGIN" ''
		own_retired_ranges
		own_range "$1" | cut -d : -f 2-
	} | grep -xE '[1-9][0-9]{0,9}:[1-9][0-9]{0,9}' | sort -u >"$WORK/ranges"
	write_record "$record" <"$WORK/ranges"
	ranges_of_others "$1" | awk -F : '
		FILENAME == "-" { n++; from[n] = $2; size[n] = $3; next }
		{ for (i = 1; i <= n; i++) if ($1 < from[i] + size[i] && from[i] < $1 + $2) next; print }' - "$WORK/ranges"
}

# Ranges of the id file that are not the account's, by whichever of its names. $1 uid or gid.
ranges_of_others() {
	[ ! -e "$(id_file "$1")" ] || awk -F : -v name="$ACCOUNT" -v login="$ACCOUNT_LOGIN" -v uid="$ACCOUNT_UID" '
		$3 > 0 && $1 != name && $1 != login && $1 != uid' "$(id_file "$1")"
}

# What find(1) looks for: ids that are neither the account's, nor one of its ranges', nor root's. An
# id of a range that is a user's or a group's, perhaps a directory service's, is theirs. $1 uid or
# gid, $2 the account's id.
of_others() {
	local range nobody=-nouser
	[ "$1" = uid ] || nobody=-nogroup
	printf '! -%s 0 ! -%s %s' "$1" "$1" "$2"
	for range in $(known_ranges "$1"); do printf ' ! ( %s %s )' "$(of_range "$1" "$range")" "$nobody"; done
}

# Five lines of stdin, without what a terminal takes for a command.
some_on_one_line() {
	head -n 5 | tr -d '\000-\011\013-\037\177' | awk 'NR > 1 { printf "; " } { printf "%s", $0 }'
}

# What is mounted there counts too, and what is beneath that. Where not all can be looked at, that is
# the answer, in words that begin with "not all". $1 the path, then what find(1) looks for.
one_file() {
	local path=$1 status=0
	shift
	leads_to_directory "$path" || return 0
	timed_look in_directory "$path" timeout -k 5 "$(seconds_to_look)" find . -mindepth 1 -ignore_readdir_race \
		"(" -fstype proc -o -fstype sysfs -o -fstype cgroup2 ")" -prune -o "(" "$@" ")" -printf '%P' -quit \
		>"$WORK/one-file" 2>"$WORK/find-error" || status=$?
	if [ "$status" = 0 ] && [ ! -s "$WORK/one-file" ] && [ -n "$(mount_below "$path")" ]; then
		find_beneath "$path" -mindepth 1 "(" "$@" ")" -printf '%P' -quit \
			>"$WORK/one-file" 2>"$WORK/find-error" || status=$?
	fi
	if [ -s "$WORK/one-file" ]; then
		printf '%s/%s\n' "$path" "$(cat "$WORK/one-file")"
	elif [ "$status" != 0 ] && leads_to_directory "$path"; then
		printf 'not all below %s can be looked at (%s)\n' "$path" "$(tail -n 1 "$WORK/find-error")"
	fi
}

# What one_file says, as a reason. $1 its answer.
why_ids_stay() {
	case $1 in
	'not all '*) printf '%s' "$1" | printable ;;
	*) printf '%s is owned by one of them' "$(shown_path "$1")" ;;
	esac
}

# One file of ids that the account would lose for another range, or nothing. Not of a line that is
# gone already. $1 uid or gid, $2 the new range START:COUNT.
file_of_given_up() {
	local kind=$1 own place range
	own=$(own_range "$kind")
	grep -qsxF -- "${own:-none}" "$(id_file "$kind")" || return 0
	for range in $(given_up "${own#*:}" "$2"); do
		# shellcheck disable=SC2046 # words
		set -- $(of_range "$kind" "$range")
		places_of_ids "$ACCOUNT" | while IFS= read -r place; do one_file "$place" "$@"; done
		[ -e "$(resource_directory "sub$kind" "$ACCOUNT")/baseline/named" ] || file_in_places_of_root "$@"
	done | head -n 1
}
