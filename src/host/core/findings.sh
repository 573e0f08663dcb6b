# shellcheck shell=dash
# Findings: what was looked at, what was found, and what is wrong with it. Steps end with their
# problems; the doctor shows all.
#
# $WORK/findings holds one a line: status (ok, limited, unavailable or problem), what it is about,
# what was found, what was wanted, how to fix it, why it matters.

finding() {
	local line='' part
	for part in "$@"; do
		case $part in
		*[!\ -~]*) part=$(shown "$part") ;;
		esac
		[ ${#part} -le 2000 ] || part=$(shown "$part")
		line=$line${line:+$SEPARATOR}$part
	done
	printf '%s\n' "$line" >>"$WORK/findings"
}

# What is as it should be. $1 what it is about, $2 what was found.
fine() { finding ok "$1" "$2" '' '' ''; }

# Records one problem; several are shown together by stop_on_problems. $1 what it is about, $2 what
# was found, $3 what was wanted, $4 how to fix it, $5 why it matters, where that does not go without
# saying.
problem() {
	finding problem "$1" "$2" "$3" "$4" "${5-}"
	problem_line "$STEP" "$@" >>"$WORK/problems"
}

# $1 who says it, then as above.
problem_line() {
	printf '%s: %s: found %s; wanted %s%s. To fix: %s\n' "$1" "$(shown "$2")" "$(shown "$3")" \
		"$(shown "$4")" "${6:+, since $(shown "$6")}" "$(shown "$5")"
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

# One row of the limitation table. $1 row, $2 available, limited or unavailable, $3 the evidence
# that was measured, $4 what to do about it (or nothing).
limitation() {
	local status=$2
	fact "limitations.$1.status" "$2"
	fact "limitations.$1.evidence" "$3"
	fact "limitations.$1.fix" "$4"
	[ "$status" != available ] || status=ok
	finding "$status" "$1" "$3" '' "$4" ''
}
