# Kinds line and member: a part of a file that the account and others write, too. Only this part is
# compared, changed and given back. A name is "PATH PART"; the file is read and written as kind home
# has it, where its links lead.

# Kind line: a line of a text file. absent | nofile | present. $1 the name.
line_state() {
	local file value
	file="=${1%% *}"
	value=$(home_state "$file")
	case $value in
	gone) printf gone ;;
	absent) printf nofile ;;
	file*) if home_bytes "$file" | grep -qxF -e "${1#* }"; then printf present; else printf absent; fi ;;
	*) printf 'no file' ;;
	esac
}

# Ends the step where a part has no file to be in. $1 the file, as home_state has it.
need_plain_file() {
	case $(home_state "$1") in
	absent | file*) ;;
	*)
		fail "${1#=}" "that it is no file that $ACCOUNT owns and can read, of 256 KiB at most" \
			"a plain one, or none" "let $ACCOUNT have one there, or take it away, then run again"
		;;
	esac
}

# NEW_PART: a file for the new content, which stays until it is written.
new_part() {
	PARTS=$((${PARTS:-0} + 1))
	NEW_PART=$WORK/home/part$PARTS
}

# $1 name, $2 value.
line_set() {
	local file value=''
	file="=${1%% *}"
	need_plain_file "$file"
	new_part
	if [ "$2" != present ] && is_login_of_account; then
		say "stays: $(line_label "$1"): this run has logged in as $ACCOUNT, perhaps with that key"
		return 0
	fi
	case $2 in
	present)
		home_bytes "$file" | awk 1 >"$NEW_PART"
		printf '%s\n' "${1#* }" >>"$NEW_PART"
		;;
	*)
		home_bytes "$file" | grep -vxF -e "${1#* }" >"$NEW_PART" || true
		if [ "$2" = nofile ] && [ ! -s "$NEW_PART" ]; then value=absent; fi
		;;
	esac
	put_part "$file" "$value" "$NEW_PART"
}

# Keeps the mode that the file has. $1 file, $2 its value, or nothing, $3 its new content.
put_part() {
	local mode
	mode=$(home_state "$1")
	case $mode in
	file*)
		mode=${mode#file }
		mode=${mode%% *}
		;;
	*) mode=600 ;;
	esac
	home_set "$1" "${2:-file $mode $(sum_of "$3")}" "$3"
}

line_settled() { home_settled; }
line_label() { printf 'a line of %s' "${1%% *}"; }

# Kind member: a member of a JSON object, at the top or one below: currentContext, auths/ADDRESS.
# absent | nofile | sum SUM, that of its text. $1 the name.
member_state() {
	local file value
	file="=${1%% *}"
	value=$(home_state "$file")
	case $value in
	gone) printf gone ;;
	absent) printf nofile ;;
	file*)
		# docker writes the file anew with blanks of its own.
		json_member compact "${1#* }" "$file" >"$WORK/member"
		if [ -s "$WORK/member" ]; then printf 'sum %s' "$(sum_of "$WORK/member")"; else printf absent; fi
		;;
	*) printf 'no file' ;;
	esac
}

member_bytes() { json_member get "${1#* }" "=${1%% *}"; }

# $1 get, compact, put or drop, $2 the member, $3 the file; $4 the file of its new text.
json_member() {
	home_bytes "$3" | perl -e "$JSON_MEMBER" "$1" "$2" "${4-}" ||
		fail "${3#=}" "that it is no plain JSON object" "one" \
			"let $ACCOUNT correct it or take it away, then run again"
}

# $1 name, $2 value, $3 the file of its text.
member_set() {
	local file value=''
	file="=${1%% *}"
	need_plain_file "$file"
	new_part
	case $2 in
	sum*) json_member put "${1#* }" "$file" "$3" >"$NEW_PART" ;;
	*)
		json_member drop "${1#* }" "$file" >"$NEW_PART"
		if [ "$2" = nofile ] && [ "$(tr -d ' \t\n' <"$NEW_PART")" = '{}' ]; then value=absent; fi
		;;
	esac
	put_part "$file" "$value" "$NEW_PART"
}

member_settled() { home_settled; }
member_label() { printf '%s in %s' "${1#* }" "${1%% *}"; }

# $1 path, $2 line.
want_home_line() {
	want_home_parents "$1"
	want line "$1 $2" present
}

# $1 path, $2 member, $3 the file with its JSON text.
want_member() {
	want_home_parents "$1"
	want member "$1 $2" "sum $(sum_of "$3")" "$3"
}
