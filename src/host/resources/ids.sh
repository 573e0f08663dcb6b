# Subordinate ids: they are the account's. useradd gives them to a new one; one that was there gets
# one more range. Nothing takes ids from an account. userdel takes them with it.

# A range is about to be given: no later one begins below its end. $1 the end.
note_range_end() {
	local noted=0
	[ ! -e "$STATE/highest-id" ] || read -r noted <"$STATE/highest-id"
	[ "$1" -le "$noted" ] || echo "$1" | write_record "$STATE/highest-id"
}

# The end of the highest range, of those ever given here, and of useradd's ids for accounts.
highest_id() {
	local file
	# awk ends each file's last line by itself, which cat does not.
	set --
	for file in /etc/subuid /etc/subgid /usr/etc/login.defs /etc/login.defs /etc/login.defs.d/*.defs \
		"$STATE/highest-id"; do
		[ ! -e "$file" ] || set -- "$@" "$file"
	done
	awk -F : '
		/^[0-9]+$/ { $0 = "highest:0:" $0 }
		match($0, /^[UG]ID_MAX[ \t]+/) { $0 = "useradd:1:" substr($0, RLENGTH + 1) }
		NF == 3 && $2 + $3 > end { end = $2 + $3 }
		END { printf "%.0f\n", end < 100000 ? 100000 : end }' /dev/null "$@"
}

# useradd gives no range where these are not there; usermod refuses.
have_id_files() { { [ -e /etc/subuid ] && [ -e /etc/subgid ]; } || touch /etc/subuid /etc/subgid; }

# One range more in each file where there are too few. newuidmap reads them when it starts.
give_ids() {
	local kind start wanted
	have_id_files
	for kind in uid gid; do
		wanted=$(doc "sub$kind")
		start=$(doc "sub$kind-start")
		read_ranges "/etc/sub$kind"
		case ${start:+,$ID_RANGES} in
		'') [ "$ID_TOTAL" -lt "$wanted" ] || continue ;;
		*",$start:"*) continue ;;
		esac
		start=${start:-$(highest_id)}
		note_range_end "$((start + wanted))"
		usermod "--add-sub${kind}s" "$start-$((start + wanted - 1))" "$ACCOUNT" 2>"$WORK/error" ||
			fail "usermod --add-sub${kind}s" "$(tail -n 1 "$WORK/error")" \
				"$wanted subordinate ${kind}s for $ACCOUNT" "fix what usermod says, then run again"
		changed "/etc/sub$kind: $ACCOUNT:$start:$wanted"
	done
}
