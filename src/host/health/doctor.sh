# shellcheck shell=dash
# The doctor: for people, on the host, without Pulumi. It changes nothing. Usage, as root for any account
# (without one: for each that is set up here), or as the account itself:
#   sh /var/lib/rootless-docker/agent doctor [--json | --problems] [ACCOUNT]...
# Exit status: 0 nothing is wrong, 1 something is, 2 it was asked for what it does not know.

run_doctor() {
	local format=table accounts='' word status=0
	STEP=doctor
	# What it starts as the account must not read what root's terminal, or a script of root's, has
	# for it.
	exec </dev/null
	for word in "$@"; do
		case $word in
		--json | --problems) format=${word#--} ;;
		-*) doctor_usage "no such option '$word'" ;;
		*) accounts="$accounts $word" ;;
		esac
	done
	accounts=${accounts:-$(accounts_here)}
	[ -n "$accounts" ] || doctor_usage "no account is set up here by this package; name one"
	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"; remove_account_group "$ACCOUNT_GROUP"' EXIT
	trap 'exit 130' HUP INT TERM
	for word in $accounts; do
		examine "$word"
		! grep -q '^problem' "$WORK/findings" || status=1
		"print_$format" "$word" >>"$WORK/answers"
	done
	if [ "$format" = json ]; then printf '[%s]\n' "$(paste -s -d , "$WORK/answers")"; else cat "$WORK/answers"; fi
	exit "$status"
}

doctor_usage() {
	printf 'doctor: %s\nusage: sh %s doctor [--json | --problems] [ACCOUNT]...\n' "$1" "$STATE/agent" >&2
	exit 2
}

accounts_here() {
	if [ "$SELF" = 0 ]; then
		cat "$STATE"/leases/*/account-name 2>/dev/null | sort -u | paste -s -d ' '
	else
		id -un
	fi
}

# $1 the account. Its findings are in $WORK/findings afterwards.
examine() {
	DOC=$WORK/doc LEASE=-
	read_document /dev/null "$DOC"
	: >"$WORK/findings"
	: >"$WORK/problems"
	: >"$WORK/facts"
	rm -f "$WORK/docker-info" "$WORK/daemon-process" "$WORK/rootlesskit-arguments"
	printf 'as docker info says' >"$WORK/driver-reason"
	if ! know_account "$1"; then
		ACCOUNT=
		problem "account $1" "no such account" "it to exist" "run pulumi up, which creates it"
		machine_checks
		return 0
	fi
	[ "$SELF" = 0 ] || [ "$SELF" = "$ACCOUNT_UID" ] || doctor_usage "only root, or $1 itself, can see what $1 sees"
	use_engine_of_account
	# Whatever goes wrong at one link, the rest is looked at.
	(daemon_chain_checks) || true
	(plugin_checks) || true
	(drift_checks) || true
	! grep -q "^ok${SEPARATOR}daemon$SEPARATOR" "$WORK/findings" || (limitation_checks) || true
}

# What its daemon is started with is the account's word: root takes its own.
use_engine_of_account() {
	local start
	PATH=$SYSTEM_PATH
	if [ "$SELF" = 0 ]; then
		use_engine_of "$(installations_of "$(resource_directory userdaemon "$ACCOUNT")" | head -n 1)"
	else
		start=$(unit_start)
		case $start in "$ENGINES"/*) PATH=${start%/*}:$PATH ;; esac
	fi
}

# The rows of the limitation table, as the steps report them. Some only root can measure.
limitation_checks() {
	local step
	docker_info_facts
	for step in $(steps_with_limitations); do
		# What the step report measures only root can.
		[ "$SELF" = 0 ] || [ "$step" != report ] || continue
		measure_limitations "$step"
	done
}

print_table() {
	printf '%s on %s: %s, kernel %s\n' "$1" "$(uname -n)" "$(os_name)" "$(uname -r)"
	awk -F "$SEPARATOR" '
		{ printf "%-12s%-26s %s\n", $1, $2, $3 }
		$4 != "" { printf "%-12swanted: %s%s\n", "", $4, ($6 == "" ? "" : ", since " $6) }
		$5 != "" { printf "%-12sto fix: %s\n", "", $5 }
		$1 == "problem" { problems++ }
		END { print (problems ? problems " to fix" : "nothing to fix") }' "$WORK/findings"
	[ "$SELF" = 0 ] || echo "(as root it sees more: what was changed by hand, and what rootless mode limits here)"
}

print_problems() {
	local status about found wanted fix why
	while IFS=$SEPARATOR read -r status about found wanted fix why; do
		[ "$status" != problem ] || problem_line doctor "$about" "$found" "$wanted" "$fix" "$why"
	done <"$WORK/findings"
}

print_json() {
	local comma='' status about found wanted fix why
	printf '{"account":%s,"findings":[' "$(json_string "$1")"
	while IFS=$SEPARATOR read -r status about found wanted fix why; do
		printf '%s{"status":%s,"about":%s,"found":%s,"wanted":%s,"why":%s,"fix":%s}' "$comma" "$(json_string "$status")" \
			"$(json_string "$about")" "$(json_string "$found")" "$(json_string "$wanted")" "$(json_string "$why")" "$(json_string "$fix")"
		comma=,
	done <"$WORK/findings"
	printf ']}\n'
}
