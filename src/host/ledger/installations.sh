# shellcheck shell=dash
# Leases: who holds an account of this machine, and who did before.
#
# $STATE/leases/LEASE/owner          project/stack/name of the one that holds it, for people
# $STATE/leases/LEASE/account-name   the account that it is for
# $STATE/leases/LEASE/took-over      leases that it has the account from, one a line

# Whose claim stays, in words. $1 the resource's directory.
next_owner() {
	local claim
	for claim in "$1"/claims/*; do
		claim=${claim##*/}
		[ "${claim%%.*}" = "$LEASE" ] || {
			owner_of "${claim%%.*}"
			return 0
		}
	done
}

# The record of this installation.
make_installation() {
	[ ! -d "$STATE/leases/$LEASE" ] || return 0
	mkdir -m 700 "$STATE/leases/$LEASE"
	sync_directories "$STATE/leases" "$STATE" "${STATE%/*}"
}

# Where the secret values of this installation lie, for root alone.
secrets_directory() { printf '%s/leases/%s/values' "$STATE" "$LEASE"; }

# The words a person knows an installation by.
owner_of() {
	if [ -s "$STATE/leases/$1/owner" ]; then cat "$STATE/leases/$1/owner"; else printf 'installation %s' "$1"; fi
}

# Leases that another installation has for an account. Where version 0.1.0 lost the account's name
# by a power cut, the claim on it says as much. $1 the account.
other_installations_of() {
	local lease claims
	claims=$(resource_directory account "$1")/claims
	for lease in "$STATE"/leases/*; do
		[ "${lease##*/}" != "$LEASE" ] || continue
		if [ "$(cat "$lease/account-name" 2>/dev/null)" = "$1" ] ||
			{ [ ! -s "$lease/account-name" ] && is_claimed_by "${lease##*/}" "$claims"; }; then
			printf '%s\n' "${lease##*/}"
		fi
	done
}

# True where one installation has the account from another. $1 the one, $2 the other.
took_over() { grep -qxF -- "$2" "$STATE/leases/$1/took-over" 2>/dev/null; }

# Prints the installation that took over from another. $1 the other; false where none did.
successor_of() {
	local lease
	for lease in "$STATE"/leases/*; do
		if took_over "${lease##*/}" "$1"; then
			printf '%s' "${lease##*/}"
			return 0
		fi
	done
	return 1
}

# Those that hold an account, and have no successor. $1 the account.
current_leases_of() {
	local lease
	for lease in "$STATE"/leases/*; do
		if [ "$(cat "$lease/account-name" 2>/dev/null)" != "$1" ] || successor_of "${lease##*/}" >/dev/null; then continue; fi
		printf '%s\n' "${lease##*/}"
	done
}

# True where what another installation wants counts beside what this one wants: not where it is the
# same owner's, whose account changes, nor where this one takes its account over. $1 the other
# installation.
stands_beside() {
	[ "$1" != "$LEASE" ] && [ "$(owner_of "$1")" != "$(owner_of "$LEASE")" ] && ! took_over "$LEASE" "$1"
}

# Its successor's work would be undone, and on a machine that was made anew the other steps' is
# missing.
stop_unless_current() {
	local other
	if other=$(successor_of "$LEASE"); then
		fail "installation $LEASE" \
			"the account $(cat "$STATE/leases/$other/account-name") taken over from it by $(owner_of "$other") (installation $other)" \
			"it to hold the account" \
			"take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back"
	fi
	[ -s "$STATE/leases/$LEASE/owner" ] ||
		fail "installation $LEASE" "nothing on this machine that knows it" \
			"the record that the step preflight makes" \
			"give recheck a new value, with which every step runs, if the machine was made anew or given back"
}

# Where this installation has an agent of its own: a link to a directory, which is exchanged for
# another one at once, with the agent and its sum. The step's commands ask for the sum first.
own_agent() { printf '%s/agents/%s' "$STATE" "$LEASE"; }

is_applied() { [ -e "$STATE/leases/$LEASE/$1" ]; }

# Leases that need the agent still. One without an owner never came further than the step agent:
# where that step failed on the way back, Pulumi does not know of it, and nobody ever takes it back.
installations_in_use() {
	find "$STATE/leases" -mindepth 1 -maxdepth 1 ! -name '.*' '(' -exec test -e '{}/owner' ';' -o -mmin -1440 ')' -print
}

# How what a destroy has kept goes, for people: the stack is empty by then.
# shellcheck disable=SC2034 # read by other files
BY_ANOTHER_UP=', by another pulumi up with it for this account, and a destroy after that'

# What onDestroy.data said when the daemon was last applied; data are kept in doubt.
retains_data() { [ "$(cat "$STATE/leases/$LEASE/on-destroy-data" 2>/dev/null)" != delete ]; }

# True under Delete for an account that was made here: unless it stays, its home goes with all in it. $1 the account.
home_may_go() { ! retains_data && [ -e "$(resource_directory account "$1")/baseline/made" ]; }
