# shellcheck shell=dash
# Who holds the account: this installation, from preflight on, and not another one any more.

# Who holds this installation, in words: other stacks' errors and a takeover read it.
remember_installation() {
	make_installation
	doc account | write_record "$STATE/leases/$LEASE/account-name"
	doc owner | write_record "$STATE/leases/$LEASE/owner"
}

# Ends the step where it would be for another account. $1 the account, $2 what the recorded one is wanted for.
know_recorded_account() {
	know_account "$1" || fail "account $1" "no such account" "it to exist" "run the account step first"
	! is_lost_account "$ACCOUNT" ||
		fail "account $ACCOUNT" "another one of that name than the one that was recorded" "the one that $2" \
			"give recheck a new value: the account's step settles what was done for the earlier one first"
}

# From here on other installations of the account change nothing on this machine. What only they
# wanted goes when this one has a daemon that answers: if it never gets there and is destroyed, they
# have all of it.
take_over() {
	local other list=$STATE/leases/$LEASE/took-over
	for other in $(other_installations_of "$(doc account)"); do
		took_over "$LEASE" "$other" ||
			say "takes the account $(doc account) over from $(owner_of "$other") (installation $other)"
		{
			printf '%s\n' "$other"
			cat "$list" "$STATE/leases/$other/took-over" 2>/dev/null || true
		} | grep -vxF -- "$LEASE" | sort -u | write_record "$list"
		rm -f "$STATE/leases/$other/took-over"
	done
}

# The account was another installation's (the same owner's, whose state was lost or whose machine
# has a new name, or another owner's): what only that one wanted goes, and its own revert has
# nothing left to do.
supersede() {
	local other
	for other in $(other_installations_of "$ACCOUNT"); do
		took_over "$LEASE" "$other" || continue
		say "takes back what only $(owner_of "$other") wanted (installation $other)"
		# Data are removed by a destroy only: what it said of them counts no more.
		rm -f "$STATE/leases/$other/on-destroy-data" "$STATE/leases/$other/no-data"
		(
			LEASE=$other
			release_all_steps
		)
		# At once or not at all: half a record would not be found again. What is hidden goes with
		# the last installation.
		mv -T "$STATE/leases/$other" "$STATE/leases/.gone.$other"
		rm -rf "$STATE/leases/.gone.$other"
		changed "installation $other taken over"
	done
}
