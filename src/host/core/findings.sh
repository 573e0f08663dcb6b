# Problems: what was found, what was wanted, and how to fix it. All of a run are shown together.

# Records a problem. $1 what it is about, $2 what was found, $3 what was wanted, $4 how to fix it,
# $5 why it matters, or nothing.
problem() {
	printf '%s: %s: found %s; wanted %s%s. To fix: %s\n' "$PART" "$(shown "$1")" "$(shown "$2")" \
		"$(shown "$3")" "${5:+, since $(shown "$5")}" "$(shown "$4")" >>"$WORK/problems"
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
