# Records: what was there before, what this program left, and who wants it. A record is one file
# that is there if and only if somebody wants it, $STATE/records/NUMBER, in the order in which they
# were made:
#   KIND<tab>NAME
#   was<tab>VALUE                    before the first change; NUMBER.was has the bytes of a file
#   left<tab>VALUE                   each value that was ever left
#   late                             a destroy gives it back last, once packages and account are gone
#   by<tab>ID<tab>STEP<tab>VALUE  who wants it, and what
# A kind of resource is two functions: KIND_state NAME prints the value now, KIND_set NAME VALUE
# BYTES makes it so. Names and values are one line without tabs.
#
# list_records prints all of that as one table. Whatever asks records is a join of it, an awk program
# in a file of its own. The table stands in $WORK/records for that: a list that could not be read ends
# the run, and does not count as an empty one.

# The sum of no bytes: a file that a power cut has left empty is this program's.
EMPTY_SUM=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# Prints all records, the oldest first, a row for each line of a record:
#   NUMBER KIND NAME was|left|late|by INSTALLATION STEP VALUE
list_records() {
	set -- "$STATE"/records/[0-9][0-9][0-9][0-9][0-9][0-9]
	if [ ! -e "$1" ]; then return 0; fi
	awk "$LIST_RECORDS_AWK" "$@"
}

# Removes what a run that was killed had begun to write. Before anything is written.
# root removes: records that a killed run had not put into place.
clear_new_records() {
	local bytes
	set -- "$STATE"/records/new/*
	if [ -e "$1" ]; then rm -f "$@"; fi
	# Numbers are used again: bytes without a record are not those of the next one.
	for bytes in "$STATE"/records/*.was; do
		if [ -e "$bytes" ] && [ ! -e "${bytes%.was}" ]; then rm -f "$bytes"; fi
	done
}

# Writes records whole, with the bytes that lie beside them already: all of that is on the disk before
# the first of them has its name. $1 a file with their rows.
# root writes: records of changes. They are on the disk before the first change.
write_records() {
	local new=$STATE/records/new
	awk -v directory="$new" "$WRITE_RECORDS_AWK" "$1"
	sync -f "$new"
	stop_where_record_is_empty
	# The bytes come before the records that speak of them.
	set -- "$new"/*.was
	if [ -e "$1" ]; then mv -t "$STATE/records" "$@"; fi
	mv -t "$STATE/records" "$new"/*
	sync "$STATE/records"
}

# On a full disk gawk leaves an empty file, and goes on.
stop_where_record_is_empty() {
	local empty
	empty=$(find "$STATE/records/new" -type f -empty ! -name '*.was')
	if [ -z "$empty" ]; then return 0; fi
	fail "$STATE" "the disk has no room for the records that this program keeps there" '' \
		"see with 'df $STATE' what fills it, free some space, then run again"
}

# Removes records, and the bytes beside them. Arguments: their numbers.
# root removes: records that nobody needs any more. After what they stand for is on the disk.
remove_records() {
	local number numbers=$*
	set --
	for number in $numbers; do
		set -- "$@" "$STATE/records/$number" "$STATE/records/$number.was"
	done
	if [ $# = 0 ]; then return 0; fi
	rm -f "$@"
	sync "$STATE/records"
}

# Prints the numbers of the records that an installation wants. $1 its id, $2 the step, or nothing
# for all of them.
records_of() {
	list_records >"$WORK/records"
	awk -F '\t' -v installation="$1" -v step="${2-}" '
		$4 != "by" || $5 != installation { next }
		step != "" && $6 != step { next }
		!seen[$1]++ { print $1 }' "$WORK/records"
}

# Prints kind, name and number of each record of some kinds. $1 the kinds, with "|" between them,
# $2 the installation that wants them, or nothing for all.
records_of_kinds() {
	list_records >"$WORK/records"
	awk -F '\t' -v OFS='\t' -v kinds="^($1)\$" -v installation="${2-}" '
		$2 !~ kinds || $4 != "by" { next }
		installation != "" && $5 != installation { next }
		!seen[$1]++ { print $2, $3, $1 }' "$WORK/records"
}

# Prints a value of a resource's record as it was when this run first asked: what was there before,
# or what another installation wants; or nothing. $1 was or others, $2 kind, $3 name.
recorded() {
	if [ ! -e "$WORK/recorded" ]; then list_records >"$WORK/recorded"; fi
	awk -F '\t' -v asked="$1" -v kind="$2" -v name="$3" -v installation="$ID" '
		$2 != kind || $3 != name { next }
		asked == "was" && $4 == "was" { value = $7 }
		asked == "others" && $4 == "by" && $5 != installation { value = $7 }
		END { printf "%s", value }' "$WORK/recorded"
}

# Prints what other installations want of a kind, a line each: name, installation, value. $1 the kind,
# $2 installations that do not count, in one word with commas.
claims_of_others() {
	list_records >"$WORK/records"
	awk -F '\t' -v OFS='\t' -v kind="$1" -v without=",$ID,$2," '
		$2 != kind || $4 != "by" { next }
		index(without, "," $5 ",") { next }
		{ print $3, $5, $7 }' "$WORK/records"
}

# Prints each line of a file, KIND and NAME first, with a tab and the value now. $1 the file.
with_states() {
	local line kind rest name now
	call_if_there see_recorded_paths "$1"
	while IFS= read -r line; do
		kind=${line%%"$TAB"*}
		rest=${line#*"$TAB"}
		name=${rest%%"$TAB"*}
		# A look that fails ends the run.
		now=$("${kind}_state" "$name")
		printf '%s\t%s\n' "$line" "$now"
	done <"$1"
}

# Set by a KIND_set that has said why it leaves a resource as it is: then nothing has changed.
STAYS_AS_IT_IS=

# Kinds of which something was set and not settled yet: note_set adds one, settle_kinds empties it.
SET_KINDS=''

# $1 the kind.
note_set() {
	case " $SET_KINDS " in
	*" $1 "*) ;;
	*) SET_KINDS="$SET_KINDS $1" ;;
	esac
}

# Calls KIND_settled, where there is one, for each kind that was set: see set_value. Then it tells of
# the changes that were made there.
settle_kinds() {
	local kind words kinds=$SET_KINDS
	SET_KINDS=''
	for kind in $kinds; do
		call_if_there "${kind}_settled"
		[ -e "$WORK/to-tell.$kind" ] || continue
		while IFS= read -r words; do
			if "${kind}_was_written"; then changed "$words"; fi
		done <"$WORK/to-tell.$kind"
		rm -f "$WORK/to-tell.$kind"
	done
}

# Tells of a change as soon as it is made. Kinds with KIND_was_written are written together, when all
# settle. $1 the kind, $2 the words.
tell_of_change() {
	if command -v "${1}_was_written" >/dev/null; then
		printf '%s\n' "$2" >>"$WORK/to-tell.$1"
	else
		changed "$2"
	fi
}

# Makes a resource what it is to be. $1 kind, $2 name, $3 value, $4 the file of its bytes, or "-".
set_value() {
	STAYS_AS_IT_IS=
	"${1}_set" "$2" "$3" "$4"
	note_set "$1"
	if [ -n "$STAYS_AS_IT_IS" ]; then return 0; fi
	case $3 in
	'file '* | 'sum '*) tell_of_change "$1" "$(label_of "$1" "$2"): written" ;;
	*) tell_of_change "$1" "$(label_of "$1" "$2"): $(value_words "$3")" ;;
	esac
}

# Prints the name that people know a resource by. $1 kind, $2 name.
label_of() {
	if command -v "${1}_label" >/dev/null; then
		"${1}_label" "$2"
	else
		printf '%s' "$2"
	fi
}

# Prints a value for people. $1 the value, $2 another one of the same resource: what differs is said
# then.
value_words() {
	local mode
	case $1 in
	absent | nofile) printf absent ;;
	'dir '*) printf 'a directory with mode %s' "${1#dir }" ;;
	'link '*) printf 'a link to %s' "${1#link }" ;;
	'sum '*)
		case ${2-} in
		sum*) printf 'other content' ;;
		*) printf present ;;
		esac
		;;
	'file '*)
		mode=${1#file }
		mode=${mode%% *}
		case ${2-} in
		"file $mode "*) printf 'other content' ;;
		*) printf 'a file with mode %s' "$mode" ;;
		esac
		;;
	*) printf '%s' "$1" ;;
	esac
}

# True if what is there is as good as what is wanted. $1 kind, $2 name, $3 now, $4 wanted.
is_same() {
	if [ "$3" = "$4" ]; then return 0; fi
	command -v "${1}_same" >/dev/null && "${1}_same" "$2" "$3" "$4"
}
