# Kinds line and member: a part of a file that the account and others write, too. Only this part is
# compared, changed and given back. A name is "PATH PART"; the file is read and written as kind home
# has it, where its links lead: as "=PATH". Values: gone | nofile (there is no file) |
# not a file | no JSON | absent | present of a line, "sum SUM" of a member's text.

# Prints why there is no such part, where there is no file that could have it: its value then. $1 the
# file, as "=PATH".
lack_of_file() {
	case $(home_state "$1") in
	file*) ;;
	gone) printf gone ;;
	absent) printf nofile ;;
	*) printf 'not a file' ;;
	esac
}

# A line of a text file. $1 the name.
line_state() {
	local file="=${1%% *}" lack
	see_paths "$file"
	lack=$(lack_of_file "$file")
	if [ -n "$lack" ]; then
		printf '%s' "$lack"
		return 0
	fi
	look_up "$file"
	if grep -aqxF -e "${1#* }" "$SEEN_FILE"; then
		printf present
	else
		printf absent
	fi
}

# A member of a JSON object, at the top or one below: currentContext, auths/ADDRESS. docker writes
# the file anew with blanks of its own. $1 the name.
member_state() {
	local file="=${1%% *}" lack
	see_paths "$file"
	lack=$(lack_of_file "$file")
	if [ -n "$lack" ]; then
		printf '%s' "$lack"
		return 0
	fi
	look_up "$file"
	if ! json_compact "${1#* }" <"$SEEN_FILE" >"$WORK/member"; then
		printf 'no JSON'
	elif [ -s "$WORK/member" ]; then
		printf 'sum %s' "$(sum_of "$WORK/member")"
	else
		printf absent
	fi
}

member_bytes() { json_member "=${1%% *}" json_get "${1#* }"; }

# $1 the file, as "=PATH", $2 json_get, json_compact, json_put or json_drop, $3 the member, $4 the file of its
# new text.
json_member() {
	look_up "$1"
	"$2" "$3" "${4-}" <"$SEEN_FILE" ||
		fail "${1#=}" "it is not a plain JSON object" '' \
			"correct it or move it away, as $ACCOUNT, then run again"
}

# $1 name, $2 value.
# root scratch: a part of a file of the home, below $WORK.
line_set() {
	local file="=${1%% *}" new
	if [ "$2" != present ] && is_login_of_account; then
		say "kept: $(line_label "$1"), because this run is logged in as $ACCOUNT, perhaps with that key"
		STAYS_AS_IT_IS=yes
		return 0
	fi
	see_paths "$file"
	new=$(new_part)
	if [ "$2" = present ]; then
		home_bytes "$file" >"$new"
		end_last_line "$new"
		printf '%s\n' "${1#* }" >>"$new"
	else
		# Whatever is in the file is text. A status above 1 is a failure, and not an empty rest.
		home_bytes "$file" >"$WORK/home/whole"
		grep -avxF -e "${1#* }" <"$WORK/home/whole" >"$new" || [ $? = 1 ]
	fi
	set_part "$file" "$2" '' "$new"
}

# $1 the file.
# root scratch: a part of a file of the home, below $WORK.
end_last_line() {
	case $(tail -c 1 "$1" | od -An -tx1) in
	'' | ' 0a') ;;
	*) echo >>"$1" ;;
	esac
}

# $1 name, $2 value, $3 the file of its text.
# root scratch: a part of a file of the home, below $WORK.
member_set() {
	local file="=${1%% *}" new
	see_paths "$file"
	new=$(new_part)
	case $2 in
	sum*) json_member "$file" json_put "${1#* }" "$3" >"$new" ;;
	*) json_member "$file" json_drop "${1#* }" >"$new" ;;
	esac
	set_part "$file" "$2" '{}' "$new"
}

# A file for the new content, which stays until it is written.
new_part() { mktemp "$WORK/home/part.XXXXXX"; }

# The file keeps its mode, and goes where there was none before and nothing is in it. $1 the file, as
# "=PATH", $2 the part's value, $3 what a file without parts holds, $4 the file of the new content.
set_part() {
	local mode
	if [ "$2" = nofile ] && [ "$(tr -d ' \t\n' <"$4")" = "$3" ]; then
		home_set "$1" absent -
		return 0
	fi
	look_up "$1"
	mode=${SEEN_VALUE#file }
	mode=${mode%% *}
	if [ "$mode" = absent ]; then mode=600; fi
	home_set "$1" "file $mode $(sum_of "$4")" "$4"
}

line_settled() { home_settled; }
line_was_written() { home_was_written; }
line_label() { printf 'a line of %s' "${1%% *}"; }
member_settled() { home_settled; }
member_was_written() { home_was_written; }
member_label() { printf '%s in %s' "${1#* }" "${1%% *}"; }

# $1 path, $2 member, $3 the file with its JSON text.
want_member() {
	want_home_parents "$1"
	want member "$1 $2" "sum $(sum_of "$3")" "$3"
}
