# shellcheck shell=dash
# report: asks the daemon as the account, the way a user does, and says what rootless mode means here.

report_apply() {
	know_account "$(doc account)" || fail "account $(doc account)" "no such account" "it to exist" "run the account step first"
	chain_checks
	stop_on_problems
	limitation_rows
	supersede
}

# The account was another lease's (the same owner's, whose state was lost or whose machine has a new
# name, or another owner's): what only that one wanted goes, and its own revert has nothing left to do.
supersede() {
	local other
	for other in $(other_leases_of "$ACCOUNT"); do
		took_over "$LEASE" "$other" || continue
		say "takes back what only $(owner_of "$other") wanted (lease $other)"
		# Data are removed by a destroy only: what it said of them counts no more.
		rm -f "$STATE/leases/$other/on-destroy-data" "$STATE/leases/$other/no-data"
		(
			LEASE=$other
			release_all_steps
		)
		# At once or not at all: half a record would not be found again. What is hidden goes with the last lease.
		mv -T "$STATE/leases/$other" "$STATE/leases/.gone.$other"
		rm -rf "$STATE/leases/.gone.$other"
		changed "lease $other taken over"
	done
}
