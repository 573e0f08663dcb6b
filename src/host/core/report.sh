# The report of a run: a line for each change on stderr, one JSON report on stdout.

say() { { printf '%s: ' "$PART" && shown "$*" && echo; } >&2; }

# Records one change of the host and shows it live.
changed() {
	{ shown "$*" && echo; } >>"$WORK/changed"
	say "$*"
}

# Records one measured fact of the report. $1 key, $2 value: what the account's programs say may
# have any length.
fact() {
	[ ${#2} -le 4096 ] || set -- "$1" "$(printf '%s' "$2" | head -c 4096)..."
	case $2 in
	*[!\ -~]* | *'<{%'*) set -- "$1" "$(printf '%s' "$2" | without_controls)" ;;
	esac
	{ printf , && json_string "$1" && printf : && json_string "$2"; } >>"$WORK/facts"
}

# The report: the facts that outputs are made of. $1 what is said where nothing changed.
report() {
	local line=''
	IFS= read -r line <"$WORK/facts" || :
	printf '{"step":%s,"facts":{%s}}\n' "$(json_string "$STEP")" "${line#,}"
	[ -s "$WORK/changed" ] || [ -e "$WORK/stays" ] || say "$1"
}
