# Subordinate ids: they are the account's. useradd gives them to a new one; one that was there gets
# one more range. Nothing takes ids from an account. userdel takes them with it.

# A range is about to be given: no later one begins below its end. $1 the end.
note_range_end() {
	local noted
	noted=$(words_of_file "$STATE/highest-id")
	if [ "$1" -gt "${noted:-0}" ]; then echo "$1" | write_record "$STATE/highest-id"; fi
}

# Prints the end of the highest range, of those ever given here, and of useradd's ids for accounts.
highest_id() {
	local setting
	{
		ranges_of /etc/subuid
		ranges_of /etc/subgid
		for setting in UID_MAX GID_MAX; do
			printf 'useradd:1:%s\n' "$(shadow_setting login.defs "$setting")"
		done
		printf 'given:0:%s\n' "$(words_of_file "$STATE/highest-id")"
	} | awk -F : '
		$2 + $3 > end { end = $2 + $3 }
		END { printf "%.0f\n", end < 100000 ? 100000 : end }'
}

# useradd gives no range if one of these is missing, and usermod refuses.
# root writes: empty /etc/subuid and /etc/subgid. Only if one is missing.
ensure_id_files() {
	if [ ! -e /etc/subuid ] || [ ! -e /etc/subgid ]; then touch /etc/subuid /etc/subgid; fi
}

# Gives the account one more range in each file in which it has too few. newuidmap reads them when it
# starts.
# root accounts: usermod --add-subuids, --add-subgids. Above every range that was ever given here; no range is taken from anybody.
ensure_ids() {
	local kind start wanted
	ensure_id_files
	for kind in uid gid; do
		wanted=$(doc "sub$kind")
		start=$(doc "sub$kind-start")
		if has_enough_ids "/etc/sub$kind" "$wanted" "$start"; then continue; fi
		if [ -z "$start" ]; then start=$(highest_id); fi
		note_range_end "$((start + wanted))"
		usermod "--add-sub${kind}s" "$start-$((start + wanted - 1))" "$ACCOUNT" 2>"$WORK/error" ||
			fail "usermod --add-sub${kind}s" \
				"it failed to give $ACCOUNT $wanted subordinate ${kind}s ($(tail -n 1 "$WORK/error"))" '' \
				"fix what usermod reports, then run again"
		changed "/etc/sub$kind: $ACCOUNT:$start:$wanted"
	done
}

# True if the account has a range that begins where the document says; or, if it does not say where,
# as many ids as it says. $1 the file, $2 the count, $3 the begin, or nothing.
has_enough_ids() {
	read_ranges "$1"
	if [ -z "$3" ]; then
		[ "$ID_TOTAL" -ge "$2" ]
	else
		[ "$(count_from "$3")" -ge "$2" ]
	fi
}

# Prints how many ids the range of ID_RANGES has that begins there, 0 if none does. $1 the begin.
count_from() {
	local rest=,$ID_RANGES,
	case $rest in
	*",$1:"*)
		rest=${rest#*",$1:"}
		printf '%s' "${rest%%,*}"
		;;
	*) printf 0 ;;
	esac
}
