# shellcheck shell=dash
# The ids that the account's containers live on: ranges in /etc/subuid and /etc/subgid.

idfile_check() { [ -e "$1" ] || echo 'no such file'; }
subuid_check() { range_check uid; }
subgid_check() { range_check gid; }

# The line that this package gave the account. $1 uid or gid.
range_check() {
	local own
	own=$(own_range "$1")
	[ -z "$own" ] || grep -qsxF -- "$own" "$(id_file "$1")" || echo "no line '$own' in $(id_file "$1")"
}

# The file as such, claimed before the ranges in it and so restored after them.
idfile_save() { [ -e "$1" ] || : >"$2/absent"; }

idfile_restore() {
	local range
	if [ ! -e "$2/absent" ] || [ ! -e "$1" ]; then return 0; fi
	for range in "$STATE"/things/subuid/*/baseline/added "$STATE"/things/subgid/*/baseline/added; do
		# It stays with the data of its account.
		if [ -e "$range" ] && grep -qxF -- "$(sed -n 1p "$range")" "$1"; then return 10; fi
	done
	[ -s "$1" ] || rm -f "$1"
}

subuid_save() { printf '%s' uid >"$2/kind"; }

subgid_save() { printf '%s' gid >"$2/kind"; }

subuid_restore() { remove_own_range "$1" uid; }

subgid_restore() { remove_own_range "$1" gid; }

subuid_of_another() { keep_range_of_earlier "$1" uid; }

subgid_of_another() { keep_range_of_earlier "$1" gid; }

# Files of an account that has gone may be of its ids: nobody else gets them. $1 the account, $2 uid
# or gid.
keep_range_of_earlier() {
	local dir line
	dir=$(resource_directory "sub$2" "$1")
	line=$(sed -n 1p "$dir/baseline/added" 2>/dev/null) || true
	retire_recorded_range "$dir"
	[ -z "$line" ] || ! grep -qsxF -- "$line" "$(id_file "$2")" ||
		say "'$line' stays in $(id_file "$2"): account $1 is another one than the one that got it here"
}

# The ids stay with the account as long as files may be owned by them: the next account must not get
# them.
remove_own_range() {
	local own why
	know_account "$1" || {
		own=$(own_range "$2")
		retire_recorded_range "$(resource_directory "sub$2" "$1")"
		[ -z "$own" ] || ! grep -qsxF -- "$own" "$(id_file "$2")" ||
			say "'$own' stays in $(id_file "$2"): account $1 is gone, and its files may be somewhere. Remove the line by hand when there are none"
		return 0
	}
	own=$(own_range "$2")
	if [ -z "$own" ]; then
		keep_range_of_earlier "$@"
		return 0
	fi
	why=$(ids_stay "$1")
	if [ -n "$why" ]; then
		say "subordinate ${2}s ${own#*:} stay with account $1: $why"
		return 10
	fi
	# It goes with its ids, or neither does.
	if [ -e "$(resource_directory account "$1")/baseline/made" ]; then
		stop_where_account_cannot_go
		end_all_of_account
	fi
	lock_id_file "$2"
	own=$(line_of_range "$2" "$own")
	delete_range "$2" "$own"
	unlock_id_file "$2"
	# From here on newuidmap gives them to no other one.
	end_processes_of_range "$2" "$own"
}

# The line as it is by now: with the account's new name, or by its uid. $1 uid or gid, $2
# NAME:START:COUNT.
line_of_range() {
	local line
	for line in "$2" "$ACCOUNT_LOGIN:${2#*:}" "$ACCOUNT_UID:${2#*:}"; do
		! grep -qsxF -- "$line" "$(id_file "$1")" || break
	done
	printf '%s' "$line"
}

# $1 uid or gid, $2 NAME:START:COUNT.
delete_range() {
	retire_range "$2" "$(holder_of "$ACCOUNT_LOGIN")"
	grep -qxF -- "$2" "$(id_file "$1")" 2>/dev/null || return 0
	without_line as_root "$(id_file "$1")" "$2" >"$WORK/ids"
	replace_id_file "$1"
	changed "subordinate ${1}s ${2#*:} taken back from $ACCOUNT"
}

# userdel takes every line of the account's from the id files, those too that somebody else has given it: none of
# their ids are the next account's. Those that were there before it come back. It is known, and has its home still,
# by which it is told from the next one of its name. $1 the account's baseline directory.
retire_lines() {
	local kind range
	for kind in uid gid; do
		id_ranges "$(id_file "$kind")" "$ACCOUNT" '' >"$WORK/lines"
		while IFS= read -r range <&5; do
			retire_range "$ACCOUNT:$range" "$(holder_of "$ACCOUNT")"
			grep -qsxF -- "$range" "$1/$kind-lines" ||
				say "'$ACCOUNT:$range', which somebody else gave account $ACCOUNT," \
					"goes from $(id_file "$kind") with it: nobody gets these ids, as $(retired_file) says"
		done 5<"$WORK/lines"
		[ ! -s "$1/$kind-lines" ] || grep -xFf "$WORK/lines" "$1/$kind-lines" | write_record "$1/$kind-lines"
	done
}

# $1 the account, $2 its baseline directory.
put_lines_back() {
	local kind
	for kind in uid gid; do
		if [ ! -s "$2/$kind-lines" ] || [ ! -e "$(id_file "$kind")" ]; then continue; fi
		lock_id_file "$kind"
		lines_to_put_back "$@" "$kind" >"$WORK/lines"
		if [ -s "$WORK/lines" ]; then
			awk 1 "$(id_file "$kind")" "$WORK/lines" >"$WORK/ids"
			replace_id_file "$kind"
		fi
		unlock_id_file "$kind"
	done
}

# Those that are not there, and none of whose ids somebody has been given since. $1 the account, $2 its baseline
# directory, $3 uid or gid.
lines_to_put_back() {
	local line
	sed "s/^/$1:/" "$2/$3-lines" | while IFS= read -r line; do
		case $(printf '%s\n' "$line" | awk -F : '
			NR == FNR { line = $0; from = $2; size = $3; next }
			$0 == line { there = 1 }
			$3 > 0 && from < $2 + $3 && $2 < from + size { taken = 1 }
			END { print there ? "there" : taken ? "taken" : "free" }' - "$(id_file "$3")") in
		free) printf '%s\n' "$line" ;;
		taken)
			say "'$line' was in $(id_file "$3") before account $1 was made, and stays out:" \
				"somebody has ids of it by now"
			;;
		esac
	done
}

# The account that has its name by now is not given them. $1 the account, $2 the baseline directory of the earlier one.
name_lines_of_earlier() {
	local kind line
	for kind in uid gid; do
		[ ! -s "$2/$kind-lines" ] || sed "s/^/$1:/" "$2/$kind-lines" | while IFS= read -r line; do
			grep -qsxF -- "$line" "$(id_file "$kind")" ||
				say "'$line' was in $(id_file "$kind") before account $1 was made, and stays out:" \
					"another account has that name by now"
		done
	done
}

add_range() {
	{
		# The last line of a file that somebody has edited may have no end.
		[ ! -e "$(id_file "$1")" ] || awk 1 "$(id_file "$1")"
		printf '%s\n' "$2"
	} >"$WORK/ids"
	replace_id_file "$1"
	changed "subordinate ${1}s ${2#*:} given to $ACCOUNT"
}

# Not usermod: before shadow 4.14 it refuses while anything runs as the account. The file is written
# at once or not at all, with the owner, mode and attributes that it has. Nobody else may write to it
# afterwards.
replace_id_file() {
	local file new mode=644
	# A mode is put right below, on the way back too.
	file=$(id_file "$1")
	if [ -h "$file" ]; then
		unlock_id_file "$1"
		id_file_problems "$1" || stop_on_problems
	fi
	new=$file.rootless-docker-new
	rm -f "$new"
	if [ -e "$file" ]; then
		cp -a --attributes-only -T "$file" "$new"
		chmod go-w "$new"
		mode=$(stat -c %a "$new")
		cat "$WORK/ids" >"$new"
	else
		(
			umask 022
			cat "$WORK/ids" >"$new"
		)
	fi
	sync "$new"
	mv -fT "$new" "$file" 2>"$WORK/error" || {
		rm -f "$new"
		unlock_id_file "$1"
		fail "$file" "that it cannot be replaced ($(tail -n 1 "$WORK/error"))" "the lines of account $ACCOUNT in it changed" \
			"take away what keeps it as it is, an attribute ('chattr -i -a $file') or a mount, then run again"
	}
	sync "$(dirname "$file")"
	[ "$(stat -c %a "$file")" = "$mode" ] ||
		fail "$file" "mode $(stat -c %a "$file") after it was written" \
			"$mode" "see what changes it, then run again"
}

want_subordinate_ids() {
	local kind start own count baseline common=''
	for kind in uid gid; do
		count=$(doc "sub$kind")
		baseline=$(resource_directory "sub$kind" "$ACCOUNT")/baseline
		want idfile "$(id_file "$kind")" present
		want "sub$kind" "$ACCOUNT" "$count"
		if enough_ids "$kind" "$ACCOUNT_UID"; then
			[ ! -e "$baseline/added" ] || note_named "sub$kind-start" "$baseline/named"
			continue
		fi
		# A start of the daemon meanwhile would find no range.
		[ -z "$(own_range "$kind")" ] || hold_daemon
		lock_id_file "$kind"
		own=$(own_range "$kind")
		# One start for both where it is free in both: easier to read in ls -ln.
		start=$(next_start "$kind" "$common")
		[ -n "$start" ] || {
			unlock_id_file "$kind"
			fail "subordinateIds" "no $count free ids in $(id_file "$kind")" "one free range" \
				"remove ranges of accounts that are gone"
		}
		[ -z "$own" ] || delete_range "$kind" "$own"
		rm -f "$baseline/named"
		printf '%s:%s:%s\n%s\n' "$ACCOUNT" "$start" "$count" "$(holder_of "$ACCOUNT")" |
			write_record "$baseline/added"
		add_range "$kind" "$ACCOUNT:$start:$count"
		note_named "sub$kind-start" "$baseline/named"
		unlock_id_file "$kind"
		release_daemon
		common=$start
	done
}

# Why the subordinate ids of an account stay, or nothing. $1 the account, which is known.
ids_stay() {
	local file place units
	if has_retained_data "$1"; then
		printf 'its data in %s are owned by them' "$(retained_data "$1")"
	elif [ -n "$(account_stays "$1")" ]; then
		printf 'it stays itself'
	elif units=$(units_need_ids "$1") && [ -n "$units" ]; then
		printf '%s' "$units"
	elif [ ! -e "$(resource_directory account "$1")/baseline/made" ]; then
		file=$(places_of_ids "$1" | while IFS= read -r place; do file_of_ids "$place"; done | head -n 1)
		[ -n "$file" ] || file=$(places_data_led_to "$1" | head -n 1)
		[ -n "$file" ] || file=$(shared_file_of_ranges)
		[ -n "$file" ] || file=$(file_elsewhere)
		if [ -n "$file" ]; then
			why_ids_stay "$file"
		else
			away_below "$1"
		fi
	fi
}
