# shellcheck shell=dash
# report: asks the daemon as the account, the way a user does, and says what rootless mode means here.
# With it an account changes hands for good (ownership.sh).

report_apply() {
	know_account "$(doc account)" || fail "account $(doc account)" "no such account" \
		"it to exist" "run the account step first"
	daemon_chain_checks
	stop_on_problems
	supersede
	# Where Pulumi deletes that step since the input is gone, its words are those by which it deletes a replaced one.
	has registries || take_back_forgotten registries
	[ -n "$(daemon_process)" ] ||
		fail "docker.service of $ACCOUNT" "no process dockerd below its main process" \
			"the daemon to look at" \
			"run again; where it stays so, see 'systemctl --user status docker' as $ACCOUNT"
}
