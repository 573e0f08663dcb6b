# shellcheck shell=dash
# An account that is made where there is none: by useradd, with ids that nothing has.

create_account() {
	local name=$1 mark
	mark="rootless-docker $name"
	# An administrator's SKEL is for other accounts: what is not in /etc/skel counts as the account's own.
	# Nor are the machine's groups for new users, and no password's age ends a daemon.
	set -- --comment "$mark" --user-group --groups '' --expiredate '' --inactive -1 \
		-K PASS_MAX_DAYS=-1 --shell "$(if has shell; then doc shell; else echo /bin/bash; fi)"
	# openSUSE's useradd copies a second directory; without a home it is filled below.
	if [ -d "$(useradd -D | sed -n 's/^USRSKEL=//p')" ]; then
		set -- --no-create-home "$@"
	else
		set -- --create-home --skel /etc/skel "$@"
	fi
	note_named uid "$(resource_directory account "$name")/baseline/named-uid"
	if has home; then set -- "$@" --home-dir "$(doc home)"; fi
	# Only what has this mark is this package's, where it is killed, or somebody else is faster.
	printf '%s\nhome %s\n' "$mark" "$(new_home "$name")" | write_record "$(creating_file "$name")"
	useradd_without_ids "$(doc uid)" "$@" "$name" 2>"$WORK/error" ||
		fail "useradd $name" "$(tail -n 1 "$WORK/error")" "a new account" \
			"fix what useradd says, then run again"
	changed "account $name created"
}

# Without ids of useradd's own choice: they are allocated below, for every account in the same way.
# $1 the uid, or empty, then useradd's arguments.
useradd_without_ids() {
	local uid=${1:-$(next_uid)}
	shift
	! without_descriptors useradd ${uid:+--uid "$uid"} -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$@" || return 0
	grep -q 'subordinate user IDs' "$WORK/error" || return 1
	# A count of 0 is an error before shadow 4.9, whose useradd gives none to a uid below UID_MIN.
	without_descriptors useradd --uid "$uid" -K "UID_MIN=$((uid + 1))" "$@"
}

# Uids that recorded accounts had and nobody has by now: what they left, and what still runs, would be
# the next one's. Not the account's own that is made anew.
left_uids() {
	local dir name uid
	for dir in "$STATE"/things/account/*; do
		name=$(resource_name "$dir")
		if [ ! -d "$dir/baseline" ] || [ "$name" = "$(doc account)" ]; then continue; fi
		uid=$(recorded_uid "$name")
		if [ -n "$uid" ] && ! getent passwd "$uid" >/dev/null; then printf '%s\n' "$uid"; fi
	done
}

# As useradd chooses, after the highest that is taken, but none that a group has or that is seen in use: what is of it
# would be the new account's. An account that is made anew may have its own. A directory need not list whom it knows.
next_uid() {
	local id
	{
		ids_in_use uid | sed 's/.*:\(.*\)/account:\1:1/'
		left_uids | sed 's/.*/account:&:1/'
		ids_in_use gid | sed 's/.*:\(.*\)/group:\1:1/'
		cat "$(id_file uid)" "$(id_file gid)" 2>/dev/null | sed -n 's/^\([0-9]\{1,\}\):.*/line:\1:1/p'
		owners_in_places_of_root
		ids_that_run 0
	} | awk -F : -v low="$(login_defs UID_MIN 1000)" -v high="$(login_defs UID_MAX 60000)" \
		-v own="$(recorded_uid "$(doc account)")" '
		$3 == 1 && $2 == own && $1 != "account" { next }
		$2 <= high && $2 + $3 > low {
			n++
			from[n] = $2 + 0
			to[n] = $2 + $3
			if ($1 == "account" && $2 >= next_one) next_one = $2 + 1
		}
		function free(id,   i) {
			for (i = 1; i <= n; i++) if (id >= from[i] && id < to[i]) return 0
			return 1
		}
		END {
			if (next_one < low) next_one = low
			for (id = next_one; id <= high && count < 100; id++) if (free(id)) { print id; count++ }
			for (id = low; id < next_one && count < 100; id++) if (free(id)) { print id; count++ }
		}' | while read -r id; do
		if getent passwd "$id" >/dev/null || getent group "$id" >/dev/null; then continue; fi
		printf '%s\n' "$id"
		break
	done
}
