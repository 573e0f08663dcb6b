# shellcheck shell=dash
# Records: what was there before, what this program left, and who wants it. A record is one file
# that is there if and only if somebody wants it, $STATE/records/NUMBER, in the order in which they
# were made:
#   KIND<tab>NAME
#   was<tab>VALUE                    before the first change; NUMBER.was beside it has the bytes of a file
#   left<tab>VALUE                   each value that was ever left
#   by<tab>LEASE<tab>STEP<tab>VALUE  who wants it, and what
# A kind of resource is two functions: KIND_state NAME prints the value now, KIND_set NAME VALUE
# BYTES makes it so. Names and values are one line without tabs.

# The sum of no bytes: a file that a power cut has left empty is this program's.
EMPTY_SUM=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# The files of all records, the oldest first: an awk program reads them in one go.
record_files() {
	set -- "$STATE"/records/[0-9][0-9][0-9][0-9][0-9][0-9]
	[ ! -e "$1" ] || printf '%s\n' "$@"
}

# Numbers of the records that an installation wants. $1 the lease, $2 the step, or nothing for all.
records_of() {
	record_files | xargs -r grep -lE "^by$TAB$1$TAB${2:-[a-z]+}$TAB" -- /dev/null | sed 's|.*/||'
}

# The lines of a record after its first, or nothing. $1 kind, $2 name.
record_lines() {
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -v id="$1$TAB$2" 'FNR == 1 { is = $0 == id; next } is' /dev/null $(record_files)
}

# Adds to each line of stdin, which begins with KIND and NAME, a tab and the value now.
with_states() {
	local line kind rest name
	cat >"$WORK/lines"
	call_if_there look_at_homes "$WORK/lines"
	while IFS= read -r line; do
		kind=${line%%"$TAB"*}
		rest=${line#*"$TAB"}
		name=${rest%%"$TAB"*}
		printf '%s\t%s\n' "$line" "$("${kind}_state" "$name")"
	done <"$WORK/lines"
}

# Calls KIND_settled, where there is one, for each kind that was set: see set_value.
settle_kinds() {
	local kind
	[ -s "$WORK/set" ] || return 0
	sort -u "$WORK/set" >"$WORK/set.kinds"
	: >"$WORK/set"
	while IFS= read -r kind; do call_if_there "${kind}_settled"; done <"$WORK/set.kinds"
}

# $1 kind, $2 name, $3 value, $4 the file of its bytes, or "-".
set_value() {
	"${1}_set" "$2" "$3" "$4"
	printf '%s\n' "$1" >>"$WORK/set"
	changed "$(label_of "$1" "$2"): $(words_of_value "$3")"
}

# What people call it. $1 kind, $2 name.
label_of() { if command -v "${1}_label" >/dev/null; then "${1}_label" "$2"; else printf '%s' "$2"; fi; }

# A value for people, without a sum. $1 the value.
words_of_value() {
	case $1 in
	absent | nofile) printf 'removed' ;;
	'file '*) printf 'written' ;;
	'dir '*) printf 'made' ;;
	'link '*) printf 'leads to %s' "${1#link }" ;;
	'sum '*) printf 'written' ;;
	*) printf '%s' "$1" ;;
	esac
}

# True where what is there is as good as what is wanted. $1 kind, $2 name, $3 now, $4 wanted.
is_same() {
	[ "$3" != "$4" ] || return 0
	command -v "${1}_same" >/dev/null && "${1}_same" "$2" "$3" "$4"
}
