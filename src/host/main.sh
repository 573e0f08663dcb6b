# The verbs. This part comes last: everything above only defines functions.

# Puts the file that was started into place: a directory whose name has the agent's sum, and a link
# that is exchanged at once. The commands of the steps ask for the sum first.
# root writes: /var/lib/rootless-docker/agents/ID, this program itself. Its SHA-256 is the one that the command over SSH names.
# root removes: an earlier version of it.
install_agent() {
	local new link old
	# From here on the installation counts: another one's end does not take its agent away.
	ensure_installation
	link=$STATE/agents/$ID
	new=$STATE/agents/.$ID.$(sha256sum <"$AGENT" | cut -c 1-16)
	if is_installed "$link" "$new"; then return 0; fi
	mkdir -p "$new"
	write_file "$new/agent" 644 <"$AGENT"
	printf '%s\n' "${ESCALATION:-auto}" | write_file "$new/escalation" 644
	printf '%s  %s\n' "$(sum_of "$AGENT")" "$link/agent" | write_file "$new/sha256" 644
	sync "$new" "$STATE/agents"
	ln -sfnT "${new##*/}" "$new.link"
	mv -fT "$new.link" "$link"
	sync "$STATE/agents"
	for old in "$STATE/agents/.$ID".*; do
		if [ "$old" != "$new" ]; then rm -rf "$old"; fi
	done
	changed "$link/agent installed"
	begin_sync
}

# True if this agent is in place and whole, with the same way to become root. $1 the link, $2 the
# directory that it leads to then.
is_installed() {
	[ "$(readlink "$1")" = "${2##*/}" ] &&
		[ "$(cat "$1/escalation")" = "${ESCALATION:-auto}" ] &&
		sha256sum --quiet -c "$1/sha256" >/dev/null 2>&1
}

# Makes what the document on stdin wants.
apply() {
	DOC=$WORK/doc
	read_document - "$DOC" "$OWN/$STEP"
	stop_where_code_differs
	meet_account
	# The step machine brings what is missing.
	if [ "$STEP" != machine ]; then stop_without_programs; fi
	forget_destroy
	run_step
}

# What an earlier destroy has decided does not count any more.
forget_destroy() {
	remember fate-of-data '' home '' left.machine '' left.secrets '' left.daemon '' \
		"taken-back.$STEP" ''
}

# The phases of a step, each a function STEP_PHASE that the step may have. What it wanted before and
# does not want any more is given back.
run_step() {
	call_if_there "${STEP}_preflight"
	stop_without_owner
	begin_step
	reload_changed_units
	call_if_there "${STEP}_begin"
	if [ -s "$WORK/changed" ]; then follow_daemon; fi
	"${STEP}_apply"
	forget_packages
	settle
	stop_on_problems
	release
	call_if_there "${STEP}_facts"
	if [ -s "$WORK/changed" ]; then sync_host; fi
	mark_as_applied
	# A run that changes nothing restarts nothing, which a preview would not have shown: the ground may be
	# another one by an upgrade of the system's own.
	if [ -s "$WORK/changed" ] || [ -n "$WAS_KILLED" ]; then follow_daemon; fi
	call_if_there "${STEP}_facts_of_daemon"
	end_step
}

# From here on until end_step a preview says that the step was cut off, and so does WAS_KILLED in the
# next run. The daemon's step needs no such note: Pulumi runs it again, and its start is remembered.
begin_step() {
	if [ "$STEP" = daemon ]; then return 0; fi
	WAS_KILLED=$(remembered "begun.$STEP")
	remember "begun.$STEP" yes
}

end_step() { remember "begun.$STEP" ''; }

# The step is complete when the document that it applied is there. That of the step secrets is in
# $OWN/values, which follow_daemon writes.
mark_as_applied() {
	remember_resource
	if [ "$STEP" = secrets ]; then
		is_applied secrets || write_record "$OWN/secrets" </dev/null
	elif [ ! -e "$DOC/is-same" ]; then
		write_record "$OWN/$STEP" <"$DOC/document"
	fi
}

# A step other than machine has nothing to go by on a machine that was created again.
stop_without_owner() {
	if [ -s "$OWN/owner" ]; then return 0; fi
	fail "installation $ID" "this machine has no record of it; the step machine writes that record" '' \
		"if the machine was created again, give operations.recheck a new value, so that every step runs; \
if another stack has taken over the account, remove this RootlessDockerHost from the program that you ran now"
}

# The program's step was written for another agent than this one.
stop_where_code_differs() {
	if [ "$(doc agent)" = "$(code_of_step "$STEP")" ]; then return 0; fi
	fail "agent" "the installed agent has code $(code_of_step "$STEP") of the step $STEP, but the program requires \
$(doc agent): they come from two versions of rootless-docker" '' \
		"run pulumi up without --target, or add the resources that end in '-copy' and '-machine' \
to its targets, which install the agent of the version that the program uses; \
if the machine was restored from a snapshot, give operations.recheck a new value"
}

revert() {
	DOC=$WORK/doc
	read_document - "$DOC" "$OWN/$STEP"
	meet_account
	reload_changed_units
	# A daemon that was taken back may have left records of its home, which goes later.
	if [ "$STEP" != daemon ] && [ -z "$(remembered taken-back.daemon)" ] && is_there daemon; then
		(take_back daemon)
	fi
	revert_step
}

# A delete as Pulumi means it.
run_delete() {
	case $(which_delete) in
	end)
		if [ "$STEP" = agent ]; then
			revert_agent
		else
			revert
		fi
		;;
	left) leave_to_agent ;;
	unclear) stop_on_unclear_delete ;;
	replaced)
		: >"$WORK/stays"
		say "kept: Pulumi deletes an earlier resource of this step, and the present one remains in use"
		;;
	esac
}

# True where a step has come to its end, or has left records. $1 the step.
is_there() { is_applied "$1" || [ -n "$(records_of "$ID" "$1")" ]; }

# Takes back a step of which Pulumi knows nothing, such as a daemon that never started. $1 the step.
# root scratch: $DOC is below $WORK.
take_back() {
	trap - EXIT
	STEP=$1 PART=$1 DOC=$WORK/forgotten
	rm -rf "$DOC"
	if is_applied "$1"; then set -- "$1" "$OWN/$1"; fi
	read_document "${2-/dev/null}" "$DOC"
	: >"$WORK/wanted"
	meet_account
	revert_step
}

# root removes: the document of a step that was taken back.
revert_step() {
	if [ -n "$ACCOUNT" ]; then stop_without_programs perl:; fi
	call_if_there "${STEP}_before_release"
	release
	call_if_there "${STEP}_released"
	rm -f "$OWN/$STEP"
	remember "agents.$STEP" '' "created-twice.$STEP" '' "begun.$STEP" '' "taken-back.$STEP" yes
	sync_host
}

# Takes back what is left of all steps, as where Pulumi knows nothing of some, and removes the
# installation. With the last one all of the agent goes.
# root removes: the directory of an installation at its end. Everything else of it was taken back before.
revert_agent() {
	local step
	for step in $(steps_from_last); do
		if [ "$step" = machine ] || is_there "$step"; then (take_back "$step"); fi
	done
	rm -rf "${OWN:?}"
	if [ -n "$(other_installations)" ]; then
		AGENT_GOES=own
	else
		find "$STATE" -mindepth 1 -maxdepth 1 ! -name agents -exec rm -rf {} +
		AGENT_GOES=all
		changed "$STATE removed"
	fi
	sync_host
}

# Its name goes at once, and last, so that a removal that was killed can be run again.
# root removes: this program; /var/lib/rootless-docker with the machine's last installation.
# root writes: an empty /run/rootless-docker.lock.
remove_agent() {
	if [ "$AGENT_GOES" = all ]; then
		find "$STATE/agents" -mindepth 1 -maxdepth 1 ! -name "$ID" ! -name ".$ID.*" \
			-exec rm -rf {} +
	fi
	rm -rf "$STATE/agents/$ID" "$STATE/agents/.$ID".*
	if [ "$AGENT_GOES" = all ]; then
		rm -rf "$STATE"
		# The file of the lock stays until the next boot, without words about this run.
		: >"$LOCK"
	fi
	sync "${STATE%/*}"
}

main() {
	case $ID in '' | *[!0-9a-f]*) refuse "'$ID' is not hexadecimal" ;; esac
	case $VERB:" agent $(steps_from_last) " in
	install:* | check:*) ;;
	apply:*" $STEP "* | update:*" $STEP "* | revert:*" $STEP "*) ;;
	*) refuse "'$VERB $STEP' is not install, check, or apply, update or revert of a step" ;;
	esac
	become_root
	know_system
	if [ "$VERB" = check ]; then
		case $STEP in
		new) run_preflight_check "$ID" ;;
		*) run_check ;;
		esac
		exit
	fi
	hold_lock "$VERB of $STEP for $(owner_of "$ID")"
	ensure_state_directory
	# A directory that is there is that of a run that was killed, and may hold secret values.
	WORK=/run/rootless-docker.work
	rm -rf "$WORK"
	prepare_work
	trace_begin "$(owner_of "$ID")"
	use_engine_of "$ID"
	# For the report alone: what other programs print is for people.
	exec 3>&1 1>&2
	case $VERB-$STEP in
	install-*) install_agent ;;
	apply-* | update-*) apply ;;
	revert-*) run_delete ;;
	esac
	case $VERB in
	revert) report "nothing to revert" ;;
	*) report "nothing to change" ;;
	esac >&3
}

main "$@"
