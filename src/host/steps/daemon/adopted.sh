# A daemon that somebody has made by hand before, with dockerd-rootless-setuptool.sh. It goes on as
# it is, or one error names what it is told and would not be. Its files come back at destroy, as any
# others.

# Lines of its files by which nothing is lost. They are members of daemon.json that hide, open and
# limit nothing, or that this program has a word in; and that script's unit.
LOSABLE='(debug|experimental|features|hosts|ip6tables|iptables|log-format|log-level|mtu|pidfile'
LOSABLE="$LOSABLE|raw-logs|rootless|userland-proxy|userland-proxy-path)	.*"
LOSABLE="$LOSABLE|ExecStart=/[^\$ ]*/dockerd-rootless[.]sh[[:blank:]]*(--iptables=false)?"
LOSABLE="$LOSABLE|Environment=\"?PATH=[^=]*|(Description|Documentation|Requires|ExecReload|Type"
LOSABLE="$LOSABLE|NotifyAccess|Delegate|KillMode|WantedBy|TasksMax|Limit[A-Z]*|Timeout[A-Za-z]*"
LOSABLE="$LOSABLE|Restart[A-Za-z]*|StartLimit[A-Za-z]*)=.*"

# Before anything is changed.
adopt_earlier_daemon() {
	local first='' told
	read -r first <"$(earlier_file docker.service)" || true
	if [ "$first" = "$MANAGED" ] || [ "$(earlier_file docker.service)" = /dev/null ]; then
		return 0
	fi
	told=$(what_earlier_daemon_is_told | paste -s -d , | sed 's/,/, /g')
	[ -z "$told" ] || fail "docker.service of $ACCOUNT" "a daemon of its own, which has $told" \
		"nothing but what the program says of it" \
		"say in the program what it is to go on with (daemon, environment, network, \
storageDriver), take the rest out of its files, restart it, and run again"
}

# Keys in one of its files and not in ours, by name and without values: ten at most.
what_earlier_daemon_is_told() {
	: >"$WORK/theirs"
	if grep -q '[^[:space:]]' "$(earlier_file daemon.json)"; then
		json_members <"$(earlier_file daemon.json)" >"$WORK/theirs" ||
			echo 'a daemon.json that is no plain JSON object'
	fi
	json_members <"$WORK/new/daemon.json" >"$WORK/ours"
	cat "$WORK/new/environment" >>"$WORK/ours"
	grep -hvE '^[[:blank:]]*([#;[]|$)' "$(earlier_file environment)" \
		"$(earlier_file docker.service)" >>"$WORK/theirs"
	grep -vxFf "$WORK/ours" "$WORK/theirs" | grep -vxE "$LOSABLE" | sed 's/[ =	].*//' |
		grep -xE '[A-Za-z0-9_.-]{1,40}' | sort -u | head -n 10
}
