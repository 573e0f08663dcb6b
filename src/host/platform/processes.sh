# shellcheck shell=dash
# Processes by the ids that they have.

# The processes, one a line, that have one of the ids on stdin: 'Uid: START COUNT' or 'Gid: START COUNT'.
processes_of_ids() {
	cat >"$WORK/ids-of-processes"
	cat /proc/[0-9]*/status 2>/dev/null | awk -v ids="$WORK/ids-of-processes" '
		BEGIN { while ((getline <ids) > 0) { n++; kind[n] = $1; from[n] = $2; to[n] = $2 + $3 } }
		$1 == "State:" { dead = $2 == "Z" }
		$1 == "Pid:" { pid = $2 }
		$1 == "Uid:" || $1 == "Gid:" {
			for (i = 1; i <= n && !dead; i++)
				for (j = 2; j <= 5; j++)
					if (kind[i] == $1 && from[i] <= $j && $j < to[i] && !(pid in seen)) { seen[pid]; print pid }
		}' | paste -s -d ' '
}

# What the account has started in a user namespace, by a timer perhaps, goes on without it, and would have the
# next account's ids. By the account, who may end it and nobody else's. $1 uid or gid, $2 NAME:START:COUNT.
end_processes_of_range() {
	local pids tries=0 kind=Uid
	[ "$1" = uid ] || kind=Gid
	while :; do
		pids=$(printf '%s: %s\n' "$kind" "$(printf '%s' "${2#*:}" | tr : ' ')" | processes_of_ids)
		[ -n "$pids" ] || return 0
		tries=$((tries + 1))
		[ "$tries" -le 50 ] ||
			fail "subordinate ${1}s ${2#*:}" "processes of $ACCOUNT that have them ($pids), and do not end" \
				"none left, before the next account gets these ids" "end them, then run again"
		# shellcheck disable=SC2086 # a list of numbers
		as_account kill -KILL $pids 2>/dev/null || true
		sleep 0.1
	done
}
