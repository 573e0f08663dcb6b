# Problems: what happened, and how to fix it. All of a run are shown together.

# Records a problem. $1 what it is about, $2 what happened, as a sentence without its full stop; or, if
# there is $3, the value that was found. $3 the value that was expected, or nothing. $4 how to fix it.
problem() {
	local happened
	happened=$(shown "$2")
	if [ -n "$3" ]; then happened="found $happened, expected $(shown "$3")"; fi
	printf '%s: %s: %s. To fix: %s\n' "$PART" "$(shown "$1")" "$happened" "$(shown "$4")" \
		>>"$WORK/problems"
}

stop_on_problems() {
	[ -s "$WORK/problems" ] || return 0
	cat "$WORK/problems" >&2
	exit 1
}

# One problem that ends the step at once.
fail() {
	problem "$@"
	stop_on_problems
}
