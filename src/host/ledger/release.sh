# A resource that nobody wants goes back, if it is as it was left; else it stays and is named.

# Gives back what this step of this installation had, and did not want in this run. The newest goes
# first. A resource that is given back is on the disk before its record goes. $1 "early" if late
# records stay for now.
release() {
	local number deed kind name was now
	note_unwanted "${1-}"
	[ -s "$WORK/unwanted" ] || return 0
	with_states "$WORK/unwanted" >"$WORK/now"
	decide
	while IFS=$TAB read -r number deed kind name was now; do
		remove_half_file "$kind" "$name"
		case $deed in
		restore) restore "$number" "$kind" "$name" "$was" "$now" ;;
		leave) leave "$number" "$kind" "$name" "$was" "$now" ;;
		esac
	done <"$WORK/decided"
	settle_kinds
	sync_host
	forget_unwanted
}

# Kind, name and number of each record that is unwanted, into $WORK/unwanted. $1 as above.
note_unwanted() {
	list_records >"$WORK/records"
	awk -v installation="$ID" -v step="$STEP" -v phase="$1" "$UNWANTED_AWK" \
		table=wanted "$WORK/wanted" table=records "$WORK/records" >"$WORK/unwanted"
}

# What becomes of each resource of $WORK/now (KIND NAME NUMBER NOW), into $WORK/decided: NUMBER DEED
# KIND NAME WAS NOW, as decide.awk says.
decide() {
	awk -v installation="$ID" -v step="$STEP" -v empty_sum="$EMPTY_SUM" "$DECIDE_AWK" \
		table=records "$WORK/records" table=unwanted "$WORK/now" >"$WORK/decided"
}

# Makes a resource what it was before. $1 number, $2 kind, $3 name, $4 what was there before, $5 what
# is there now.
restore() {
	STAYS_AS_IT_IS=
	"${2}_set" "$3" "$4" "$(bytes_of_record "$1")"
	note_set "$2"
	if [ -n "$STAYS_AS_IT_IS" ]; then return 0; fi
	case $5 in
	# A directory goes when it is empty, which is nothing to tell of.
	'dir '*) ;;
	*) tell_of_change "$2" "$(label_of "$2" "$3"): $(words_of_restore "$4")" ;;
	esac
}

# $1 what was there before.
words_of_restore() {
	case $1 in
	absent | nofile) printf removed ;;
	*) printf 'restored (%s)' "$(value_words "$1")" ;;
	esac
}

# Names a resource that somebody has changed, and stays. The file that was there before is put beside
# it. $1 to $5 as above.
leave() {
	local label before copy bytes
	label=$(label_of "$2" "$3")
	before="before this program it was $(value_words "$4")"
	: >"$WORK/stays"
	if [ "$5" = absent ]; then
		say "$label: somebody has removed it already; $before"
	else
		say "kept: $label, because somebody changed it; $before"
	fi
	bytes=$(bytes_of_record "$1")
	if [ "$bytes" = - ]; then return 0; fi
	case $2 in
	path | home)
		copy=$(free_name_beside "$2" "$3")
		"${2}_set" "$copy" "$4" "$bytes"
		note_set "$2"
		say "the earlier file is now in $copy"
		;;
	esac
}

# A write that was killed may have left a file beside one of root's. $1 kind, $2 name.
# root removes: FILE.rootless-docker-new, which a killed run left beside a file that belongs to root.
remove_half_file() {
	local half=$2.rootless-docker-new
	if [ "$1" = path ] && [ -e "$half" ]; then rm -f "$half"; fi
}

# Prints the file with the bytes that were there before, or "-" where there were none. $1 number.
bytes_of_record() {
	local bytes=$STATE/records/$1.was
	if [ -e "$bytes" ]; then
		echo "$bytes"
	else
		echo -
	fi
}

# Prints a name beside a file that nothing has, of those that end in up to 7 "~". $1 path or home,
# $2 the file.
free_name_beside() {
	local copy=$2.before-rootless-docker~ tries=1
	while [ "$tries" -lt 7 ] && [ "$("${1}_state" "$copy")" != absent ]; do
		copy=$copy~
		tries=$((tries + 1))
	done
	printf '%s' "$copy"
}

# The records of $WORK/decided, after what they ask for was done: those that others want lose this
# step's wish, and the rest goes.
forget_unwanted() {
	local number deed rest shared=''
	set --
	while IFS=$TAB read -r number deed rest; do
		if [ "$deed" = share ]; then
			shared=yes
		else
			set -- "$@" "$number"
		fi
	done <"$WORK/decided"
	if [ -n "$shared" ]; then
		clear_new_records
		awk -v installation="$ID" -v step="$STEP" "$LEAVE_SHARED_AWK" \
			table=decided "$WORK/decided" table=records "$WORK/records" >"$WORK/rows"
		write_records "$WORK/rows"
	fi
	remove_records "$@"
}

# Prints resources that are not as this installation left them, for a preview: step, label, what is
# there, what is wanted.
ledger_differences() {
	local kind name step value now
	list_records >"$WORK/records"
	awk -F '\t' -v OFS='\t' -v installation="$ID" '
		$4 == "by" && $5 == installation { print $2, $3, $6, $7 }
		' "$WORK/records" >"$WORK/claimed"
	with_states "$WORK/claimed" >"$WORK/now"
	while IFS=$TAB read -r kind name step value now; do
		if [ "$now" = gone ] || is_same "$kind" "$name" "$now" "$value"; then continue; fi
		printf '%s\t%s\t%s\t%s\n' "$step" "$(label_of "$kind" "$name")" \
			"$(value_words "$now" "$value")" "$(value_words "$value" "$now")"
	done <"$WORK/now"
}
