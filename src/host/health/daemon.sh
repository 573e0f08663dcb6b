# The daemon as the account sees it: for its step, previews and the doctor.

# doctor: the service manager, and whether the daemon answers.
daemon_problems() {
	if ! service_manager_runs || [ ! -S "$ACCOUNT_RUNTIME/bus" ]; then
		problem "user@$ACCOUNT_UID.service" "it not running, or without $ACCOUNT_RUNTIME/bus" \
			"the service manager of $ACCOUNT, with its message bus" \
			"run 'systemctl restart user@$ACCOUNT_UID.service', and read \
'journalctl -u user@$ACCOUNT_UID.service' where it fails"
	elif ! ask_daemon; then
		problem "docker.service of $ACCOUNT" "no answer of its daemon ($(last_words))" \
			"one" "run 'systemctl --user restart docker' as $ACCOUNT, and read \
'journalctl --user -u docker' where it fails"
	fi
}

# The value of an argument that RootlessKit was started with, or "true" of one without a value: of
# several the last, as it takes them. The oldest process of that name is the account's own. $1 its
# name.
rootlesskit_argument() {
	local line value=''
	[ -s "$WORK/rootlesskit-arguments" ] ||
		timeout 20 tr '\0' '\n' >"$WORK/rootlesskit-arguments" \
			<"/proc/$(pgrep -o -u "$ACCOUNT_UID" -x rootlesskit)/cmdline"
	while IFS= read -r line; do
		case $line in
		"--$1="*) value=${line#*=} ;;
		"--$1") value=true ;;
		esac
	done <"$WORK/rootlesskit-arguments"
	printf '%s' "$value"
}
