# shellcheck shell=dash
# For previews: what is not as this installation left it, or what a first "up" would find. Nothing
# is changed, and no lock is waited for. One JSON object on stdout, as src/drift/answer.ts reads it.

start_check() {
	exec </dev/null
	WORK=/run/rootless-docker.check.$$
	prepare_work
}

run_check() {
	local step about found wanted comma=''
	start_check
	# Before preflight's end an installation has an agent, and nothing else.
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
		printf '%s{"step":%s,%s,"applied":"%s"}' "$comma" "$(json_string "$step")" \
			"$(difference_members "$about" "$found" "$wanted")" \
			"$(date -u -r "$STATE/leases/$LEASE/$step" +%FT%TZ)"
		comma=,
	done <"$WORK/differences"
	printf ']}\n'
}

# $1 what it is about, $2 what is there, $3 what is wanted.
difference_members() {
	printf '"about":%s,"found":%s,"wanted":%s' "$(json_string "$1")" "$(json_string "$2")" \
		"$(json_string "$3")"
}

# Lines of a step, what it is about, what is there and what is wanted, with tabs, of the
# installation LEASE.
differences_here() {
	local account step name state
	account=$(account_of "$LEASE")
	know_account "$account" || {
		printf 'account\taccount %s\tno such account\tit to exist\n' "$account"
		return 0
	}
	ledger_differences
	for step in engine kernel daemon; do
		# shellcheck disable=SC2046 # names of packages
		for name in $(missing_packages $(packages_of_step "$step")); do
			printf '%s\tpackage %s\tnot installed\tinstalled\n' "$step" "$name"
		done
	done
	state=$(daemon_state_if_wanted)
	[ -z "$state" ] ||
		printf 'daemon\tdocker.service of %s\t%s\tactive\n' "$ACCOUNT" "$state"
}

# What a step wants by name: resources/packages.sh says where that stands. $1 the step.
packages_of_step() {
	cat "$STATE/leases/$LEASE/$1.packages" 2>/dev/null || true
	sed -n '/^  "^\(.*\)\$";$/ { s//\1/; s/\\//g; p; }' \
		"/etc/apt/apt.conf.d/99rootless-docker-$LEASE-$1" 2>/dev/null || true
}

# For a preview of a machine that has nothing of the installation. The document is an argument,
# since the agent itself comes on stdin. $1 the document, as hexadecimal digits.
run_preflight_check() {
	local line comma=''
	start_check
	LEASE=- STEP=preflight DOC=$WORK/doc
	printf '%s' "$1" | perl -ne 'print pack("H*", $_)' >"$WORK/document"
	read_document "$WORK/document" "$DOC"
	run_apart host_problems >&2
	[ "$APART_STATUS" = 0 ] || [ -s "$WORK/problems" ] || exit 1
	know_account "$(doc account)" || ACCOUNT=
	run_apart present >"$WORK/present"
	[ "$APART_STATUS" = 0 ] || exit 1
	printf '{"problems":['
	while IFS= read -r line; do
		printf '%s%s' "$comma" "$(json_string "$line")"
		comma=,
	done <"$WORK/problems"
	printf '],"present":[%s]}\n' "$(paste -s -d , "$WORK/present")"
}
