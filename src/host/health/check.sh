# shellcheck shell=dash
# For previews: what is not as this installation left it, and what a machine without one has. Nothing is changed, and
# no lock is waited for. One JSON object on stdout, as src/drift/answer.ts reads it.

start_check() {
	exec </dev/null
	WORK=/run/rootless-docker.check.$$
	prepare_work
}

# Before preflight's end an installation has an agent, and nothing else.
run_check() {
	local step about found wanted comma=''
	start_check
	[ -s "$STATE/leases/$LEASE/owner" ] || {
		printf '{"drift":null}\n'
		return 0
	}
	use_engine_of "$LEASE"
	run_apart differences_here >"$WORK/differences"
	[ "$APART_STATUS" = 0 ] || exit 1
	printf '{"drift":['
	while IFS=$TAB read -r step about found wanted; do
		# Pulumi runs a step again that was cut off.
		is_applied "$step" || continue
		printf '%s{"step":%s,"about":%s,"found":%s,"wanted":%s,"applied":"%s"}' "$comma" \
			"$(json_string "$step")" "$(json_string "$(shown "$about")")" "$(json_string "$(shown "$found")")" \
			"$(json_string "$(shown "$wanted")")" "$(date -u -r "$STATE/leases/$LEASE/$step" +%FT%TZ)"
		comma=,
	done <"$WORK/differences"
	printf ']}\n'
}

# Lines of a step, what it is about, what is there and what is wanted, with tabs, of the installation LEASE.
differences_here() {
	local account
	account=$(account_of "$LEASE")
	if ! know_account "$account"; then
		printf 'account\taccount %s\tno such account\tit to exist\n' "$account"
		return 0
	fi
	ledger_differences
	package_differences
	[ -z "$(daemon_state_if_wanted)" ] ||
		printf 'daemon\tdocker.service of %s\t%s\tactive\n' "$ACCOUNT" "$(daemon_state_if_wanted)"
}
