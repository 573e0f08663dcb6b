# shellcheck shell=dash
# Processes by the ids that they have.

# The processes that have one of the ids on stdin ('Uid: START COUNT' or 'Gid: START COUNT') in one
# of their threads, or can take it, since it is in the map of their user namespace. A map that root
# made may have all ids of the machine: it begins with those of accounts. $1 a file of ids that are
# somebody's ('Uid: ID'), whose processes do not count, or nothing.
processes_of_ids() {
	cat >"$WORK/ids-of-processes"
	printf '%s\n' /proc/[0-9]*/task/[0-9]*/status | xargs cat 2>/dev/null |
		awk -v ids="$WORK/ids-of-processes" -v users="${1-}" -v last="$(last_id_of_accounts uid gid)" '
		BEGIN {
			while ((getline <ids) > 0) { n++; kind[n] = $1; from[n] = $2; to[n] = $2 + $3 }
			while (users != "" && (getline <users) > 0) user[$1, $2]
			own["Uid:"] = map_in("/proc/self/uid_map")
			own["Gid:"] = map_in("/proc/self/gid_map")
		}
		function map_in(file,   text, line) {
			while ((getline line <file) > 0) text = text " " line
			close(file)
			return text
		}
		function meet(id, begin, count,   i) {
			if (count == 1 && (id, begin) in user) return
			for (i = 1; i <= n; i++)
				if (kind[i] == id && begin < to[i] && from[i] < begin + count &&
					(begin >= from[i] || begin > last) && !(group in seen)) {
					seen[group]
					print group
				}
		}
		function meet_map(id, text,   part, count, i) {
			if (text == own[id]) return
			count = split(text, part, " ")
			for (i = 1; i + 2 <= count; i += 3) meet(id, part[i + 1] + 0, part[i + 2] + 0)
		}
		$1 == "State:" { dead = $2 == "Z" }
		$1 == "Tgid:" { group = $2 }
		$1 == "Pid:" { thread = "/proc/" group "/task/" $2 }
		dead { next }
		$1 == "Uid:" || $1 == "Gid:" { for (j = 2; j <= 5; j++) meet($1, $j + 0, 1) }
		$1 == "Groups:" {
			for (j = 2; j <= NF; j++) meet("Gid:", $j + 0, 1)
			meet_map("Uid:", map_in(thread "/uid_map"))
			meet_map("Gid:", map_in(thread "/gid_map"))
		}' | paste -s -d ' '
}

# Ids that processes have, and that their user namespaces give them, 'process PID':START:COUNT a line, each once:
# containers of root's are in no file. A namespace that gives ids as they are takes none. $1 an id up to which all are
# left out.
ids_that_run() {
	printf '%s\n' /proc/[0-9]*/status /proc/[0-9]*/uid_map /proc/[0-9]*/gid_map |
		xargs grep -sHE '^(State|Uid|Gid|Groups):|^ *[0-9]' | awk -v last="$1" '
		BEGIN {
			while ((getline line <"/proc/self/uid_map") > 0) own[line]
			while ((getline line <"/proc/self/gid_map") > 0) own[line]
		}
		function take(begin, count) {
			if (begin + count - 1 > last && !((begin, count) in seen)) {
				seen[begin, count]
				printf "process %s:%.0f:%.0f\n", part[3], begin, count
			}
		}
		{ split($0, part, /[\/:]/) }
		part[4] != "status" {
			sub(/^[^:]*:/, "")
			if (!($0 in own) && $1 != $2) take($2 + 0, $3 + 0)
			next
		}
		part[5] == "State" { dead = $2 == "Z"; next }
		!dead { for (i = 2; i <= NF; i++) take($i + 0, 1) }'
}

# Everything that runs as the account, at once: none is born meanwhile, nor missed since it is never
# long at the same number. By the account, and so nobody else's, where its uid is its own alone.
end_all_of_account() {
	local process
	process=$(process_of_uid_elsewhere)
	[ -z "$process" ] ||
		fail "account $ACCOUNT" "that $process" "only its own processes, to end them" "end that, then run again"
	as_account sh -c 'kill -KILL -1' 2>/dev/null || true
}

# A process with the account's uid that is not its own, in words, or nothing: that of a service of the machine or
# of a container of root's. Its own are all below its slice, and jobs of cron and at, logins by a server without
# systemd's sessions and by su in another's session, if root has made no PID namespace for them: one that the account
# has made itself is in a user namespace of its.
process_of_uid_elsewhere() {
	echo "Uid: $ACCOUNT_UID 1" | processes_of_ids | processes_elsewhere |
		sed -n '1s/.*/process & runs with its uid/p' | printable
}

# Those of the processes on stdin, PID (NAME in CGROUP) a line.
processes_elsewhere() { perl -e "$PROCESS_ELSEWHERE" "$ACCOUNT_UID"; }

# shellcheck disable=SC2016 # a program of its own
PROCESS_ELSEWHERE='my $uid = shift;
sub groups { open my $file, "<", "/proc/$_[0]/cgroup" or return ""; local $/; return <$file> // "" }
# The hierarchy that systemd has, and where the machine is in it.
my ($tree, $machine) = groups(1) =~ m{^(\d+:(?:name=systemd)?:)(.*)/init\.scope$}m or exit;
for my $process (split " ", <STDIN> // "") {
	my ($group) = groups($process) =~ m{^\Q$tree\E(?:\Q$machine\E(?=/))?(.*)$}m or next;
	my $space = readlink "/proc/$process/ns/pid" or next;
	next if $group =~ m{^/user\.slice/user-$uid\.slice/|^/rootless-docker\.\d+$};
	my $made_by_root = (readlink "/proc/$process/ns/user" // "") eq readlink "/proc/self/ns/user";
	next if ($space eq readlink "/proc/self/ns/pid" or !$made_by_root) and $group =~ m{^/(?:$|user\.slice/|
		system\.slice/(?:[^/]*/)?(?:cron|crond|cronie|atd|sshd?|dropbear)(?:@[^/]*)?\.service(?:/|$))}x;
	open my $file, "<", "/proc/$process/comm" or next;
	chomp(my $name = join "", <$file>);
	$name =~ tr/\n/?/;
	print "$process ($name in $group)\n";
}'

# What the account has started in a user namespace, by a timer perhaps, goes on without it, and
# would have the next account's ids. By the account, who may end it and nobody else's. A container of root's that has
# some of them runs on: the ids are nobody's as long as it does. $1 uid or gid, $2 NAME:START:COUNT.
end_processes_of_range() {
	local pids tries=0 kind=Uid
	[ "$1" = uid ] || kind=Gid
	ids_in_use "$1" | sed "s/.*:/$kind: /" >"$WORK/ids-of-users"
	while :; do
		printf '%s: %s\n' "$kind" "$(printf '%s' "${2#*:}" | tr : ' ')" |
			processes_of_ids "$WORK/ids-of-users" >"$WORK/processes-of-range"
		processes_elsewhere <"$WORK/processes-of-range" >"$WORK/processes-elsewhere"
		pids=$(tr ' ' '\n' <"$WORK/processes-of-range" | awk '
			FILENAME != "-" { other[$1]; next } !($1 in other)' "$WORK/processes-elsewhere" - | paste -s -d ' ')
		[ -n "$pids" ] || break
		tries=$((tries + 1))
		[ "$tries" -le 50 ] ||
			fail "subordinate ${1}s ${2#*:}" \
				"processes of $ACCOUNT that have them ($pids), and do not end" \
				"none left, before the next account gets these ids" "end them, then run again"
		# shellcheck disable=SC2086 # a list of numbers
		as_account kill -KILL $pids 2>/dev/null || true
		sleep 0.1
	done
	[ ! -s "$WORK/processes-elsewhere" ] ||
		say "process $(sed -n 1p "$WORK/processes-elsewhere" | printable) has some of the subordinate ${1}s ${2#*:}," \
			"and is none of account $ACCOUNT: it runs on, and nobody gets these ids here while it does"
}

# Whoever starts a set-uid program, or one that has a user of its own, keeps its own real one. $1 the process's number.
is_run_by_root() { grep -qs '^Uid:	0	' "/proc/$1/status"; }

# What runs in accounts' service managers: the uid of each, the number of a process in it, that one's real uid, its unit
# and its name, with tabs between them. Without a unit is what every service manager has: itself and its message bus.
processes_of_service_managers() {
	printf '%s\n' /proc/[0-9]*/status /proc/[0-9]*/cgroup |
		xargs grep -sHE '^(Name|State|Uid):|^[0-9]+:[^:]*:/user[.]slice/user-[0-9]+[.]slice/user@[0-9]+[.]service/' |
		awk -F '\t' '
		{ split($1, part, /[\/:]/); process = part[3] }
		part[4] == "status" { of[process, part[5]] = $2; next }
		(process, "Uid") in of && of[process, "State"] !~ /^Z/ {
			unit = $0
			sub(/^[^@]*@/, "", unit)
			manager = unit + 0
			sub(/^[0-9]+[.]service\//, "", unit)
			# What a desktop has there comes and goes with its login.
			is_desktop = unit ~ /(^|\/)(session|background|app-graphical)[.]slice\//
			while (sub(/^[^\/]*[.]slice\//, "", unit)) continue
			sub(/\/.*/, "", unit)
			gsub(/\t/, " ", unit)
			if (is_desktop || unit ~ /^(init[.]scope|dbus.*[.]service)$/) unit = ""
			printf "%.0f\t%s\t%s\t%s\t%s\n", manager, process, of[process, "Uid"], unit, of[process, "Name"]
		}'
}
