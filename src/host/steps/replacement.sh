# Whether a delete ends a step, or is that of one that Pulumi has replaced.
#
# Where Pulumi replaces a step of an installation that stays (up --replace, a tainted resource), it
# creates the new one and deletes the old one afterwards, in the same words as at the end. So each
# create of a step that stands is counted, and as many deletes change nothing. At the end the
# daemon's delete comes first: once the daemon's step is not applied any more, each delete counts. A
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
	local before=''
	[ -e "$OWN/$STEP.agent" ] || return 1
	read -r before <"$OWN/$STEP.agent" || true
	[ -n "$AGENT_ID" ] && [ -n "$before" ] && [ "$before" != "$AGENT_ID" ]
}

# True where the delete is that of a step that was replaced, which changes nothing.
is_replaced() {
	local notes=$OWN/$STEP.replaced
	if ! is_of_another_agent; then
		{ [ "$AGENT_ID" != end ] && is_applied daemon && [ -s "$notes" ]; } || return 1
		sed 1d "$notes" | write_record "$notes"
	fi
	say "stays: Pulumi has replaced it, and deletes the one from before"
}
