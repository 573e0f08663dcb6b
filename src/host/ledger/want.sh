# shellcheck shell=dash
# What a step wants: declared first, then recorded together, then made.

# Declares what is wanted; settle makes it so. $1 kind, $2 name, $3 value, $4 the file of its bytes,
# if it has some.
want() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:--}" >>"$WORK/declared"
	printf '%s\t%s\n' "$1" "$2" >>"$WORK/wanted"
}

# Makes what was declared since the last time: the records are on the disk before the first change.
settle() {
	local number kind name value bytes now
	[ -s "$WORK/declared" ] || return 0
	awk '!seen[$0]++' "$WORK/declared" | with_states >"$WORK/now"
	: >"$WORK/declared"
	write_records
	while IFS=$TAB read -r number kind name value bytes now; do
		is_same "$kind" "$name" "$now" "$value" || set_value "$kind" "$name" "$value" "$bytes"
	done <"$WORK/todo"
	settle_kinds
}

# Writes the records of $WORK/now (kind, name, value, bytes, state) and $WORK/todo, the same lines
# after a number.
write_records() {
	local new=$STATE/records/new
	rm -rf "$new"
	mkdir -m 700 "$new"
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -F '\t' -v lease="$LEASE" -v step="$STEP" -v now="$WORK/now" -v new="$new" -v OFS='\t' '
		FILENAME != now && FNR == 1 {
			count = split(FILENAME, part, "/")
			number = part[count]
			if (number + 0 > last) last = number + 0
			id = $0
			of[id] = number
			next
		}
		FILENAME != now && $1 == "by" {
			if ($2 == lease && $3 == step) next
			if ($2 != lease) { other[id] = $2; others[id] = $4 }
		}
		FILENAME != now {
			seen[id, $0] = 1
			lines[id] = lines[id] $0 "\n"
			next
		}
		{
			id = $1 OFS $2
			if (id in others && others[id] != $3) print "conflict", $1, $2, $3, other[id], others[id]
			if (!(id in of)) {
				of[id] = sprintf("%06d", ++last)
				lines[id] = "was" OFS $5 "\n"
				if ($5 ~ /^(file|sum) /) print "bytes", of[id], $1, $2
			}
			if (!((id, "left" OFS $3) in seen)) lines[id] = lines[id] "left" OFS $3 "\n"
			seen[id, "left" OFS $3] = 1
			file = new "/" of[id]
			printf "%s\n%sby\t%s\t%s\t%s\n", id, lines[id], lease, step, $3 >file
			close(file)
			print "todo", of[id], $0
		}' $(record_files) "$WORK/now" >"$WORK/merged"
	stop_on_conflicts
	sed -n "s/^todo$TAB//p" "$WORK/merged" >"$WORK/todo"
	sed -n "s/^bytes$TAB//p" "$WORK/merged" | while IFS=$TAB read -r number kind name; do
		"${kind}_bytes" "$name" >"$new/$number.was"
	done
	sync -f "$new"
	find "$new" -name '*.was' -exec mv -t "$STATE/records" {} +
	find "$new" -type f -exec mv -t "$STATE/records" {} +
	rmdir "$new"
	sync "$STATE/records"
}

# Two installations want different values of what the machine has once.
stop_on_conflicts() {
	local kind name value other others
	sed -n "s/^conflict$TAB//p" "$WORK/merged" >"$WORK/conflicts"
	while IFS=$TAB read -r kind name value other others; do
		problem "$(label_of "$kind" "$name")" \
			"'$others' wanted by $(owner_of "$other") (installation $other)" \
			"'$value', as $(owner_of "$LEASE") says" "let both say the same, or only one of them say it"
	done <"$WORK/conflicts"
	stop_on_problems
}
