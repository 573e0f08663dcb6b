# shellcheck shell=dash
# The verbs. This part comes last: everything above only defines functions.

# How every run ends. $1 its exit status. What it says comes last: nobody may be there to hear it.
ended() {
	remove_account_group "$ACCOUNT_GROUP"
	[ "$1" = 0 ] || tell_late_programs
	[ -z "$WORK" ] || rm -rf "$WORK"
	[ -z "$AGENT_GOES" ] || remove_agent
	[ "$1" = 0 ] || tell_full_disks
}

# Puts the file that was started into place, for root alone to change. $STATE/agent is the newest of all
# installations', for people, and for states that version 0.1.0 left.
install_agent() {
	local put=''
	# From here on the installation counts: another one's end does not take its agent away.
	make_installation
	if ! agent_is_whole "$(own_agent)/sha256" || ! cmp -s "$AGENT" "$(own_agent)/agent" ||
		[ "$(cat "$(own_agent)/escalation" 2>/dev/null)" != "${ESCALATION:-auto}" ]; then
		put_own_agent
		put=yes
	fi
	if cmp -s "$AGENT" "$STATE/agent" && [ "$(stat -c '%a %u:%g' "$STATE/agent")" = '644 0:0' ]; then
		[ -z "$put" ] || changed "$(own_agent)/agent installed"
		return 0
	fi
	write_path as_root "$STATE/agent" 644 <"$AGENT"
	changed "$STATE/agent installed"
}

agent_is_whole() { [ -e "$1" ] && sha256sum --quiet -c "$1" >/dev/null 2>&1; }

put_own_agent() {
	local new
	new=$(dirname "$(own_agent)")/.$LEASE.$(sha256sum <"$AGENT" | cut -c 1-16)
	mkdir -p "$new"
	write_path as_root "$new/agent" 644 <"$AGENT"
	printf '%s\n' "${ESCALATION:-auto}" | write_path as_root "$new/escalation" 644
	printf '%s  %s\n' "$(sha256sum <"$AGENT" | cut -d ' ' -f 1)" "$(own_agent)/agent" |
		write_path as_root "$new/sha256" 644
	sync_directories "$STATE"
	ln -sfnT "${new##*/}" "$new.link"
	mv -fT "$new.link" "$(own_agent)"
	sync_directories "${new%/*}"
	sweep_agents
}

# Directories without a link: of an earlier version, or of a run that was killed.
sweep_agents() {
	local folder link
	for folder in "$STATE"/agents/.[0-9a-f]*; do
		link=${folder##*/.}
		link=$STATE/agents/${link%%.*}
		[ "$(readlink "$link")" = "${folder##*/}" ] || rm -rf "$folder"
	done
}

apply() {
	cat >"$WORK/document"
	DOC=$WORK/doc
	read_document "$WORK/document" "$DOC"
	stop_where_code_differs
	stop_where_accounts_are_unsure
	# That step makes an installation current.
	if [ "$STEP" != preflight ]; then
		stop_unless_current
		[ -e "$STATE/leases/$LEASE/$STEP" ] ||
			write_record "$STATE/leases/$LEASE/$STEP.begun" </dev/null
	fi
	"${STEP}_apply"
	stop_on_problems
	# What is dropped goes before daemons are looked at, which read it when they start.
	release_unwanted
	settle_restarts
	call_if_there "${STEP}_facts"
	call_if_there "${STEP}_ended"
	measure_limitations "$STEP"
	note_lasting_drift
	if [ -s "$WORK/changed" ] || [ -s "$WORK/unwanted" ]; then sync_host; fi
}

# The program's step was written for another agent than this one: what it asks for would be read in
# another way, or not at all.
stop_where_code_differs() {
	[ "$(doc agent)" != "$(code_of_step "$STEP")" ] || return 0
	fail "agent" "the code $(code_of_step "$STEP") of the step $STEP in it" "$(doc agent)" \
		"run pulumi up without --target, or with the resource that ends in '-agent' among its targets: \
it brings the agent of the version of rootless-docker that the program uses; \
on a machine that was set back to a snapshot, give recheck a new value" \
		"they are of two versions of rootless-docker"
}

# That this step is complete, and the document that it last applied, for the steps that work on what
# another one owns. Nobody reads the one with secret values again.
remember_step() {
	local record=$STATE/leases/$LEASE/$STEP
	case $STEP in
	agent | secrets | registries) write_record "$record" </dev/null ;;
	*) write_record "$record" <"$WORK/document" ;;
	esac
	[ -z "$AGENT_ID" ] || printf '%s' "$AGENT_ID" | write_record "$record.agent"
	rm -f "$record.begun"
}

revert() {
	cat >"$WORK/document"
	DOC=$WORK/doc
	read_document "$WORK/document" "$DOC"
	stop_where_accounts_are_unsure
	case $STEP in
	engine)
		take_back_forgotten registries daemon
		release_unfinished ports
		;;
	account | kernel | secrets | ports) take_back_forgotten registries daemon ;;
	daemon) take_back_forgotten registries ;;
	esac
	call_if_there "${STEP}_interrupted"
	want_nothing_yet
	release_unwanted
	forget_step "$STEP"
	sync_host
}

# Removes this installation's agent, and with the last claim all of it; what was kept on purpose
# keeps its record.
revert_agent() {
	stop_where_accounts_are_unsure
	(release_all_steps)
	rm -rf "${STATE:?}/leases/$LEASE"
	if any_claim_left || [ -n "$(installations_in_use)" ]; then
		say "stays: another installation uses it"
		AGENT_GOES=own
	elif [ -d "$STATE/things" ] && [ -n "$(find "$STATE/things" -name baseline -print -quit)" ]; then
		remove_state things
		changed "agent removed; $STATE/things remembers what was kept"
	else
		remove_state ''
		changed "$STATE removed"
	fi
	sync_host
}

# All but the agents, and the lock that keeps others from beginning anew meanwhile. As long as the
# agent that its command names is there, a removal that was killed can be run again; once it is
# gone, and the installation with it, the component takes the removal for done. $1 what stays.
remove_state() {
	find "$STATE" -mindepth 1 -maxdepth 1 ! -name agent ! -name agents ! -name locks ! -name "$1" -exec rm -rf -- {} +
	AGENT_GOES=all
}

# The very last resource. Its name goes at once, and last: without it the command has nothing to do.
# Another installation may begin as soon as the locks are gone, and has names of its own. What a run
# leaves that is killed after that goes with the next end.
remove_agent() {
	if [ "$AGENT_GOES" = all ] && [ -d "$STATE/agents" ]; then
		find "$STATE/agents" -mindepth 1 -maxdepth 1 -type l ! -name "$LEASE" -delete
	fi
	sweep_agents
	if [ "$AGENT_GOES" = all ] && [ -h "$(own_agent)" ]; then rm -rf "$STATE/agent" "$STATE/locks"; fi
	rm -f "$(own_agent)"
	rm -rf "$STATE/agents/.$LEASE".*
	if [ "$AGENT_GOES" = all ]; then
		# As a state of version 0.1.0 ends, whose command names this file.
		[ -d "$STATE/agents" ] || rm -rf "$STATE/locks" "$STATE/agent"
		rmdir "$STATE/agents" "$STATE" 2>/dev/null || true
	fi
	sync_directories "${STATE%/*}"
	remove_left_checks
}

main() {
	local steps
	if [ "$VERB" = doctor ]; then
		shift
		know_system
		note_own_outputs
		run_doctor "$@"
	fi
	case $LEASE in
	'' | *[!0-9a-f]*)
		echo "agent: '$LEASE' is not an installation (hexadecimal digits)" >&2
		exit 2
		;;
	esac
	case $VERB in
	install | apply | update | revert) steps="agent $(steps_from_last)" ;;
	check) steps='host new' ;;
	*)
		echo "agent: '$VERB' is not a verb: install, apply, update, revert, check or doctor" >&2
		exit 2
		;;
	esac
	case " $steps " in
	*" $STEP "*) ;;
	*)
		echo "agent: '$STEP' is not a step" >&2
		exit 2
		;;
	esac
	become_root "$@"
	# Not before: what is set for the login's programs would count for these.
	know_system
	note_own_outputs
	case $VERB-$STEP in
	check-host)
		run_check
		exit
		;;
	check-new)
		run_preflight_check "$LEASE"
		exit
		;;
	esac
	trap 'ended $?' EXIT
	hold_lock "$STEP"
	start_work
	use_engine_of "$LEASE"
	# For the report alone: what other programs print is for people.
	exec 3>&1 1>&2
	case $VERB-$STEP in
	install-* | update-agent) install_agent ;;
	apply-* | update-*) apply ;;
	revert-*) if is_replaced || is_of_another_agent; then skip_delete_of_replaced; elif [ "$STEP" = agent ]; then revert_agent; else revert; fi ;;
	esac
	if [ "$VERB" = revert ]; then report "nothing to take back"; else report "nothing to change"; fi >&3
	# Only where somebody has heard that: else the run ends above, and Pulumi does not know of the
	# step.
	case $VERB in
	install | apply) count_replacement ;;
	esac
	[ "$VERB" = revert ] || remember_step
}

main "$@"
