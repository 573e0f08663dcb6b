# A delete ends a step, or is that of one that Pulumi has replaced (up --replace, a tainted
# resource). Pulumi makes the new one first, and deletes the old one in the same words. So a create
# that finds its step done adds a line to STEP.replaced; a delete with a line left takes one off and
# does nothing else. Once the daemon's step is gone, whose delete comes first, each delete counts. A
# step whose command names another agent was forgotten by Pulumi: nothing is counted.

count_replacement() {
	local notes=$OWN/$STEP.replaced
	is_applied "$STEP" || return 0
	if is_of_another_agent; then
		rm -f "$notes"
	else
		echo replaced | cat - "$notes" 2>/dev/null | write_record "$notes"
	fi
}

is_of_another_agent() {
	local before
	before=$(words_of_file "$OWN/$STEP.agent")
	[ -n "$AGENT_ID" ] && [ -n "$before" ] && [ "$before" != "$AGENT_ID" ]
}

# True where the delete is that of a step that was replaced.
skip_delete_of_replaced() {
	local notes=$OWN/$STEP.replaced
	if [ "$STEP" = agent ]; then
		# Its resource runs nothing when it is made, and its own delete comes after the daemon's.
		{ [ "$AGENT_ID" != end ] && is_applied daemon; } || return 1
		[ "$(words_of_file "$OWN/daemon.agent")" != - ] || return 1
	elif ! is_of_another_agent; then
		{ [ "$AGENT_ID" != end ] && is_applied daemon && [ -s "$notes" ]; } || return 1
		sed 1d "$notes" | write_record "$notes"
	fi
	say "stays: Pulumi has replaced it, and deletes the one from before"
}
