# Kinds line and member: a part of a file that the account and others write, too. Only this part is
# compared, changed and given back. A name is "PATH PART"; the file is read and written as kind home
# has it, where its links lead. Values: gone | nofile | no file (but something else) | absent |
# present of a line, "sum SUM" of a member's text.

# True where there is a file. Else the part's value is printed. PART_FILE is the file. $1 the name.
has_part_file() {
	PART_FILE="=${1%% *}"
	case $(home_state "$PART_FILE") in
	file*) return 0 ;;
	gone) printf gone ;;
	absent) printf nofile ;;
	*) printf 'no file' ;;
	esac
	return 1
}

# A line of a text file. $1 the name.
line_state() {
	has_part_file "$1" || return 0
	find_home "$PART_FILE"
	if grep -aqxF -e "${1#* }" "$SEEN_FILE"; then printf present; else printf absent; fi
}

# A member of a JSON object, at the top or one below: currentContext, auths/ADDRESS. docker writes
# the file anew with blanks of its own. $1 the name.
member_state() {
	has_part_file "$1" || return 0
	json_member json_compact "${1#* }" >"$WORK/member"
	[ -s "$WORK/member" ] && printf 'sum %s' "$(sum_of "$WORK/member")" || printf absent
}

member_bytes() {
	PART_FILE="=${1%% *}"
	json_member json_get "${1#* }"
}

# Uses PART_FILE. $1 json_get, json_compact, json_put or json_drop, $2 the member, $3 the file of its new text.
json_member() {
	find_home "$PART_FILE"
	"$1" "$2" "${3-}" <"$SEEN_FILE" ||
		fail "${PART_FILE#=}" "that it is no plain JSON object" "one" \
			"let $ACCOUNT correct it or take it away, then run again"
}

# $1 name, $2 value.
line_set() {
	begin_part "$1"
	if [ "$2" != present ] && is_login_of_account; then
		say "stays: $(line_label "$1"): this run has logged in as $ACCOUNT, perhaps with that key"
		return 0
	fi
	if [ "$2" = present ]; then
		home_bytes "$PART_FILE" >"$NEW_PART"
		case $(tail -c 1 "$NEW_PART" | od -An -tx1) in
		'' | ' 0a') ;;
		*) echo >>"$NEW_PART" ;;
		esac
		printf '%s\n' "${1#* }" >>"$NEW_PART"
	else
		# Whatever is in the file is text. A status above 1 is a failure, and not an empty rest.
		home_bytes "$PART_FILE" >"$WORK/home/whole"
		grep -avxF -e "${1#* }" <"$WORK/home/whole" >"$NEW_PART" || [ $? = 1 ]
	fi
	end_part "$2" ''
}

# $1 name, $2 value, $3 the file of its text.
member_set() {
	begin_part "$1"
	case $2 in
	sum*) json_member json_put "${1#* }" "$3" >"$NEW_PART" ;;
	*) json_member json_drop "${1#* }" >"$NEW_PART" ;;
	esac
	end_part "$2" '{}'
}

# NEW_PART is a file for the new content, which stays until it is written. $1 the name.
begin_part() {
	has_part_file "$1" >/dev/null || true
	PARTS=$((${PARTS:-0} + 1))
	NEW_PART=$WORK/home/part$PARTS
}

# The file keeps its mode, and goes where there was none before and nothing is in it. $1 the part's
# value, $2 what a file without parts holds.
end_part() {
	local mode
	mode=$(home_state "$PART_FILE")
	mode=${mode#file }
	mode=${mode%% *}
	[ "$mode" != absent ] || mode=600
	if [ "$1" = nofile ] && [ "$(tr -d ' \t\n' <"$NEW_PART")" = "$2" ]; then
		home_set "$PART_FILE" absent -
	else
		home_set "$PART_FILE" "file $mode $(sum_of "$NEW_PART")" "$NEW_PART"
	fi
}

line_settled() { home_settled; }
line_was_written() { home_was_written; }
line_label() { printf 'a line of %s' "${1%% *}"; }
member_settled() { home_settled; }
member_was_written() { home_was_written; }
member_label() { printf '%s in %s' "${1#* }" "${1%% *}"; }

# $1 path, $2 member, $3 the file with its JSON text, $4 its sum, where that is known.
want_member() {
	want_home_parents "$1"
	want member "$1 $2" "sum ${4:-$(sum_of "$3")}" "$3"
}
