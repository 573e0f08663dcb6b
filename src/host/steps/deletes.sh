# Which delete it is. Pulumi sends the delete of a resource that it has replaced (up --replace, a tainted
# resource) in the same words as the delete that ends it, once the new resource was created. And it
# creates a step again where the answer to the first create was lost. Each answer may be lost, so each
# delete may come again, and has to be the same one again. These rules are enough for that:
# - A step that was created again under the same agent: nobody can tell its deletes apart, so none of
#   them does anything, and the step is left to the delete of the agent.
# - A delete names the agent that its resource came with. If no resource of the step is known that came
#   with this one, the delete is that of an earlier resource.
# - Once the daemon's step is gone, whose delete comes first, each delete counts.
# - The agent's delete names no agent. It takes all back if both steps were left to it, and nothing if
#   none was. If only one was, nobody can tell: that is an error.

# Prints which delete this run is:
#   end       takes back what is there
#   left      leaves the step to the delete of the agent
#   replaced  of an earlier resource: the present one goes on
#   unclear   of an agent: perhaps the end, perhaps not
which_delete() {
	if [ "$AGENT_ID" = end ] || ! is_applied daemon; then
		echo end
	elif [ "$STEP" = agent ]; then
		which_delete_of_agent
	elif ! came_with_this_agent; then
		echo replaced
	elif [ -n "$(remembered "created-twice.$STEP")" ]; then
		echo left
	else
		echo end
	fi
}

# The daemon's step is there. After a takeover that has not come to its end it is that of the earlier
# installation.
which_delete_of_agent() {
	if [ "$(remembered agents.daemon)" = - ]; then
		echo end
		return 0
	fi
	case $(remembered left.machine),$(remembered left.daemon) in
	yes,yes) echo end ;;
	,) echo replaced ;;
	*) echo unclear ;;
	esac
}

# The next apply of any step forgets it.
leave_to_agent() {
	remember "left.$STEP" yes
	: >"$WORK/stays"
	say "kept for now: Pulumi has created this step twice, so a later delete reverts it"
}

stop_on_unclear_delete() {
	fail "installation $ID" "Pulumi deletes its agent, but has not deleted all of its steps, because \
an answer to a create was lost, or only the agent was replaced" '' "destroy this host with 'sh $STATE/agents/$ID/agent revert agent \
$ID \"\" end' as root, and run the same command of Pulumi again; or, to keep the host, run pulumi \
up with a new value of operations.recheck"
}

# True where a resource of the step has come with the agent of this run.
came_with_this_agent() {
	case " $(remembered "agents.$STEP") " in
	*" $AGENT_ID "*) return 0 ;;
	*) return 1 ;;
	esac
}

# Notes at the end of a step how its resource came: created, or updated. It is called before the step
# counts as applied.
remember_resource() {
	local agents created_twice=''
	[ -n "$AGENT_ID" ] || return 0
	agents=$(remembered "agents.$STEP")
	created_twice=$(remembered "created-twice.$STEP")
	if came_with_this_agent; then
		if [ "$VERB" = apply ] && is_applied "$STEP"; then created_twice=yes; fi
	elif [ "$VERB" = update ] && [ -z "$created_twice" ]; then
		# Its delete may still name the earlier agent, if the answer to this update is lost.
		agents="${agents:+$agents }$AGENT_ID"
	else
		agents=$AGENT_ID created_twice=''
	fi
	remember "agents.$STEP" "$agents" "created-twice.$STEP" "$created_twice"
}
