# shellcheck shell=dash
# What is wrong with /etc/subuid and /etc/subgid.

# $1 the account's name, which need not exist yet.
subordinate_id_problems() {
	local kind start
	ACCOUNT=$1
	for kind in uid gid; do
		id_file_problems "$kind" || continue
		shared_id_problems "$kind" "$(id -u "$1" 2>/dev/null)"
		unsafe_id_problems "$kind" "$(id -u "$1" 2>/dev/null)" || continue
		if enough_ids "$kind" "$(id -u "$1" 2>/dev/null)"; then continue; fi
		frozen_problem "$(first_frozen "$(id_file "$kind")")" "it to be changed, to give account $1 its ids"
		start=$(next_start "$kind" "")
		if [ -n "$start" ]; then
			given_up_problems "$kind" "$start:$(doc "sub$kind")"
			continue
		fi
		start=$(doc "sub${kind}-start")
		if [ -n "$start" ]; then
			problem "subordinateIds.${kind}Start" \
				"ids from $start to $((start + $(doc "sub$kind") - 1)) taken in part, by $(overlapping "$kind" "$start")" \
				"$(doc "sub$kind") free ids" \
				"choose another start, or leave the option out for the next free range"
		else
			problem "subordinateIds" \
				"no $(doc "sub$kind") free ids in $(id_file "$kind") between $(login_defs SUB_UID_MIN 100000) and $(login_defs SUB_UID_MAX 600100000)" \
				"one free range for account $1" \
				"remove ranges of accounts that are gone from $(id_file "$kind"), see those that $(retired_file) keeps, \
or raise SUB_UID_MAX in /etc/login.defs"
		fi
	done
}

# Says which lines the name of an account has that is not there yet. $1 the name.
name_lines_before() {
	local kind ranges
	! getent passwd "$1" >/dev/null || return 0
	for kind in uid gid; do
		ranges=$(id_ranges "$(id_file "$kind")" "$1" '' | sed "s/^/$1:/" | paste -s -d ' ')
		[ -z "$ranges" ] ||
			say "account $1 will have the ids '$ranges', which are in $(id_file "$kind") before it: files of an" \
				"earlier account of that name may have them. Remove the line first, if they are not to be its own"
	done
}

# The next account would get the ids, and with them the files. To keep the earlier line beside the
# new one would give containers more ids than the program says. $1 uid or gid, $2 the new range
# START:COUNT.
given_up_problems() {
	local file own
	know_account "$ACCOUNT" || return 0
	file=$(file_of_given_up "$@")
	[ -n "$file" ] || return 0
	own=$(own_range "$1")
	case $file in
	'not all '*) file="$(printf '%s' "$file" | printable), where files may be" ;;
	*) file=$(shown_path "$file") ;;
	esac
	problem "subordinateIds" \
		"$file with one of the ${1}s ${own#*:} of account $ACCOUNT, which would be free for others" \
		"no file of ids that another range takes the place of" \
		"leave subordinateIds as it was ($own), or remove what has these ids in its home and data roots"
}

# Lines that overlap, as Docker's setup tool leaves them where two accounts use it: RootlessKit maps
# all lines of its account. $1 uid or gid, $2 the account's uid.
shared_id_problems() {
	local first second
	shared_ids "$@" >"$WORK/shared-ids"
	while read -r first second; do
		problem "subordinateIds" "'$first' and '$second' in $(id_file "$1"), which share ids" \
			"ids of account $ACCOUNT that no other line has: containers on the same ids could change each other's files" \
			"remove one of the two lines (account $ACCOUNT gets a free range if it has too few then), and the files that its containers have made under the old ids"
	done <"$WORK/shared-ids"
}

# Each line of the account, a space, and another line that overlaps it.
shared_ids() {
	[ ! -e "$(id_file "$1")" ] || awk -F : -v name="$ACCOUNT" -v uid="$2" '
		$3 > 0 { n++; line[n] = $0; from[n] = $2; size[n] = $3; own[n] = $1 == name || (uid != "" && $1 == uid) }
		END {
			for (i = 1; i <= n; i++) for (j = 1; own[i] && j <= n; j++)
				if (j != i && !(own[j] && j < i) && from[i] < from[j] + size[j] && from[j] < from[i] + size[i])
					print line[i] " " line[j]
		}' "$(id_file "$1")"
}

# Lines of the account that give its containers the ids of users or groups, which they would be.
# False where there is one. $1 uid or gid, $2 the account's uid.
unsafe_id_problems() {
	local line why last
	last=$(last_id_of_accounts "$1")
	unsafe_ids "$@" "$last" >"$WORK/unsafe-ids"
	while IFS='	' read -r line why; do
		problem "subordinateIds" "'$line' in $(id_file "$1"), $why" \
			"ids above $last that no user or group has" \
			"remove that line (account $ACCOUNT gets a free range if it has too few then), and the files that its containers have made under these ids" \
			"containers could be these users, and change what is theirs"
	done <"$WORK/unsafe-ids"
	[ ! -s "$WORK/unsafe-ids" ]
}

# Each such line, a tab, and what is wrong with it. $1 uid or gid, $2 the account's uid, $3 the last
# id that accounts can have. Strict about numbers: shadow reads 010 as 8, and RootlessKit as 10.
unsafe_ids() {
	local users=users
	[ -f "$(id_file "$1")" ] || return 0
	[ "$1" = uid ] || users=groups
	ids_in_use "$1" >"$WORK/ids-in-use"
	awk -F : -v name="$ACCOUNT" -v uid="$2" -v last="$3" -v users="$users" '
		function is_number(text) { return text ~ /^(0|[1-9][0-9]*)$/ && length(text) <= 10 }
		NR == FNR { n++; owner[n] = $1; id[n] = $2 + 0; next }
		$1 != name && (uid == "" || $1 != uid) { next }
		NF != 3 || !is_number($2) || !is_number($3) || $2 + $3 > 4294967295 {
			print $0 "\twhich is not NAME:FIRST:COUNT with ids of 32 bits"
			next
		}
		$3 + 0 == 0 { next }
		$2 + 0 <= last {
			print $0 "\twith ids up to " last ", which accounts and groups can have (" \
				(users == "users" ? "UID_MAX" : "GID_MAX") " in /etc/login.defs)"
			next
		}
		{
			found = ""
			count = 0
			for (i = 1; i <= n; i++) {
				if (id[i] < $2 + 0 || id[i] >= $2 + $3) continue
				if (++count <= 3) found = found ", " id[i] " (" owner[i] ")"
			}
			if (count > 3) found = found " and " (count - 3) " more"
			if (count) print $0 "\twith ids of " users ": " substr(found, 3)
		}' "$WORK/ids-in-use" "$(id_file "$1")"
}

# Whoever can change the file gives ids to whom it likes, root's too. Read by root, it may not be
# something that never ends either. False where something is wrong. $1 uid or gid.
id_file_problems() {
	local file found=''
	file=$(id_file "$1")
	if [ -h "$file" ]; then
		problem "$file" "a symbolic link to $(readlink "$file")" "the file itself, since newuidmap and newgidmap do not follow links" \
			"put the file in its place: 'cp -p --remove-destination \"\$(readlink -f $file)\" $file'"
		return 1
	elif [ -e "$file" ] && [ ! -f "$file" ]; then
		found=$(stat -c 'it a %F' "$file")
	elif [ -n "$(find "$file" -maxdepth 0 '(' ! -uid 0 -o -perm /022 ')' 2>/dev/null)" ]; then
		found=$(stat -c 'it a file of %U with mode %a' "$file")
	fi
	[ -n "$found" ] || return 0
	problem "$file" "$found" "a file that root alone can change" \
		"look at every line in it, then make it one: 'chown root $file && chmod go-w $file'" \
		"whoever can change $file can give itself the ids of root"
	return 1
}

overlapping() {
	local last
	last=$(last_id_of_accounts uid gid)
	[ "$2" -gt "$last" ] || {
		printf 'accounts and groups up to %s (UID_MAX and GID_MAX in /etc/login.defs)' "$last"
		return 0
	}
	{
		awk -F : -v own="$(own_range "$1")" '$1 ":" $2 ":" $3 != own' \
			"$(id_file "$1")" 2>/dev/null || true
		retired_ranges | cut -d : -f 1-3 |
			sed "s|\$|:, which gave them back, as $(retired_file) says|"
		recorded_ranges_of_others | sed 's/$/:, which has them from this package/'
		ids_seen_of_others
	} | awk -F : -v at="$2" -v count="$(doc "sub$1")" '
		at < $2 + $3 && $2 < at + count { print $1 " (" $2 " to " $2 + $3 - 1 $4 ")" }' |
		paste -s -d , | sed 's/^$/a user or group of this machine/'
}
