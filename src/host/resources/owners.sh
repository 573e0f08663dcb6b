# shellcheck shell=dash
# Owners of files, whatever the files of accounts say: no account is given their ids, nor gives them back.

# Where everybody may put files.
SHARED_PLACES='/tmp /var/tmp /var/crash /dev/shm /dev/mqueue /run/lock'

# Directories of root's where others have theirs, a line each: homes, mail and crontabs, wherever they are, and disks;
# where they lead.
places_of_root() {
	{
		printf '%s\n' / /home /run/user /var/mail /var/spool/mail /var/spool/cron
		getent passwd | cut -d : -f 6 | grep '^/.*/.' | sed 's|/*[^/]*/*$||'
		sed -n 's/^\([^ ]* \)\{4\}\([^ ]*\) .* - \(ext[234]\|xfs\|btrfs\|zfs\|f2fs\) .*/\2/p' /proc/self/mountinfo |
			without_escapes
	} | real_paths
}

# WHOSE:START:COUNT a line, looked for once in a run: what belongs to others than root in directories of root's, and in
# those of ids that no account has. Of such a name, which an earlier account may have chosen, no more than what a path
# usually has.
owners_in_places_of_root() {
	[ -e "$WORK/owners" ] || look_for_owners
	tr '\n\0' '\0\n' <"$WORK/owners" | tr -d '\0' | sed 's|[^A-Za-z0-9_./ -]|?|g' | awk '
		NF > 2 {
			place = $3
			for (i = 4; i <= NF; i++) place = place "?" $i
			print "an owner in " place ":" $1 ":1"
			print "an owner in " place ":" $2 ":1"
		}' | sort -u
}

# Where a look goes on, a line each: first where nobody but root can make it late by very many files, then everywhere.
ways_to_look() { printf '%s\n' '( -uid 0 -o -nouser )' -true; }

# Where a look does not go on: in read-only snapshots, and in other file systems but subvolumes of Btrfs, whose type
# find(1) does not know. False where the place does not answer. $1 the place.
elsewhere_than() {
	local type
	type=$(timeout -k 2 5 find "$1" -maxdepth 0 -printf %F 2>/dev/null </dev/null) || return
	case $type in
	'' | *[!A-Za-z0-9._-]*) return 1 ;;
	esac
	printf '( -inum 256 -type d ! -writable -o ! ( -fstype %s -o -fstype unknown -o -fstype btrfs ) )' "$type"
}

# Whose shared memory, semaphores and message queues are: uid, gid and what it is. $1 nothing for their owners, which
# are any that a creator names, or c for their creators; those of root's are of whom root has named.
owners_of_ipc() {
	awk -v of="${1-}" '
		FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
		{ who = $column["cuid"] ? of : ""; print $column[who "uid"], $column[who "gid"], FILENAME }
		' /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg 2>/dev/null || true
}

# Places that do not answer hold up nobody for long.
look_for_owners() {
	local way place other late=0 status
	owners_of_ipc c | sed 's/$/\x00/' >"$WORK/owners"
	places_of_root >"$WORK/places-of-root"
	ways_to_look | while IFS= read -r way; do
		# What everybody can make late comes last.
		# shellcheck disable=SC2086 # a list of paths
		{
			cat "$WORK/places-of-root"
			printf '%s\n' $SHARED_PLACES | real_paths
		} | sed "s|^|$way	|"
	done | while IFS='	' read -r way place; do
		[ "$late" -lt 2 ] || break
		status=0
		other=$(elsewhere_than "$place") || status=$?
		# shellcheck disable=SC2086 # words of find(1)
		[ "$status" != 0 ] ||
			timeout -k 2 5 stdbuf -oL find "$place" -mindepth 1 -maxdepth 3 \
				'(' ! -uid 0 -o ! -gid 0 ')' -printf '%U %G %h\0\n' , '(' $other -o ! $way ')' -prune \
				>>"$WORK/owners" 2>/dev/null </dev/null || status=$?
		case $status in 124 | 137) late=$((late + 1)) ;; esac
	done
}

# One file of some ids where others than the account have theirs, as far as it is seen in fifteen seconds each way; a
# socket holds nothing, and may be left of a service. The account's home, data, mail and crontab are looked at by
# themselves, and so is where everybody may write; what sudo notes of it is root's. Arguments: what find(1) looks for.
file_in_places_of_root() {
	local way place
	# What is in /run goes with the next boot.
	places_of_root | grep -vE '^/run(/|$)' >"$WORK/places-of-root"
	{
		# shellcheck disable=SC2086 # a list of paths
		printf '%s\n' $SHARED_PLACES /var/lib/sudo /var/mail /var/spool /var/spool/mail /var/spool/cron
		[ -z "${ACCOUNT_HOME-}" ] || {
			places_of_ids "$ACCOUNT"
			printf '%s\n' "$(leaving_home "$ACCOUNT_HOME")"
		}
	} | real_paths >"$WORK/other-places"
	grep -vxFf "$WORK/other-places" "$WORK/places-of-root" | while IFS= read -r place; do
		! elsewhere_than "$place" >"$WORK/elsewhere" || printf '%s\t%s\n' "$(cat "$WORK/elsewhere")" "$place"
	done >"$WORK/places-to-look"
	sed -i 's/[][*?\\]/\\&/g' "$WORK/other-places"
	ways_to_look | while IFS= read -r way; do
		# shellcheck disable=SC2016 # the inner shell expands them
		timeout -k 2 15 sh -c 'places=$1 others=$2 way=$3
			shift 3
			tests="$*"
			set -- -false
			while IFS= read -r place; do set -- "$@" -o -path "$place"; done <"$others"
			while IFS="	" read -r other place; do
				find "$place" -mindepth 1 -maxdepth 3 "(" "$@" ")" -prune -o \
					"(" $tests ")" ! -type s -print -quit -o "(" $other -o ! $way ")" -prune
			done <"$places"' sh "$WORK/places-to-look" "$WORK/other-places" "$way" "$@" 2>/dev/null </dev/null
	done | head -n 1
}
