# shellcheck shell=dash
# The doctor: for people, on the host, without Pulumi. It changes nothing. As root for any account
# (without one: for each that is set up here), or as the account itself:
#   sh /var/lib/rootless-docker/agents/LEASE/agent doctor [--json | --problems] [ACCOUNT]...
# Exit status: 0 nothing is wrong, 1 something is, 2 it was asked for what it does not know.

run_doctor() {
	local format=table accounts='' word status=0
	STEP=doctor LEASE=
	exec </dev/null
	for word in "$@"; do
		case $word in
		--json | --problems) format=${word#--} ;;
		-*) doctor_usage "no such option '$word'" ;;
		*) accounts="$accounts $word" ;;
		esac
	done
	if [ -z "$accounts" ] && [ "$SELF" = 0 ]; then
		accounts=$(cat "$STATE"/leases/*/account-entry 2>/dev/null | cut -d ' ' -f 1 | sort -u)
	elif [ -z "$accounts" ]; then
		accounts=$(id -un)
	fi
	[ -n "$accounts" ] || doctor_usage "no account is set up here by this package; name one"
	WORK=$(mktemp -u /tmp/rootless-docker.doctor.XXXXXX)
	prepare_work
	for word in $accounts; do
		examine "$word"
		! grep -q '^problem' "$WORK/findings" || status=1
		"print_$format" "$word" >>"$WORK/answers"
	done
	if [ "$format" = json ]; then
		printf '[%s]\n' "$(paste -s -d , "$WORK/answers")"
	else
		cat "$WORK/answers"
	fi
	exit "$status"
}

doctor_usage() {
	printf 'doctor: %s\nusage: sh %s doctor [--json | --problems] [ACCOUNT]...\n' "$1" "$AGENT" >&2
	exit 2
}

# $1 the account. Its findings are in $WORK/findings afterwards.
examine() {
	local look
	DOC=$WORK/none
	: >"$WORK/findings"
	: >"$WORK/problems"
	rm -f "$WORK/docker-info"
	know_account "$1" || {
		ACCOUNT='' ACCOUNT_UID=''
		problem "account $1" "no such account" "it to exist" "run pulumi up, which creates it"
		machine_checks
		return 0
	}
	[ "$SELF" = 0 ] || [ "$SELF" = "$ACCOUNT_UID" ] ||
		doctor_usage "only root, or $1 itself, can see what $1 sees"
	LEASE=
	LEASE=$(lease_of_account "$1" 2>/dev/null | head -n 1)
	LEASE=${LEASE:--}
	use_engine_of "$LEASE"
	# Whatever goes wrong at one link, the rest is looked at.
	for look in machine_checks kernel_checks engine_checks account_checks daemon_checks \
		drift_checks; do run_apart "$look"; done
}

account_checks() {
	fine "account" "$ACCOUNT, uid $ACCOUNT_UID, home $ACCOUNT_HOME"
	id_problems "$ACCOUNT"
	[ -e "/var/lib/systemd/linger/$ACCOUNT" ] ||
		problem "linger" "it off for $ACCOUNT" "it on" "run 'loginctl enable-linger $ACCOUNT'" \
			"the daemon ends with the last login, and does not start at boot"
}

# What this package put there and is not so any more, which root alone can read.
drift_checks() {
	local step about found wanted
	if [ ! -r "$STATE/records" ] || [ "$LEASE" = - ]; then return 0; fi
	differences_here >"$WORK/differences"
	while IFS=$TAB read -r step about found wanted; do
		! grep -qF "problem$SEPARATOR$about$SEPARATOR" "$WORK/findings" || continue
		problem "$about" "$found" "$wanted" \
			"run pulumi up with a new value of recheck: the step $step puts it back"
	done <"$WORK/differences"
	[ -s "$WORK/differences" ] || fine drift "none of what this package set"
}

print_table() {
	printf '%s on %s: %s, kernel %s\n' "$1" "$(uname -n)" "$(os_name)" "$(uname -r)"
	awk -F "$SEPARATOR" '
		{ printf "%-12s%-26s %s\n", $1, $2, $3 }
		$4 != "" { printf "%-12swanted: %s%s\n", "", $4, ($6 == "" ? "" : ", since " $6) }
		$5 != "" { printf "%-12sto fix: %s\n", "", $5 }
		$1 == "problem" { problems++ }
		END { print (problems ? problems " to fix" : "nothing to fix") }' "$WORK/findings"
	[ "$SELF" = 0 ] || echo "(as root it sees more: what was changed by hand)"
}

print_problems() { cat "$WORK/problems"; }

print_json() {
	local comma='' status about found wanted fix why
	printf '{"account":%s,"findings":[' "$(json_string "$1")"
	while IFS=$SEPARATOR read -r status about found wanted fix why; do
		printf '%s{"status":%s,"about":%s,"found":%s,"wanted":%s,"why":%s,"fix":%s}' "$comma" \
			"$(json_string "$status")" "$(json_string "$about")" "$(json_string "$found")" \
			"$(json_string "$wanted")" "$(json_string "$why")" "$(json_string "$fix")"
		comma=,
	done <"$WORK/findings"
	printf ']}\n'
}
