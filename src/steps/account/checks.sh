# shellcheck shell=dash
# The account as the daemon needs it. The step gives it what it lacks; the doctor says what that is.

account_checks() {
	fine "account" "$ACCOUNT, uid $ACCOUNT_UID, home $ACCOUNT_HOME"
	[ "$(as_account stat -c %u "$ACCOUNT_HOME" 2>/dev/null)" = "$ACCOUNT_UID" ] ||
		problem "home of $ACCOUNT" "$ACCOUNT_HOME, which is not there or not its own" "a directory of its own" "give it one with 'install -d -m 700 -o $ACCOUNT -g $ACCOUNT_GID $ACCOUNT_HOME'"
	subordinate_id_checks
	linger_checks
}

subordinate_id_checks() {
	local kind total
	for kind in uid gid; do
		id_file_problems "$kind" || continue
		total=$(id_total "$(id_file "$kind")" "$ACCOUNT" "$ACCOUNT_UID")
		if [ "$total" -ge 65536 ]; then
			fine "subordinate ${kind}s" "$(id_ranges "$(id_file "$kind")" "$ACCOUNT" "$ACCOUNT_UID" | paste -s -d ,)"
		else
			problem "subordinate ${kind}s" "$total for $ACCOUNT in $(id_file "$kind")" "65536 at least" "run pulumi up with a new value of recheck, or 'usermod --add-sub${kind}s FIRST-LAST $ACCOUNT' with a free range" "images have files of as many owners: 'lchown: invalid argument', and without any 'No sub${kind} ranges found'"
		fi
		shared_id_problems "$kind" "$ACCOUNT_UID"
		unsafe_id_problems "$kind" "$ACCOUNT_UID" || true
	done
}

linger_checks() {
	if [ -e "/var/lib/systemd/linger/$ACCOUNT" ]; then
		fine "linger" "on"
	else
		problem "linger" "it off for $ACCOUNT" "it on" "run 'loginctl enable-linger $ACCOUNT'" "the daemon ends with the last login, and does not start at boot"
	fi
}
