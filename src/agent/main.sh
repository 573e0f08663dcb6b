# shellcheck shell=dash
# The verbs. This part comes last: everything above only defines functions.

# Puts the file that was started into place, atomically, for root alone to change.
install_agent() {
	# From here on the lease counts: another one's end does not take the agent away.
	mkdir -p "$STATE/leases/$LEASE"
	if [ -e "$STATE/agent" ] && cmp -s "$0" "$STATE/agent"; then return 0; fi
	cp -f -- "$0" "$STATE/agent.new"
	chmod 644 "$STATE/agent.new"
	chown 0:0 "$STATE/agent.new"
	mv -f "$STATE/agent.new" "$STATE/agent"
	changed "$STATE/agent installed"
}

apply() {
	cat >"$WORK/document"
	DOC=$WORK/doc
	read_document "$WORK/document" "$DOC"
	# That step makes a lease current.
	if [ "$STEP" != preflight ]; then
		stop_unless_current
		[ -e "$STATE/leases/$LEASE/$STEP" ] || : >"$STATE/leases/$LEASE/$STEP.begun"
	fi
	"${STEP}_apply"
	stop_on_problems
	release_unwanted
}

# That this step is complete, and the document that it last applied, for the steps that work on what another
# one owns. Nobody reads the one with secret values again.
remember_step() {
	local record=$STATE/leases/$LEASE/$STEP
	mkdir -p "$STATE/leases/$LEASE"
	case $STEP in
	agent | secrets) : >"$record" ;;
	*)
		(umask 077 && cp "$WORK/document" "$record.new")
		mv "$record.new" "$record"
		;;
	esac
	rm -f "$record.begun"
}

# Where Pulumi replaces a step of an installation that stays (up --replace, a tainted resource), it creates the
# new one and deletes the old one afterwards, in the same words as at the end. So every create of a step that
# stands is counted, and as many deletes change nothing. At the end the report goes first, and none is counted.
count_replacement() {
	if stands "$STEP"; then echo created >>"$STATE/leases/$LEASE/$STEP.replaced"; fi
}

is_replaced() { stands report && [ -s "$STATE/leases/$LEASE/$STEP.replaced" ]; }

pass_over() {
	say "stays: Pulumi has replaced it, and deletes the one from before"
	sed -i 1d "$STATE/leases/$LEASE/$STEP.replaced"
}

stands() { [ -e "$STATE/leases/$LEASE/$1" ]; }

revert() {
	cat >"$WORK/document"
	DOC=$WORK/doc
	read_document "$WORK/document" "$DOC"
	case $STEP in
	engine) release_unfinished daemon ports ;;
	account | kernel | secrets | ports) release_unfinished daemon ;;
	esac
	claim_interrupted_packages
	: >"$WORK/wanted"
	release_unwanted
	rm -f "$STATE/leases/$LEASE/$STEP" "$STATE/leases/$LEASE/$STEP.replaced"
}

# Removes the agent with the last claim; what was kept on purpose keeps its record.
revert_agent() {
	(release_all_steps)
	rm -rf "${STATE:?}/leases/$LEASE"
	if any_claim_left || [ -n "$(leases_in_use)" ]; then
		say "stays: another lease uses it"
	elif [ -d "$STATE/things" ] && [ -n "$(find "$STATE/things" -name baseline -print -quit)" ]; then
		remove_state things
		changed "agent removed; $STATE/things remembers what was kept"
	else
		remove_state ''
		changed "$STATE removed"
	fi
}

# Leases that need the agent still. One without an owner never came further than the step agent: where that
# step failed on the way back, Pulumi does not know of it, and nobody ever takes it back.
leases_in_use() {
	find "$STATE/leases" -mindepth 1 -maxdepth 1 ! -name '.*' '(' -exec test -e '{}/owner' ';' -o -mmin -1440 ')' -print
}

# All but the agent, and the lock that keeps others from beginning anew meanwhile. As long as the agent is
# there, a removal that was killed can be run again; once it is gone, and the leases with it, the component
# takes the removal for done. $1 what stays.
remove_state() {
	find "$STATE" -mindepth 1 -maxdepth 1 ! -name agent ! -name locks ! -name "$1" -exec rm -rf -- {} +
	AGENT_GOES=yes
}

# The very last thing. Where nothing was kept, the directory goes too.
remove_agent() {
	rm -rf "$STATE/locks" "$STATE/agent"
	rmdir "$STATE" 2>/dev/null || true
}

main() {
	if [ "$VERB" = doctor ]; then
		shift
		run_doctor "$@"
	fi
	case $LEASE in
	'' | *[!0-9a-f]*)
		echo "agent: '$LEASE' is not a lease (hexadecimal digits)" >&2
		exit 2
		;;
	esac
	case $STEP in
	agent | preflight | engine | account | kernel | ports | secrets | daemon | report) ;;
	*)
		echo "agent: '$STEP' is not a step" >&2
		exit 2
		;;
	esac
	case $VERB in
	install | apply | update | revert) ;;
	*)
		echo "agent: '$VERB' is not a verb: install, apply, update, revert or doctor" >&2
		exit 2
		;;
	esac
	become_root "$@"
	trap 'ended $?' EXIT
	hold_lock "$STEP"
	start_work
	# For the report alone: what other programs print is for people.
	exec 3>&1 1>&2
	case $VERB-$STEP in
	install-* | update-agent) install_agent ;;
	apply-* | update-*) apply ;;
	revert-*) if is_replaced; then pass_over; elif [ "$STEP" = agent ]; then revert_agent; else revert; fi ;;
	esac
	if [ "$VERB" = revert ]; then report "nothing to take back"; else report "nothing to change"; fi >&3
	# Only where somebody has heard that: else the run ends above, and Pulumi does not know of the step.
	case $VERB in
	install | apply) count_replacement ;;
	esac
	[ "$VERB" = revert ] || remember_step
}

main "$@"
