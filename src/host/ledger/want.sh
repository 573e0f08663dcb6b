# A step's wishes: declared first, then recorded together, then made.

# Declares what is wanted; settle makes it so. $1 kind, $2 name, $3 value, $4 a file of bytes.
want() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:--}" >>"$WORK/declared"
	printf '%s\t%s\n' "$1" "$2" >>"$WORK/wanted"
}

# Makes what was declared since the last time: the records are on the disk before the first change.
settle() {
	local number kind name value bytes now
	[ -s "$WORK/declared" ] || return 0
	with_states "$WORK/declared" >"$WORK/now"
	: >"$WORK/declared"
	stop_where_nothing_comes_back
	write_records
	while IFS=$TAB read -r number kind name value bytes now; do
		is_same "$kind" "$name" "$now" "$value" || set_value "$kind" "$name" "$value" "$bytes"
	done <"$WORK/todo"
	settle_kinds
}

# Writes the records of $WORK/now (kind, name, value, bytes, state), where they are not there
# already, and $WORK/todo: the same lines after the number of each record.
write_records() {
	local new=$STATE/records/new number kind name
	# Files that a run that was killed had begun to write.
	set -- "$new"/*
	[ ! -e "$1" ] || rm -f "$@"
	: >"$WORK/todo"
	: >"$WORK/bytes"
	: >"$WORK/conflicts"
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -F '\t' -v installation="$ID" -v step="$STEP" -v work="$WORK" -v new="$new" -v OFS='\t' '
		FILENAME != work "/now" && FNR == 1 {
			number = substr(FILENAME, length(FILENAME) - 5)
			if (number + 0 > last) last = number + 0
			id = $0
			of[id] = number
			next
		}
		FILENAME != work "/now" {
			seen[id, $0] = 1
			if ($1 == "by" && $2 == installation && $3 == step) next
			if ($1 == "by" && $2 != installation) { holder[id] = $2; value_of_claim[id] = $4 }
			lines[id] = lines[id] $0 "\n"
			next
		}
		($1 OFS $2) in done { next }
		{
			id = $1 OFS $2
			done[id] = 1
			by = "by" OFS installation OFS step OFS $3
			left = "left" OFS $3
			if (id in value_of_claim && value_of_claim[id] != $3)
				print $1, $2, $3, holder[id], value_of_claim[id] >work "/conflicts"
			if (!(id in of)) {
				of[id] = sprintf("%06d", ++last)
				lines[id] = "was" OFS $5 "\n"
				if ($5 ~ /^(file|sum) /) print of[id], $1, $2 >work "/bytes"
			}
			if (!((id, left) in seen) || !((id, by) in seen)) {
				if (!((id, left) in seen)) lines[id] = lines[id] left "\n"
				print id "\n" lines[id] by >new "/" of[id]
				close(new "/" of[id])
			}
			print of[id], $0 >work "/todo"
		}' $(record_files) "$WORK/now"
	stop_on_conflicts
	while IFS=$TAB read -r number kind name; do
		"${kind}_bytes" "$name" >"$new/$number.was"
	done <"$WORK/bytes"
	set -- "$new"/*
	[ -e "$1" ] || return 0
	# The bytes come before the records that speak of them.
	sync -f "$new"
	stop_where_record_is_empty
	[ ! -s "$WORK/bytes" ] || mv -t "$STATE/records" "$new"/*.was
	mv -t "$STATE/records" "$new"/*
	sync "$STATE/records"
}

# On a full disk gawk leaves an empty file, and goes on.
stop_where_record_is_empty() {
	[ -z "$(find "$STATE/records/new" -type f -empty ! -name '*.was')" ] ||
		fail "$STATE" "no room for its records" "room for them on the disk" \
			"see with 'df $STATE' what fills it, then run again"
}

# The earlier value has to be read whole, so that it can be given back.
stop_where_nothing_comes_back() {
	local kind name value bytes now
	while IFS=$TAB read -r kind name value bytes now; do
		case $now in
		unreadable | large | foreign | other | 'no file')
			problem "$(label_of "$kind" "$name")" "that it is $now" \
				"nothing there, or what its owner can read, of 256 KiB at most" \
				"move it away, then run again"
			;;
		esac
	done <"$WORK/now"
	stop_on_problems
}

# $1 what it is about, $2 the other installation, $3 what that one wants, $4 what this one wants.
problem_of_conflict() {
	local other own fix='let both programs say the same, or only one of them'
	other=$(owner_of "$2")
	own=$(owner_of "$ID")
	# Before preflight has ended, only the document knows who this is.
	! has owner || own=$(doc owner)
	if [ "$3" = "$4" ]; then
		problem "$1" "the content that $other wants" "another one, which $own wants" "$fix"
	else
		problem "$1" "'$3', which $other wants" "'$4', which $own wants" "$fix"
	fi
}

# Two installations want different values of what the machine has once.
stop_on_conflicts() {
	local kind name value other others
	while IFS=$TAB read -r kind name value other others; do
		problem_of_conflict "$(label_of "$kind" "$name")" "$other" \
			"$(value_words "$others")" "$(value_words "$value")"
	done <"$WORK/conflicts"
	stop_on_problems
}
