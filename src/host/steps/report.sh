# shellcheck shell=dash
# report: asks the daemon as the account, the way a user does, and says what rootless mode means here.

report_apply() {
	know_account "$(doc account)" || fail "account $(doc account)" "no such account" "it to exist" "run the account step first"
	chain_checks
	stop_on_problems
	limitation_rows
	supersede
}
