# Records: what was there before, what this program left, and who wants it. A record is one file
# that is there if and only if somebody wants it, $STATE/records/NUMBER, in the order in which they
# were made:
#   KIND<tab>NAME
#   was<tab>VALUE                    before the first change; NUMBER.was has the bytes of a file
#   left<tab>VALUE                   each value that was ever left
#   by<tab>ID<tab>STEP<tab>VALUE  who wants it, and what
# A kind of resource is two functions: KIND_state NAME prints the value now, KIND_set NAME VALUE
# BYTES makes it so. Names and values are one line without tabs.

# The sum of no bytes: a file that a power cut has left empty is this program's.
EMPTY_SUM=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# The files of all records, the oldest first: an awk program reads them in one go.
record_files() {
	set -- "$STATE"/records/[0-9][0-9][0-9][0-9][0-9][0-9]
	[ ! -e "$1" ] || printf '%s\n' "$@"
}

# Numbers of the records that an installation wants. $1 its id, $2 the step, or nothing for all.
records_of() {
	record_files | xargs -r grep -lE "^by$TAB$1$TAB${2:-[a-z]+}$TAB" -- /dev/null | sed 's|.*/||'
}

# The value in a record when this run first asked: what was there before, or what another
# installation wants; or nothing. $1 was or others, $2 kind, $3 name.
recorded() {
	local line value=''
	# shellcheck disable=SC2046 # names of records have no blanks
	[ -e "$WORK/recorded" ] || awk -F '\t' -v installation="$ID" -v OFS='\t' '
		FNR == 1 { id = $0 }
		$1 == "was" { print "was", id, $2 }
		$1 == "by" && $2 != installation { print "others", id, $4 }
		' /dev/null $(record_files) >"$WORK/recorded"
	while IFS= read -r line; do
		case $line in "$1$TAB$2$TAB$3$TAB"*) value=${line##*"$TAB"} ;; esac
	done <"$WORK/recorded"
	printf '%s' "$value"
}

# What other installations want of a kind, a line each: name, installation, value. $1 the kind, $2
# installations that do not count, in one word with commas.
claims_of_others() {
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -F '\t' -v OFS='\t' -v kind="$1" -v without=",$ID,$2," '
		FNR == 1 {
			is_asked = $1 == kind
			name = $2
		}
		is_asked && $1 == "by" && !index(without, "," $2 ",") { print name, $2, $4 }
		' /dev/null $(record_files)
}

# Prints each line of a file, KIND and NAME first, with a tab and the value now. $1 the file.
with_states() {
	local line kind rest name
	call_if_there look_at_homes "$1"
	while IFS= read -r line; do
		kind=${line%%"$TAB"*}
		rest=${line#*"$TAB"}
		name=${rest%%"$TAB"*}
		printf '%s\t%s\n' "$line" "$("${kind}_state" "$name")"
	done <"$1"
}

# Kinds of which something was set and not settled yet.
SET_KINDS=''
note_set() { case " $SET_KINDS " in *" $1 "*) ;; *) SET_KINDS="$SET_KINDS $1" ;; esac }

# Calls KIND_settled, where there is one, for each kind that was set: see set_value. Then it tells of
# the changes that were made there.
settle_kinds() {
	local kind words kinds=$SET_KINDS
	SET_KINDS=''
	for kind in $kinds; do
		call_if_there "${kind}_settled"
		[ -e "$WORK/to-tell.$kind" ] || continue
		while IFS= read -r words; do
			! "${kind}_was_written" || changed "$words"
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

# $1 kind, $2 name, $3 value, $4 the file of its bytes, or "-".
set_value() {
	"${1}_set" "$2" "$3" "$4"
	note_set "$1"
	case $3 in
	'file '* | 'sum '*) tell_of_change "$1" "$(label_of "$1" "$2"): written" ;;
	*) tell_of_change "$1" "$(label_of "$1" "$2"): $(value_words "$3")" ;;
	esac
}

# The name that people know it by. $1 kind, $2 name.
label_of() {
	if command -v "${1}_label" >/dev/null; then "${1}_label" "$2"; else printf '%s' "$2"; fi
}

# A value for people. $1 the value, $2 another one of the same: what differs is said then.
value_words() {
	local mode
	case $1 in
	absent | nofile) printf 'not there' ;;
	'dir '*) printf 'a directory with mode %s' "${1#dir }" ;;
	'link '*) printf 'a link to %s' "${1#link }" ;;
	'sum '*) case ${2-} in sum*) printf 'other content' ;; *) printf 'there' ;; esac ;;
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

# True where what is there is as good as what is wanted. $1 kind, $2 name, $3 now, $4 wanted.
is_same() {
	[ "$3" != "$4" ] || return 0
	command -v "${1}_same" >/dev/null && "${1}_same" "$2" "$3" "$4"
}
