# What a step wants: declared first, then recorded together, then made.

# Declares what is wanted; settle makes it so. $1 kind, $2 name, $3 value, $4 a file of bytes.
want() { declare_wanted early "$@"; }

# The same of what a destroy gives back last: when the account and the packages are gone.
want_late() { declare_wanted late "$@"; }

# $1 early or late, then the arguments of want. Two files of lines: $WORK/declared, since settle was
# called last, and $WORK/wanted, of the whole step.
declare_wanted() {
	printf '%s\t%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "${5:--}" "$1" >>"$WORK/declared"
	printf '%s\t%s\n' "$2" "$3" >>"$WORK/wanted"
}

# Makes what was declared since the last time: the records are on the disk before the first change.
settle() {
	local number word kind name value bytes phase now
	[ -s "$WORK/declared" ] || return 0
	with_states "$WORK/declared" >"$WORK/now"
	: >"$WORK/declared"
	stop_where_nothing_comes_back
	compare_wanted
	stop_on_conflicts
	record_wanted
	while IFS=$TAB read -r number word kind name value bytes phase now; do
		if ! is_same "$kind" "$name" "$now" "$value"; then
			set_value "$kind" "$name" "$value" "$bytes"
		fi
	done <"$WORK/todo"
	settle_kinds
}

# Compares the lines of $WORK/now (KIND NAME VALUE BYTES PHASE NOW) with the records, into $WORK/todo:
# NUMBER and WORD stand before each line there, as compareWanted.awk says.
compare_wanted() {
	list_records >"$WORK/records"
	awk -v installation="$ID" -v step="$STEP" "$COMPARE_WANTED_AWK" \
		table=records "$WORK/records" table=wanted "$WORK/now" >"$WORK/todo"
}

# Writes the records that $WORK/todo asks for, where they do not say all of that already.
record_wanted() {
	local number word kind name value bytes phase now changes=''
	clear_new_records
	while IFS=$TAB read -r number word kind name value bytes phase now; do
		case $word in
		new)
			save_bytes "$number" "$kind" "$name" "$now"
			changes=yes
			;;
		more | follow) changes=yes ;;
		esac
	done <"$WORK/todo"
	[ -n "$changes" ] || return 0
	awk -v installation="$ID" -v step="$STEP" "$RECORD_WANTED_AWK" \
		table=wanted "$WORK/todo" table=records "$WORK/records" >"$WORK/rows"
	write_records "$WORK/rows"
}

# Saves the bytes of a resource that has any, for its record. $1 number, $2 kind, $3 name, $4 its value
# now.
# root writes: the earlier bytes of a file. Before that file changes.
save_bytes() {
	case $4 in
	'file '* | 'sum '*) "${2}_bytes" "$3" >"$STATE/records/new/$1.was" ;;
	esac
}

# The earlier value has to be read whole, so that it can be given back.
stop_where_nothing_comes_back() {
	local kind name value bytes phase now
	while IFS=$TAB read -r kind name value bytes phase now; do
		case $now in
		unreadable | large | foreign | other | 'not a file')
			problem "$(label_of "$kind" "$name")" \
				"it $(why_it_cannot_come_back "$now"), so destroy could not restore it" '' \
				"move it away, then run again"
			;;
		'no JSON')
			problem "${name%% *}" "it is not a plain JSON object" '' \
				"correct it or move it away, as $ACCOUNT, then run again"
			;;
		esac
	done <"$WORK/now"
	stop_on_problems
}

# $1 the state of a resource.
why_it_cannot_come_back() {
	case $1 in
	unreadable) printf 'cannot be read' ;;
	large) printf 'is too large (256 KiB at most)' ;;
	foreign) printf 'belongs to another user' ;;
	*) printf 'is not a regular file' ;;
	esac
}

# $1 what it is about, $2 the other installation, $3 what that one wants, $4 what this one wants.
problem_of_conflict() {
	local other own fix
	case $1 in
	engine.*)
		fix="use the same value in both programs. To change it in both, destroy one of them with \
onDestroy.data 'keep', change the other one, and create the first one again"
		;;
	*)
		fix="use the same value in both programs, or set it in only one of them. \
To change it in both, take it out of both, run up for each, and then set the new value"
		;;
	esac
	other=$(owner_of "$2")
	# Before preflight has ended, only the document knows who this is.
	if has owner; then
		own=$(doc owner)
	else
		own=$(owner_of "$ID")
	fi
	if [ "$3" = "$4" ]; then
		problem "$1" "$other sets other content than $own" '' "$fix"
	else
		problem "$1" "$other sets it to '$3', and $own to '$4'" '' "$fix"
	fi
}

# Two installations want different values of what the machine has once.
stop_on_conflicts() {
	local number word kind name value other phase value_of_other
	while IFS=$TAB read -r number word kind name value other phase value_of_other; do
		[ "$word" = conflict ] || continue
		problem_of_conflict "$(label_of "$kind" "$name")" "$other" \
			"$(value_words "$value_of_other")" "$(value_words "$value")"
	done <"$WORK/todo"
	stop_on_problems
}
