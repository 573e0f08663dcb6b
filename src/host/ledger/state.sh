# What an installation remembers from one run to the next, beside its documents and its records:
# $OWN/state, a line "KEY VALUE" each. One function reads it, one writes it.
#   begun.STEP yes             the step's last run has not come to its end
#   agents.STEP ID...          Pulumi's ids of the agent with which the step's resource came
#   created-twice.STEP yes     Pulumi has created the step again under the same agent: see deletes.sh
#   left.STEP yes              a delete has left the step to the agent's: see deletes.sh
#   taken-back.STEP yes        a delete has taken the step back
#   fate-of-data WORD          what the first delete of the daemon has decided: see data.sh
#   home refused               the account did not let a destroy work in its home
#   start SUM GROUND           what the daemon was last started well with: see fingerprint.sh; SUM is
#                              "unknown" from the begin of a start on
#   controllers BOOT NAME...   the restart that was to bring control groups: see delegation.sh
#   unread-units yes           units of the home that its service manager may not have read yet
#   packages-of SOURCE         the engine.source whose packages were asked for last: see engine.sh
#   account elsewhere          the account is one of a directory service

# The value of a key, or nothing. $1 the key, $2 the directory of another installation.
remembered() {
	local key value state=${2-$OWN}/state
	[ -e "$state" ] || return 0
	while read -r key value; do
		if [ "$key" = "$1" ]; then printf '%s' "$value"; fi
	done <"$state"
}

# All keys that are given change at once; an empty value removes its key. A check writes nothing.
# Arguments: key and value, as often as needed.
remember() {
	local key value changes
	if [ "$VERB" = check ]; then return 0; fi
	changes=''
	while [ $# -gt 0 ]; do
		if [ "$(remembered "$1")" != "$2" ]; then changes=$changes$1' '$2$NEWLINE; fi
		shift 2
	done
	[ -n "$changes" ] || return 0
	{
		printf '%s' "$changes"
		if [ -e "$OWN/state" ]; then cat "$OWN/state"; fi
	} | awk '!seen[$1]++ && NF > 1' | write_record "$OWN/state"
}
