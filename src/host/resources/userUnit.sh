# shellcheck shell=dash
# Kind userunit: the account's own docker.service, which may have run before.

userunit_check() {
	! service_manager_runs || [ "$(ask_systemctl is-enabled "$2" 2>/dev/null)" = enabled ] ||
		echo 'it not enabled'
}

# True where the account has a daemon of its own, or may have one: by its unit or an administrator's, or since it runs.
may_have_own_daemon() {
	unclaimed "$(resource_directory homefile "$ACCOUNT_HOME/.config/systemd/user/docker.service")" || return 1
	! daemon_is_up || return 0
	[ ! -f /etc/systemd/user/docker.service ] || return 0
	# One that does not say is taken for one that has.
	[ -z "$(own_unit ours '' || echo unknown)" ] || return 0
	files_with "^[^#;]*($ROOTLESS_DAEMONS)" /etc/systemd/system/*.service /usr/local/lib/systemd/system/*.service |
		xargs -d '\n' -r grep -lswF -D skip -e "$ACCOUNT" -e "$ACCOUNT_UID" -e %i -e %I | grep -q .
}

# Writes the unit. Its time limits are for systemd alone, which reads them anew: a daemon that was
# started with all the rest of it need not start again for them. $1 path.
want_unit() {
	local started was=''
	started=$(resource_directory userdaemon "$ACCOUNT")/started
	rm -f "$(resource_directory userunit "$ACCOUNT")/baseline/not-started"
	account_file "$1" >"$WORK/unit.before" || true
	grep -v '^Timeout' "$WORK/docker.service" >"$WORK/unit"
	# Another step that looks in between would take the daemon for one that has to restart.
	hold_daemon
	if ! cmp -s "$WORK/unit.before" "$WORK/docker.service" &&
		grep -v '^Timeout' "$WORK/unit.before" | cmp -s - "$WORK/unit"; then
		was=$(daemon_fingerprint)
	fi
	want_home_file "$1" 644 "$WORK/docker.service"
	if [ -n "$was" ] && [ "$(head -n 1 "$started" 2>/dev/null)" = "$was" ]; then
		note_started "${started%/*}" "$(daemon_fingerprint)"
	fi
	release_daemon
}

userunit_save() {
	if daemon_is_up || daemon_was_up; then : >"$2/active"; fi
}

# A daemon that the account ran by itself before comes back. Where the machine was booted since the
# daemon was stopped, it may run again, and on files that are gone by now.
userunit_restore() {
	know_account "$1" || return 0
	if service_manager_runs; then
		! daemon_may_run || stop_daemon
		ask_systemctl daemon-reload 2>"$WORK/error" || silent_service_manager
		ask_systemctl reset-failed docker.service 2>/dev/null || true
	fi
	[ ! -e "$2/active" ] || start_earlier_daemon "$@"
}

# Waited for, and an error, once alone: what keeps it from starting may be the account's, which is to hold up no
# destroy. $1 account, $2 baseline directory.
start_earlier_daemon() {
	if [ -e "$2/not-started" ]; then
		! service_manager_starts 2>/dev/null || ask_systemctl start --no-block docker.service 2>/dev/null || true
		say "the earlier docker.service of $1 did not start again; it is asked to once more, and not waited for:" \
			"see 'journalctl --user -u docker' as $1"
		return 0
	fi
	: >"$2/not-started"
	service_manager_starts || not_started_again "$1" "user@$ACCOUNT_UID.service does not start"
	start_service_manager
	start_and_wait start || not_started_again "$1" "$(last_words)"
	rm -f "$2/not-started"
	changed "the earlier docker.service of $1 started again"
}

# $1 account, $2 why.
not_started_again() {
	fail "docker.service of $1" "that it does not start again ($2)" "the daemon that ran here before" \
		"see 'journalctl --user -u docker' as $1, and whether docker.service.before-rootless-docker~ is the one to start; \
then run again, which does not wait for it"
}
