# shellcheck shell=dash
# The doctor: for people, as root on the host, without Pulumi. It changes nothing. It asks what
# preflight asks, then of the daemon, then for what is not as it was left:
#   sh /var/lib/rootless-docker/agents/LEASE/agent doctor [--problems] [ACCOUNT]...
# Exit status: 0 nothing is wrong, 1 something is, 2 it was asked for what it does not know.

run_doctor() {
	local names='' word is_short='' known='' status=0
	STEP=doctor
	become_root doctor "$@"
	for word in "$@"; do
		if [ "$word" = --problems ]; then is_short=yes; else names="$names $word"; fi
	done
	exec </dev/null
	WORK=/run/rootless-docker.doctor.$$
	prepare_work
	LEASE=
	for LEASE in $(leases_of_others); do
		read_account_record
		case "${names:- $RECORDED_NAME} " in *" $RECORDED_NAME "*) ;; *) continue ;; esac
		known=yes
		examine
		[ ! -s "$WORK/problems" ] || status=1
		[ -n "$is_short" ] ||
			printf '%s on %s: %s, kernel %s\n' "$ACCOUNT" "$(uname -n)" "$(os_name)" "$(uname -r)"
		cat "$WORK/problems"
		[ -n "$is_short" ] || [ -s "$WORK/problems" ] || echo "nothing to fix"
	done
	[ -n "$known" ] || {
		echo "doctor: no such account is set up here by this package:$names" >&2
		exit 2
	}
	exit "$status"
}

# The account of the installation LEASE. Its problems are in $WORK/problems afterwards. Whatever
# goes wrong with one question, the others are asked.
examine() {
	local document=$STATE/leases/$LEASE/preflight
	[ -e "$document" ] || document=/dev/null
	: >"$WORK/problems"
	rm -rf "$WORK/doc" "$WORK/docker-info"
	DOC=$WORK/doc
	read_document "$document" "$DOC"
	use_engine_of "$LEASE"
	know_account "$RECORDED_NAME" || ACCOUNT='' ACCOUNT_UID=''
	run_apart host_problems
	[ -n "$ACCOUNT" ] || return 0
	run_apart daemon_problems
	run_apart drift_problems
}

# What is not as this package left it, but for what was named already.
drift_problems() {
	local step about found wanted
	differences_here >"$WORK/differences"
	while IFS=$TAB read -r step about found wanted; do
		! grep -qF "doctor: $about: " "$WORK/problems" || continue
		problem "$about" "$found" "$wanted" \
			"run pulumi up with a new value of recheck: the step $step puts it back"
	done <"$WORK/differences"
}
