# shellcheck shell=dash
# Whether a delete ends a step, or is that of one that Pulumi has replaced (docs/decisions/0010).

# Where Pulumi replaces a step of an installation that stays (up --replace, a tainted resource), it
# creates the new one and deletes the old one afterwards, in the same words as at the end. So every
# create of a step that stands is counted, and as many deletes change nothing. At the end the report
# goes first, and none is counted but where no report stood at that create. Of a step that it makes for
# another agent than before, either it has forgotten the one from before, or deletes that one in words
# that name the earlier agent: there is nothing to count.
count_replacement() {
	local notes=$STATE/leases/$LEASE/$STEP.replaced
	is_applied "$STEP" || return 0
	if is_of_another_agent; then
		rm -f "$notes"
		return 0
	fi
	{
		cat "$notes" 2>/dev/null || true
		agent_of_report
	} | write_record "$notes"
}

# The agent that the report was made for.
agent_of_report() {
	if is_applied report; then
		printf '%s\n' "$(cat "$STATE/leases/$LEASE/report.agent" 2>/dev/null)"
	else
		echo none
	fi
}

is_replaced() {
	local notes=$STATE/leases/$LEASE/$STEP.replaced
	[ -s "$notes" ] || return 1
	if [ "$STEP" = agent ]; then is_agent_replaced "$notes"; else is_applied report || grep -qx none "$notes"; fi
}

# Its commands do not name it: what Pulumi deletes may be the one from before, or the one that it has made
# again after it had forgotten all. Where another agent's report followed, the steps did; where no step
# stands, it is the end. $1 the notes.
is_agent_replaced() {
	local step
	[ "$AGENT_ID" != end ] || return 1
	if is_applied report && [ "$(agent_of_report)" != "$(head -n 1 "$1")" ]; then return 0; fi
	for step in $(steps_from_last); do
		case $step in report | preflight) continue ;; esac
		! is_applied "$step" ||
			fail "installation $LEASE" "that Pulumi has made the agent anew, and has not applied the step $step since" \
				"to know whether this is the delete of the one from before" \
				"run pulumi up, or $(by_hand), then this again"
	done
	return 1
}

by_hand() { printf "give the machine back by 'sh %s revert agent %s \"\" end' as root" "$(own_agent)/agent" "$LEASE"; }

# Commands of version 0.2.0 and before name no agent.
is_of_another_agent() {
	local before
	before=$(cat "$STATE/leases/$LEASE/$STEP.agent" 2>/dev/null) || return 1
	[ -n "$AGENT_ID" ] && [ "$before" != "$AGENT_ID" ]
}

skip_delete_of_replaced() {
	say "stays: Pulumi has replaced it, and deletes the one from before"
	[ "$STEP" != agent ] || say "where this is the end of a pulumi destroy, nothing was taken back: $(by_hand)"
	is_of_another_agent || sed 1d "$STATE/leases/$LEASE/$STEP.replaced" |
		write_record "$STATE/leases/$LEASE/$STEP.replaced"
}
