# A daemon that somebody has made by hand before, with dockerd-rootless-setuptool.sh. It goes on as
# it is, or one error names what it is told and would not be. Its files come back at destroy, as any
# others.

# Lines of that script's unit that ours has in other words, beside directives of the same name.
SETUPTOOL_LINES='ExecStart=/[^$ ]*/dockerd-rootless[.]sh[[:blank:]]*(--iptables=false)?'
SETUPTOOL_LINES="$SETUPTOOL_LINES|Environment=\"?PATH=[^=]*|Requires=dbus[.]socket"
SETUPTOOL_LINES="$SETUPTOOL_LINES|(TimeoutSec|StartLimitBurst|StartLimitInterval)=.*"

# Before anything is changed.
adopt_earlier_daemon() {
	local first='' told
	read -r first <"$(earlier_file docker.service)" || true
	if [ "$first" = "$MANAGED" ] || [ "$(earlier_file docker.service)" = /dev/null ]; then
		return 0
	fi
	told=$(what_earlier_daemon_is_told | sort -u | head -n 10 | paste -s -d , | sed 's/,/, /g')
	if [ -z "$told" ]; then return 0; fi
	fail "docker.service of $ACCOUNT" \
		"the account's existing daemon has settings that the program does not have: $told" '' \
		"add those that it needs to the program (daemon, environment, network, \
storageDriver), remove the rest from its files, restart it, and run again"
}

# Names of what its files have, and ours have not: members of daemon.json and variables with another
# value, and directives that are in neither unit.
what_earlier_daemon_is_told() {
	: >"$WORK/theirs"
	if grep -q '[^[:space:]]' "$(earlier_file daemon.json)"; then
		json_members <"$(earlier_file daemon.json)" >"$WORK/theirs" ||
			echo 'a daemon.json that is not a plain JSON object'
	fi
	json_members <"$WORK/new/daemon.json" >"$WORK/ours"
	settings_of "$WORK/new/environment" >>"$WORK/ours"
	settings_of "$(earlier_file environment)" >>"$WORK/theirs"
	grep -vxFf "$WORK/ours" "$WORK/theirs" | names_of_settings
	settings_of "$WORK/new/docker.service" | grep -vE '^(ExecStart|Environment)=' |
		names_of_settings | sed 's/$/=/' >"$WORK/ours"
	settings_of "$(earlier_file docker.service)" | grep -vxE "$SETUPTOOL_LINES" |
		grep -vE "^($(paste -s -d '|' "$WORK/ours"))" | names_of_settings
}

# The lines of a file of systemd's that are no comments and no sections. $1 the file.
settings_of() { sed -E '/^[[:blank:]]*([#;[]|$)/d; s/^[[:blank:]]*//' "$1"; }

# Names of what stands on stdin as NAME=VALUE, or as NAME and a tab. Values are not told.
names_of_settings() {
	sed -E 's/[ =	].*//; /^[A-Za-z0-9_.-]{1,40}$/!s/.*/a line without a name/'
}
