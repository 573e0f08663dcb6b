# The doctor: for people, as root on the host, without Pulumi. It changes nothing. It asks what
# preflight asks, then of the daemon, then for what is not as it was left:
#   sh /var/lib/rootless-docker/agents/LEASE/agent doctor [ACCOUNT]...
# Problems go to stdout, a line each, in preflight's words. Exit status: 0 nothing is wrong, 1
# something is, 2 no such account is set up here.

run_doctor() {
	local names='' word status=2
	STEP=doctor
	[ "$SELF" = 0 ] || refuse "run it as root"
	exec </dev/null
	WORK=/run/rootless-docker.doctor.$$
	prepare_work
	for word in "$@"; do
		case $word in -*) ;; *) names="$names $word" ;; esac
	done
	LEASE=
	for LEASE in $(leases_of_others); do
		read_account_record
		case "${names:- $RECORDED_NAME} " in *" $RECORDED_NAME "*) ;; *) continue ;; esac
		is_applied preflight || continue
		[ "$status" != 2 ] || status=0
		examine
		cat "$WORK/problems"
		if [ -s "$WORK/problems" ]; then status=1; else say "$ACCOUNT: nothing to fix"; fi
	done
	[ "$status" != 2 ] || say "no such account is set up here by this package:$names"
	exit "$status"
}

# The account of the installation LEASE. Its problems are in $WORK/problems afterwards. Whatever
# goes wrong with one question, the others are asked.
examine() {
	: >"$WORK/problems"
	rm -rf "$WORK/doc" "$WORK/docker-info"
	DOC=$WORK/doc
	read_document "$STATE/leases/$LEASE/preflight" "$DOC"
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
