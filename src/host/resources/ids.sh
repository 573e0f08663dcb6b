# Subordinate ids: they are the account's. useradd gives them to a new one; one that was there gets
# one more range. Nothing takes ids from an account. userdel takes them with it.

# Ranges of an account as START:COUNT, one a line, by name or by number. $1 file, $2 name, $3 uid.
id_ranges() {
	[ ! -e "$1" ] || awk -F : -v name="$2" -v uid="$3" '
		($1 == name || (uid != "" && $1 == uid)) && $3 > 0 { print $2 ":" $3 }' "$1"
}

id_total() {
	awk -F : -v name="$2" -v uid="$3" '
		$1 == name || (uid != "" && $1 == uid) { total += $3 }
		END { print total + 0 }' "$1" 2>/dev/null || echo 0
}

# The highest end of a range that was ever given here, for all accounts.
note_highest_id() {
	local known highest
	known=$(noted_id)
	highest=$(highest_id)
	[ "$highest" = "$known" ] || echo "$highest" | write_record "$STATE/highest-id"
}

noted_id() {
	local id=0
	[ ! -e "$STATE/highest-id" ] || read -r id <"$STATE/highest-id"
	echo "$id"
}

# The end of the highest range, of the highest that was ever given here, and of what useradd gives
# to accounts.
highest_id() {
	awk -F : -v last="$(noted_id)" '
		FILENAME ~ /login.defs$/ {
			if (match($0, /^[UG]ID_MAX[ \t]+/)) $3 = substr($0, RLENGTH + 1) + 1
			$2 = 0
		}
		$2 + $3 > end { end = $2 + $3 }
		END {
			if (last > end) end = last + 0
			if (end < 100000) end = 100000
			printf "%.0f\n", end
		}' /etc/subuid /etc/subgid /etc/login.defs 2>/dev/null || true
}

# A free place for a range. $1 the count.
new_range() {
	if [ "$(doc allocation)" != random ]; then
		highest_id
		return 0
	fi
	cat /etc/subuid /etc/subgid 2>/dev/null | awk -F : -v count="$1" -v seed="$(od -An -N4 -tu4 /dev/urandom)" '
		{ from[NR] = $2; to[NR] = $2 + $3 }
		END {
			srand(seed)
			for (tries = 0; tries < 1000; tries++) {
				start = 131072 + 65536 * int(rand() * 60000)
				free = start + count < 4294967295
				for (i = 1; i <= NR; i++) if (start < to[i] && start + count > from[i]) free = 0
				if (free) break
			}
			printf "%.0f\n", start
		}'
}

# useradd gives no range, and says nothing, where these are not there; usermod refuses.
have_id_files() { if [ ! -e /etc/subuid ] || [ ! -e /etc/subgid ]; then touch /etc/subuid /etc/subgid; fi; }

# Gives the account one range more in each file where it has too few. newuidmap reads the files when
# the daemon starts.
give_ids() {
	local kind start wanted
	have_id_files
	for kind in uid gid; do
		wanted=$(doc "sub$kind")
		start=$(doc "sub$kind-start")
		if [ -n "$start" ]; then
			! id_ranges "/etc/sub$kind" "$ACCOUNT" "$ACCOUNT_UID" | grep -qx "$start:.*" || continue
		elif [ "$(id_total "/etc/sub$kind" "$ACCOUNT" "$ACCOUNT_UID")" -ge "$wanted" ]; then
			continue
		fi
		start=${start:-$(new_range "$wanted")}
		usermod "--add-sub${kind}s" "$start-$((start + wanted - 1))" "$ACCOUNT" 2>"$WORK/error" ||
			fail "usermod --add-sub${kind}s" "$(tail -n 1 "$WORK/error")" "$wanted subordinate ${kind}s for $ACCOUNT" \
				"fix what usermod says, then run again"
		changed "/etc/sub$kind: $ACCOUNT:$start:$wanted"
	done
	note_highest_id
}
