# shellcheck shell=dash
# What the account's daemon.json says, whichever step's document this run has.

# A text of the account's daemon.json, whichever step's document this run has. $1 key.
daemon_json_text() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" | head -n 1 | head -c 4096
}

# A truth value or number of it. $1 key.
daemon_json_word() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \([a-z0-9]*\),\{0,1\}\$/\1/p" | head -n 1 | head -c 64
}

daemon_data_root() {
	local root
	root=$(daemon_json_text data-root)
	printf '%s' "${root:-$ACCOUNT_HOME/.local/share/docker}"
}

# Members of stdin with a sum in the place of each value, which may be a secret one.
sums_of_members() {
	local name value
	while IFS='	' read -r name value; do
		printf '%s\t%s\n' "$name" "$(printf '%s' "$value" | sha256sum | cut -c 1-64)"
	done
}

# Of a file of the account's. What takes apart a larger one would take minutes. $1 path.
small_daemon_json() {
	account_file "$1" >"$WORK/small.json" && [ "$(wc -c <"$WORK/small.json")" -le 65536 ] && cat "$WORK/small.json"
}

# Where it is written down what daemon.json was made of.
daemon_json_members() {
	printf '%s/members' "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")"
}

# $1 the file as it is written.
note_daemon_json() {
	local record sum
	record=$(daemon_json_members)
	sum=$(sha256sum <"$1" | cut -c 1-64)
	[ "$(head -n 1 "$record" 2>/dev/null)" = "$sum" ] || {
		echo "$sum"
		json_members <"$1" | sums_of_members
	} | write_record "$record"
}

# How daemon.json differs from what was written, by its keys; nothing of one that cannot be read, is no JSON object or
# has more than 200, whose sums would take long. $1 path, $2 what was written down; without it, nothing.
changed_members() {
	if [ ! -s "$2" ] || ! small_daemon_json "$1" | json_members >"$WORK/found-members" ||
		[ "$(wc -l <"$WORK/found-members")" -gt 200 ]; then return 0; fi
	sums_of_members <"$WORK/found-members" >"$WORK/members"
	tail -n +2 "$2" | awk -F '\t' '
		FILENAME != "-" { now[$1] = $2; next }
		!($1 in now) { print $1 " (gone)" }
		$1 in now && now[$1] != $2 { print $1 }
		{ was[$1] }
		END { for (name in now) if (!(name in was)) print name " (new)" }' "$WORK/members" - |
		names_of_members ': '
}

# Keys of stdin, a line each, as people may see them: ten at most. The account may have put anything there. $1 what
# comes before them, where there are any.
names_of_members() {
	grep -xE '[A-Za-z0-9_.-]{1,40}( \((gone|new)\))?' | sort | awk -v before="$1" '
		NR <= 10 { printf "%s%s", NR == 1 ? before : ", ", $0 }
		END { if (NR > 10) printf " and %d more", NR - 10 }'
}

# What a daemon that somebody else has made is told, and would not be: members of its daemon.json, and flags that do not
# come from a drop-in, which stays in force. The storage driver stays what it is, and of another data root an error
# tells. $1 the daemon.json that is written.
dropped_members() {
	local drop_ins start
	drop_ins=$(start_of_drop_ins)
	start=$(start_of_unit)
	# This package's own, where the program says nothing of it.
	json_members <"$1" | cut -f 1 |
		if has default-network-opts.bridge; then grep -vx default-network-opts; else cat; fi >"$WORK/members" || true
	printf '%s\n' "$drop_ins" | tr ' ' '\n' | members_of_flags >"$WORK/drop-in-flags"
	members_of_others_file >"$WORK/told"
	# shellcheck disable=SC2016 # the inner shell expands it
	as_account sh -c 'process=$(cat "$1/docker.pid") && tr "\0" "\n" <"/proc/$process/cmdline"' sh "$ACCOUNT_RUNTIME" \
		>"$WORK/command" 2>/dev/null || true
	[ -s "$WORK/command" ] || ! account_has "$ACCOUNT_HOME/.config/systemd/user/docker.service" ||
		! printf '%s' "$start" | grep -q '\$' ||
		fail daemon "a daemon of $ACCOUNT's own that does not run, and whose unit starts it with a variable" \
			"what it is told" "start it, and run again"
	[ -n "$drop_ins" ] || printf '%s\n' "$start" | tr ' ' '\n' >>"$WORK/command"
	members_of_flags <"$WORK/command" | grep -vxFf "$WORK/drop-in-flags" | grep -vx data-root >>"$WORK/told" || true
	grep -vxFf "$WORK/members" "$WORK/told" | grep -vx storage-driver | sort -u || true
}

# dockerd takes a blank one, too.
members_of_others_file() {
	small_daemon_json "$ACCOUNT_HOME/.config/docker/daemon.json" | json_members >"$WORK/there" ||
		! grep -q '[^[:space:]]' "$WORK/small.json" ||
		fail daemon "a daemon.json of $ACCOUNT's own that is larger than 64 KiB, or no plain JSON object" \
			"one that can be compared with daemon" "write it as plain JSON, without a byte order mark"
	cut -f 1 "$WORK/there"
}

# What docker.service of the account's starts, a drop-in's before the unit's.
start_of_unit() {
	local start
	start=$(start_of_drop_ins)
	[ -n "$start" ] || start=$(text_of_unit '' | last_start)
	printf '%s\n' "$start"
}

start_of_drop_ins() { text_of_unit '.d/*.conf' | last_start; }

# What dockerd-rootless-setuptool.sh writes into a unit, with any value.
PLAIN_DIRECTIVES='Description|Documentation|Environment=PATH|ExecStart|ExecReload|Timeout[A-Za-z]*|Restart|RestartSec'
PLAIN_DIRECTIVES="$PLAIN_DIRECTIVES|StartLimit[A-Za-z]*|Limit(NOFILE|NPROC|CORE)|TasksMax|Delegate|Type|NotifyAccess"
PLAIN_DIRECTIVES="$PLAIN_DIRECTIVES|KillMode|WantedBy|Alias"

# Names of what else the account's own unit says.
other_directives() {
	account_file "$ACCOUNT_HOME/.config/systemd/user/docker.service" | whole_lines |
		sed -nE -e 's/^[[:blank:]]*(Environment)[[:blank:]]*=[[:blank:]]*"?(PATH)=[^=]*$/\1=\2/p; t' \
			-e 's/^[[:blank:]]*([A-Za-z]+)[[:blank:]]*=.*/\1/p' |
		grep -vxE "$PLAIN_DIRECTIVES" | sort -u || true
}

# Settings on stdin, one a line, without comments.
whole_lines() {
	awk '
		/^[[:blank:]]*[#;]/ { next }
		{ line = line $0 }
		sub(/\\$/, " ", line) { next }
		{ print line; line = "" }
		END { print line }'
}

last_start() {
	whole_lines |
		sed -n 's/^[[:blank:]]*ExecStart[[:blank:]]*=//p' | tail -n 1 | tr -d "\"'" | tr -s ' \t' ' '
}

# What systemd reads: of a name in several places the first one counts, and drop-ins in the order of their names.
# systemd.unit(5). $1 what follows docker.service.
text_of_unit() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'names=
		for place in "$HOME/.config/systemd/user" /etc/systemd/user /run/systemd/user \
			"$HOME/.local/share/systemd/user" /usr/local/lib/systemd/user /usr/lib/systemd/user; do
			for path in "$place"/docker.service$1; do
				name=${path##*/}
				case $names in *"/$name/"*) continue ;; esac
				[ -e "$path" ] || [ -h "$path" ] || continue
				names=$names/$name/
				[ ! -f "$path" ] || printf "%s\t%s\n" "$name" "$path"
			done
		done | sort | cut -f 2- | while IFS= read -r path; do
			head -c 65536 -- "$path"
			echo
		done' sh "$1" 2>/dev/null || true
}

# Flags of dockerd, a word a line, as daemon.json calls them. https://docs.docker.com/reference/cli/dockerd/
members_of_flags() {
	sed -nE 's/^--([a-z0-9-]{1,40})(=.*)?$/\1/p' |
		sed -E -e 's/^(authorization-plugin|default-address-pool|default-network-opt|default-ulimit|dns-opt)$/&s/' \
			-e 's/^(cdi-spec-dir|exec-opt|host|label|log-opt|node-generic-resource|registry-mirror|storage-opt)$/&s/' \
			-e 's/^insecure-registry$/insecure-registries/; s/^add-runtime$/runtimes/; s/^feature$/&s/' \
			-e 's/^(http|https|no)-proxy$/proxies/'
}
