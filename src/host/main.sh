# The verbs. This part comes last: everything above only defines functions.

# Puts the file that was started into place: a directory whose name has the agent's sum, and a link
# that is exchanged at once. The commands of the steps ask for the sum first.
install_agent() {
	local new link old
	# From here on the installation counts: another one's end does not take its agent away.
	make_installation
	link=$STATE/agents/$ID
	new=$STATE/agents/.$ID.$(sha256sum <"$AGENT" | cut -c 1-16)
	if [ "$(readlink "$link")" = "${new##*/}" ] &&
		[ "$(cat "$link/escalation")" = "${ESCALATION:-auto}" ] &&
		sha256sum --quiet -c "$link/sha256" >/dev/null 2>&1; then return 0; fi
	mkdir -p "$new"
	write_file "$new/agent" 644 <"$AGENT"
	printf '%s\n' "${ESCALATION:-auto}" | write_file "$new/escalation" 644
	printf '%s  %s\n' "$(sum_of "$AGENT")" "$link/agent" | write_file "$new/sha256" 644
	sync "$new" "$STATE/agents"
	ln -sfnT "${new##*/}" "$new.link"
	mv -fT "$new.link" "$link"
	sync "$STATE/agents"
	for old in "$STATE/agents/.$ID".*; do [ "$old" = "$new" ] || rm -rf "$old"; done
	changed "$link/agent installed"
	begin_sync
}

# A step that changes what the daemon stands on has the daemon follow. Changes of a run that was
# killed count: the step is begun until it has ended.
apply() {
	DOC=$WORK/doc
	read_document - "$DOC" "$OWN/$STEP"
	stop_where_code_differs
	meet_account
	# The step machine brings what is missing.
	[ "$STEP" = machine ] || stop_without_programs
	# What an earlier destroy has decided does not count any more.
	remember fate-of-data '' home '' left.machine '' left.secrets '' left.daemon '' \
		"taken-back.$STEP" ''
	call_if_there "${STEP}_preflight"
	[ -s "$OWN/owner" ] ||
		fail "installation $ID" "nothing on this machine that knows it" \
			"the record that the step machine makes" \
			"give operations.recheck a new value, with which every step runs, if the machine was created again; \
if another stack took the account over, take this RootlessDockerHost out of its program"
	if [ "$STEP" = daemon ]; then
		apply_step
	else
		WAS_KILLED=$(remembered "begun.$STEP")
		remember "begun.$STEP" yes
		call_if_there "${STEP}_begin"
		[ ! -s "$WORK/changed" ] || follow_daemon
		apply_step
		if [ -s "$WORK/changed" ] || [ -n "$WAS_KILLED" ]; then follow_daemon; fi
		remember "begun.$STEP" ''
	fi
}

# Makes what a step wants, and gives back what it wanted before and does not want any more. The step
# is complete when the document that it applied is there.
apply_step() {
	local record=$OWN/$STEP
	"${STEP}_apply"
	forget_packages
	settle
	stop_on_problems
	release
	call_if_there "${STEP}_facts"
	[ ! -s "$WORK/changed" ] || sync_host
	remember_resource
	if [ "$STEP" = secrets ]; then
		is_applied secrets || write_record "$record" </dev/null
	elif [ ! -e "$DOC/is-same" ]; then
		write_record "$record" <"$DOC/document"
	fi
}

# The program's step was written for another agent than this one.
stop_where_code_differs() {
	[ "$(doc agent)" != "$(code_of_step "$STEP")" ] || return 0
	fail "agent" "the code $(code_of_step "$STEP") of the step $STEP in it" "$(doc agent)" \
		"run pulumi up without --target, or with the resources that end in '-copy' and '-machine' \
among its targets: they bring the agent of the version of rootless-docker that the program uses; \
on a machine that was set back to a snapshot, give operations.recheck a new value" \
		"they are of two versions of rootless-docker"
}

revert() {
	DOC=$WORK/doc
	read_document - "$DOC" "$OWN/$STEP"
	meet_account
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
		if [ "$STEP" = agent ]; then revert_agent; else revert; fi
		;;
	left) leave_to_agent ;;
	unclear) stop_on_unclear_delete ;;
	replaced)
		: >"$WORK/stays"
		say "stays: Pulumi deletes an earlier resource of this step; the present one stays in use"
		;;
	esac
}

# True where a step has come to its end, or has left records. $1 the step.
is_there() { is_applied "$1" || [ -n "$(records_of "$ID" "$1")" ]; }

# Takes back a step of which Pulumi knows nothing, such as a daemon that never started. $1 the step.
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

revert_step() {
	[ -z "$ACCOUNT" ] || stop_without_programs perl:
	call_if_there "${STEP}_before_release"
	release
	call_if_there "${STEP}_released"
	rm -f "$OWN/$STEP"
	remember "agents.$STEP" '' "created-twice.$STEP" '' "begun.$STEP" '' "taken-back.$STEP" yes
	sync_host
}

# Takes back what is left of all steps, as where Pulumi knows nothing of some, and removes the
# installation. With the last one all of the agent goes.
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
remove_agent() {
	if [ "$AGENT_GOES" = all ]; then
		find "$STATE/agents" -mindepth 1 -maxdepth 1 ! -name "$ID" ! -name ".$ID.*" \
			-exec rm -rf {} +
	fi
	rm -rf "$STATE/agents/$ID" "$STATE/agents/.$ID".*
	if [ "$AGENT_GOES" = all ]; then
		rm -rf "$STATE"
		rm -f "$LOCK"
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
		case $STEP in new) run_preflight_check "$ID" ;; *) run_check ;; esac
		exit
	fi
	hold_lock "$VERB of $STEP for $(owner_of "$ID")"
	have_state_directory
	# A directory that is there is that of a run that was killed, and may hold secret values.
	WORK=/run/rootless-docker.work
	[ ! -e "$WORK" ] || rm -rf "$WORK"
	prepare_work
	use_engine_of "$ID"
	# For the report alone: what other programs print is for people.
	exec 3>&1 1>&2
	case $VERB-$STEP in
	install-*) install_agent ;;
	apply-* | update-*) apply ;;
	revert-*) run_delete ;;
	esac
	case $VERB in revert) report "nothing to take back" ;; *) report "nothing to change" ;; esac >&3
}

main "$@"
