# shellcheck shell=dash
# For a preview: what is not as this installation left it, step by step. It changes nothing, and waits for no
# other run. One JSON object on stdout.

run_check() {
	local lease_record=$STATE/leases/$LEASE account step about found wanted
	COMMA=''
	start_check
	use_engine_of "$LEASE"
	# A first "up" that was refused has left nothing else.
	[ -s "$lease_record/account-name" ] || {
		printf '{"drift":null}\n'
		return 0
	}
	account=$(cat "$lease_record/account-name")
	printf '{"drift":['
	for step in $(steps_from_last); do
		# Without this record the step was cut off, and Pulumi runs it again; after a takeover none counts.
		if successor_of "$LEASE" >/dev/null; then break; fi
		is_applied "$step" || {
			[ ! -e "$lease_record/$step.begun" ] || call_if_there "${step}_cut_off"
			continue
		}
		run_apart drift_of_step "$step" "$account" >&2
		[ "$APART_STATUS" = 0 ] || exit 1
		while IFS=$SEPARATOR read -r _ about found wanted _; do
			! grep -qsxF -- "$about$SEPARATOR$found" "$lease_record/$step.drift" || continue
			print_drift "$step" "$about" "$found" "$wanted"
		done <"$WORK/findings"
	done
	printf ']}\n'
}

# $1 the step, $2 what it is about, $3 what was found, $4 what was wanted.
print_drift() {
	printf '%s{"step":%s,"about":%s,"found":%s,"wanted":%s,"applied":%s}' "$COMMA" "$(json_string "$1")" \
		"$(json_string "$2")" "$(json_string "$3")" "$(json_string "$4")" \
		"$(json_string "$(date -u -d "@$(stat -c %Y "$STATE/leases/$LEASE/$1")" +%FT%TZ)")"
	COMMA=,
}

start_check() {
	local file
	exec </dev/null
	remove_left_checks
	WORK=/run/rootless-docker.check.$$
	mkdir -m 700 "$WORK"
	trap 'rm -rf "$WORK"; remove_account_group "$ACCOUNT_GROUP"' EXIT
	trap 'exit 130' HUP INT TERM PIPE
	for file in begun facts findings problems wanted; do : >"$WORK/$file"; done
}

# Of those that were killed.
remove_left_checks() {
	local left
	for left in /run/rootless-docker.check.*; do
		[ -d "/proc/${left##*.}" ] || rm -rf "$left"
	done
}

# $1 the step, $2 the account. Where that is gone, all that a step does for it is.
drift_of_step() {
	local claim
	: >"$WORK/findings"
	if ! know_account "$2"; then
		problem "account $2" 'no such account' 'it to exist' ''
		return 0
	fi
	for claim in "$STATE"/things/*/*/claims/"$LEASE.$1"; do
		[ ! -e "$claim" ] || drift_check "${claim%/claims/*}" "$(tail -n +2 "$claim")"
	done
}

# What is still not as it was left when its step has run for that: an "up" does not fix it, and the next preview
# does not show it again.
note_lasting_drift() {
	local record=$STATE/leases/$LEASE/$STEP.drift about found wanted
	if ! has drift && [ ! -e "$record" ]; then return 0; fi
	drift_of_step "$STEP" "$(cat "$STATE/leases/$LEASE/account-name")"
	while IFS=$SEPARATOR read -r _ about found wanted _; do
		say "$about: stays as it is: found $found, wanted $wanted. Previews do not show it again"
		printf '%s%s%s\n' "$about" "$SEPARATOR" "$found"
	done <"$WORK/findings" >"$WORK/lasting"
	if [ -s "$WORK/lasting" ]; then write_record "$record" <"$WORK/lasting"; else rm -f "$record"; fi
}
