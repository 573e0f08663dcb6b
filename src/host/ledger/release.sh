# A resource that nobody wants goes back, if it is as it was left; else it stays and is named.

# Gives back what this step of this installation had, and did not want in this run. The newest goes
# first. A resource that is given back is on the disk before its record goes.
release() {
	local number deed kind name was now
	unwanted >"$WORK/unwanted"
	[ -s "$WORK/unwanted" ] || return 0
	with_states "$WORK/unwanted" >"$WORK/now"
	decide >"$WORK/decided"
	while IFS=$TAB read -r number deed kind name was now; do
		give_back "$number" "$deed" "$kind" "$name" "$was" "$now"
	done <"$WORK/decided"
	settle_kinds
	sync_host
	forget_unwanted
}

# Kind, name and number of each record that is unwanted. A directory is wanted as long as something
# in it is.
unwanted() {
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -F '\t' -v installation="$ID" -v step="$STEP" -v wanted="$WORK/wanted" -v OFS='\t' '
		FILENAME == wanted {
			is_wanted[$1 OFS $2] = 1
			path = $2
			sub(/ .*/, "", path)
			while (sub(/\/[^\/]*$/, "", path)) is_above[path] = 1
			next
		}
		FNR == 1 {
			id = $0
			name = $2
		}
		$4 ~ /^dir / && name in is_above { next }
		$1 == "by" && $2 == installation && $3 == step && !(id in is_wanted) {
			line[++count] = id OFS substr(FILENAME, length(FILENAME) - 5)
		}
		END { for (; count > 0; count--) print line[count] }' "$WORK/wanted" $(record_files)
}

# For each line of $WORK/now (kind, name, number, state): number, deed, kind, name, what was there,
# what is there. The deed is forget, share (another installation wants it), restore or leave.
decide() {
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -F '\t' -v OFS='\t' -v installation="$ID" -v step="$STEP" -v now="$WORK/now" \
		-v empty="$EMPTY_SUM" '
		FILENAME != now && FNR == 1 { id = $0; next }
		FILENAME != now && $1 == "was" { was[id] = $2 }
		FILENAME != now && $1 == "left" { left[id, $2] = 1 }
		FILENAME != now && $1 == "by" && !($2 == installation && $3 == step) { shared[id] = 1 }
		FILENAME != now { next }
		{
			id = $1 OFS $2
			if (id in shared) deed = "share"
			else if ($4 == was[id] || $4 == "gone") deed = "forget"
			else if ((id, $4) in left || $4 ~ "^file [0-7]+ " empty) deed = "restore"
			else if ($4 ~ /^dir / && was[id] == "absent") deed = "restore"
			else deed = "leave"
			print $3, deed, $1, $2, was[id], $4
		}' $(record_files) "$WORK/now"
}

# $1 number, $2 deed, $3 kind, $4 name, $5 what was there before, $6 what is there now.
give_back() {
	local bytes=$STATE/records/$1.was copy label
	label=$(label_of "$3" "$4")
	# A write that was killed may have left a file beside one of root's.
	[ "$3" != path ] || [ ! -e "$4.rootless-docker-new" ] || rm -f "$4.rootless-docker-new"
	[ -e "$bytes" ] || bytes=-
	case $2 in
	restore)
		"${3}_set" "$4" "$5" "$bytes"
		note_set "$3"
		# A directory goes when it is empty, which is nothing to tell of.
		case $6 in 'dir '*) ;; *) tell_of_change "$3" "$label: as before ($(value_words "$5"))" ;; esac
		;;
	leave)
		: >"$WORK/stays"
		set -- "$@" "before this program it was $(value_words "$5")"
		if [ "$6" = absent ]; then
			say "$label: removed by somebody; $7"
		else
			say "stays: $label, which somebody changed; $7"
		fi
		case $3-$bytes in
		*-) ;;
		path-* | home-*)
			copy=$4.before-rootless-docker~
			while [ ${#copy} -lt $((${#4} + 30)) ] && [ "$("${3}_state" "$copy")" != absent ]; do
				copy=$copy~
			done
			"${3}_set" "$copy" "$5" "$bytes"
			note_set "$3"
			say "what was there before is in $copy"
			;;
		esac
		;;
	esac
}

# The records of $WORK/decided, after what they ask for was done.
forget_unwanted() {
	local number deed rest
	while IFS=$TAB read -r number deed rest; do
		if [ "$deed" = share ]; then
			grep -v "^by$TAB$ID$TAB$STEP$TAB" "$STATE/records/$number" |
				write_record "$STATE/records/$number"
		else
			set -- "$@" "$STATE/records/$number" "$STATE/records/$number.was"
		fi
	done <"$WORK/decided"
	rm -f "$@"
	sync "$STATE/records"
}

# Things that are not as this installation left them, for a preview: step, label, what is there,
# what is wanted.
ledger_differences() {
	local step kind name value now
	# shellcheck disable=SC2046 # names of records have no blanks
	awk -F '\t' -v installation="$ID" -v OFS='\t' '
		FNR == 1 { id = $0 }
		$1 == "by" && $2 == installation { print id, $3, $4 }
		' /dev/null $(record_files) >"$WORK/claimed"
	with_states "$WORK/claimed" >"$WORK/now"
	while IFS=$TAB read -r kind name step value now; do
		[ "$now" = gone ] || is_same "$kind" "$name" "$now" "$value" ||
			printf '%s\t%s\t%s\t%s\n' "$step" "$(label_of "$kind" "$name")" \
				"$(value_words "$now" "$value")" "$(value_words "$value" "$now")"
	done <"$WORK/now"
}
