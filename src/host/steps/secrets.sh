# shellcheck shell=dash
# secrets: the secret values of environment and daemon.json, and the PEM of tcpSocket, kept for root alone until
# the daemon step (or an earlier one's daemon) uses them.

secrets_apply() {
	local values new group
	values=$(secrets_directory)
	new=$WORK/values
	for_root_alone read_document "$WORK/document" "$new"
	# Earlier versions have stored none: what is compared has the same folders.
	for group in certs.d docker.service registryAuth; do rmdir "$new/text/$group" "$new/json/$group"; done
	find "$new" -type d -name tls -empty -delete
	# Keys of the document itself: only what lies in the directories is a value.
	find "$new/text" "$new/json" -mindepth 1 -maxdepth 1 -type f -delete
	[ -n "$(find "$new" -type f)" ] || return 0
	want secretvalues "$LEASE" kept
	diff -r "$values" "$new" >/dev/null 2>&1 || {
		write_record "$STATE/leases/$LEASE/secrets.begun" </dev/null
		store_values "$new" "$values"
	}
	# Equal ones too: the run that stored them may have been killed before it came to this.
	pass_on_to_daemon
}

# A rotated value reaches a daemon that is there already. Where names came or went, the daemon
# step's own document changes too, and that step follows.
pass_on_to_daemon() {
	[ -e "$STATE/leases/$LEASE/daemon" ] || return 0
	(
		DOC=$WORK/daemon
		read_document "$STATE/leases/$LEASE/daemon" "$DOC"
		if [ "$(doc secrets)" != "$(secret_names)" ] || is_lost_account "$(doc account)" ||
			! know_account "$(doc account)"; then exit 0; fi
		follow_home "$ACCOUNT"
		if ! is_claimed_by "$LEASE" "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/environment")/claims"; then
			say "the daemon of $ACCOUNT has the earlier values until its own step runs: a new value of recheck does that"
			exit 0
		fi
		stop_on_others_programs
		keep_earlier_files
		rewrite_daemon_files
		mark_restart own files "its secret values changed"
	)
}

# The daemon does not start with the new ones, and Pulumi goes on with those that it knows.
secrets_with_earlier_files() {
	local values
	values=$(secrets_directory)
	[ ! -d "$values.earlier" ] ||
		store_values "$values.earlier/$(($(find "$values.earlier" -mindepth 1 -maxdepth 1 | wc -l) - 1))" "$values"
	rm -f "$STATE/leases/$LEASE/secrets.begun"
}

# The daemon has read the new ones.
secrets_facts() {
	if [ ! -e "$WORK/restarts" ] || ! know_account "$(cat "$STATE/leases/$LEASE/account-name")"; then return 0; fi
	needs_restart "$(resource_directory userdaemon "$ACCOUNT")" all || forget_earlier_values
}
