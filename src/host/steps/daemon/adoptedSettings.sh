# shellcheck shell=dash
# A daemon that somebody else has made, which this package takes over: what it is told, and the program does not say.

# Members of daemon.json that hide nothing, open nothing and limit nothing, or that this package has a word in.
LOSABLE_MEMBERS='debug|experimental|features|hosts|ip6tables|iptables|log-format|log-level|mtu|pidfile|raw-logs'
LOSABLE_MEMBERS="$LOSABLE_MEMBERS|rootless|userland-proxy|userland-proxy-path"

# Of a daemon that somebody else has made, and whose daemon.json this package has not written before.
tell_dropped_members() {
	local dropped twice
	unclaimed "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")" || return 0
	dropped_members "$WORK/daemon.json" >"$WORK/dropped"
	twice=$(json_members <"$WORK/daemon.json" | cut -f 1 | grep -xFf "$WORK/drop-in-flags" | names_of_members '')
	[ -z "$twice" ] ||
		fail daemon "a daemon of $ACCOUNT's own, with flags of a drop-in that are in daemon.json, too ($twice)" \
			"them in one place, since dockerd refuses both" \
			"say in the program what $twice is to be; and move it from the drop-in to its daemon.json, where destroy \
leaves it"
	if grep -qxh config-file "$WORK/dropped" "$WORK/drop-in-flags" ||
		{
			text_of_unit ''
			text_of_unit '.d/*.conf'
		} | whole_lines | grep -q XDG_CONFIG_HOME; then
		fail daemon "a daemon of $ACCOUNT's own, whose unit says --config-file or XDG_CONFIG_HOME" \
			"its settings in $(shown_path "$ACCOUNT_HOME/.config/docker/daemon.json")" \
			"move that file there, take the other out of the unit, and restart that daemon"
	fi
	dropped=$(grep -vxE "$LOSABLE_MEMBERS" "$WORK/dropped" | names_of_members '')
	[ -z "$dropped" ] ||
		fail daemon "a daemon of $ACCOUNT's own, whose daemon.json or unit says $dropped" \
			"all in daemon that it is to go on with" \
			"add $dropped to daemon, with what it is to be"
	dropped=$(dropped_variables | names_of_members '')
	[ -z "$dropped" ] ||
		fail daemon "a file $(shown_path "$ACCOUNT_HOME/.config/docker/environment") of $ACCOUNT's own, which says $dropped" \
			"nothing there but what the program says, since this package writes it" \
			"say $dropped in the program (environment, network), or move $dropped to a drop-in"
	dropped=$(! uses_its_unit || other_directives | names_of_members '')
	[ -z "$dropped" ] ||
		fail daemon "a daemon of $ACCOUNT's own, whose unit says $dropped" \
			"nothing but what dockerd-rootless-setuptool.sh writes, and flags" \
			"move $dropped to a drop-in, which stays in force ('systemctl --user edit docker' as $ACCOUNT)"
	dropped=$(names_of_members '' <"$WORK/dropped")
	[ -z "$dropped" ] ||
		say "the daemon of $ACCOUNT loses $dropped until destroy: say in the program what is to stay"
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
	[ -s "$WORK/command" ] || [ -z "$start" ] || ! may_have_own_daemon ||
		printf '%s' "$start" | grep -qE '^[^$]*/dockerd-rootless[.]sh( [^$]*)?$' ||
		fail daemon "a daemon of $ACCOUNT's own that does not run, and whose unit starts it with a variable or by another \
program" "what it is told" "start it, or remove that unit, and run again"
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

# What dockerd-rootless-setuptool.sh writes into a unit, with any value.
PLAIN_DIRECTIVES='Description|Documentation|Requires=dbus.socket|Environment=PATH|ExecStart|ExecReload|Restart'
PLAIN_DIRECTIVES="$PLAIN_DIRECTIVES|RestartSec|Timeout[A-Za-z]*|StartLimit[A-Za-z]*|Limit(NOFILE|NPROC|CORE)"
PLAIN_DIRECTIVES="$PLAIN_DIRECTIVES|TasksMax|Delegate|Type|NotifyAccess|KillMode|WantedBy|Alias"

# True where the unit is in force for the account: one of an administrator's may be for others.
uses_its_unit() {
	daemon_is_up || [ -n "$(own_unit ours '')" ] || has_containers_or_volumes "$(data_root)"
}

# Names of what else its unit says.
other_directives() {
	text_of_unit '' | whole_lines |
		sed -nE -e 's/^[[:blank:]]*(Environment)[[:blank:]]*=[[:blank:]]*"?(PATH)=[^=]*$/\1=\2/p; t' \
			-e 's/^[[:blank:]]*(Requires)[[:blank:]]*=[[:blank:]]*(dbus[.]socket)[[:blank:]]*$/\1=\2/p; t' \
			-e 's/^[[:blank:]]*([A-Za-z]+)[[:blank:]]*=.*/\1/p' |
		grep -vxE "$PLAIN_DIRECTIVES" | sort -u || true
}

# Flags of dockerd, a word a line, as daemon.json calls them. https://docs.docker.com/reference/cli/dockerd/
members_of_flags() {
	sed -nE 's/^--([a-z0-9-]{1,40})(=.*)?$/\1/p' |
		sed -E -e 's/^(authorization-plugin|default-address-pool|default-network-opt|default-ulimit|dns-opt)$/&s/' \
			-e 's/^(cdi-spec-dir|exec-opt|host|label|log-opt|node-generic-resource|registry-mirror|storage-opt)$/&s/' \
			-e 's/^insecure-registry$/insecure-registries/; s/^add-runtime$/runtimes/; s/^feature$/&s/' \
			-e 's/^(http|https|no)-proxy$/proxies/'
}

# Names of variables for the daemon that are not written as they are. The program may say another value of one.
dropped_variables() {
	with_secrets text environment | cut -f 1 >"$WORK/variables"
	account_file "$ACCOUNT_HOME/.config/docker/environment" | head -c 65536 | awk '
		FILENAME == ARGV[1] { said[$0]; next }
		{ line = $0; sub(/^[[:blank:]]+/, ""); gsub(/["\047]/, "") }
		FILENAME == ARGV[2] { written[$0]; exact[line]; next }
		line in exact { next }
		/^[A-Za-z_][A-Za-z0-9_]*=/ && !($0 in written) {
			sub(/=.*/, "")
			if (!($0 in said)) print
		}
		# After one that may go on, what looks like a name may be part of a secret value.
		line !~ /^[[:blank:]]*([#;](.*[^\\])?|[^"\047\\]*|[^"\047\\]*=("[^"\047\\]*"|\047[^"\047\\]*\047)[[:blank:]]*)$/ {
			print "others"
			exit
		}' "$WORK/variables" "$WORK/environment" - || true
}
