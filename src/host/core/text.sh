# shellcheck shell=dash
# Texts as people and JSON may have them, whoever has chosen a part of them.

# What others have named, on one line without control characters.
printable() { shown "$(head -c 8000 | tr -d '\000')"; }

# Between their parts: a character that no text here has.
SEPARATOR=$(printf '\037')

# A text as people may see it, whoever has chosen a part of it: one line, without what a terminal
# takes for a command or a finding for its separator, and of 2000 bytes at most.
shown() {
	case $1 in
	*[!\ -~]*) set -- "$(printf '%s' "$1" | head -c 8000 | tr '\n\t' '  ' | without_controls)" ;;
	esac
	if [ ${#1} -le 2000 ]; then
		printf '%s' "$1"
	else
		printf '%s...' "$(printf '%s' "$1" | head -c 2000 | without_controls)"
	fi
}

# Copies text, with ? in place of each control character: C0 but newline and tab, DEL, C1, and what
# turns the direction of a line. What is no UTF-8, such as a C1 that is one byte, is left out.
without_controls() {
	tr '\000-\010\013-\037\177' '?' | iconv -c -f UTF-8 -t UTF-8 |
		sed 's/\o302[\o200-\o237]/?/g
			s/\o342\o200[\o213-\o217\o250-\o256]/?/g; s/\o342\o201[\o240-\o257]/?/g'
}

json_string() {
	# Most texts hold nothing to escape, and need no programs for that.
	case $1 in
	*[!A-Za-z0-9\ .,:\;_/=+@~\'\(\)\[\]-]*) ;;
	*)
		printf '"%s"' "$1"
		return 0
		;;
	esac
	printf '"'
	printf '%s' "$1" | tr -d '\000-\010\013-\037' | sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g' |
		awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
	printf '"'
}

# A field of a line of passwd(5) or group(5). $1 the line, $2 which one, from 1.
entry_field() {
	local rest=$1: number=$2
	while [ "$number" -gt 1 ]; do
		rest=${rest#*:}
		number=$((number - 1))
	done
	printf '%s' "${rest%%:*}"
}

# What follows the name in the first line of a record that begins with it, where there is one. $1
# the name, $2 the file.
record_value() {
	local line
	[ -f "$2" ] || return 0
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		"$1 "*)
			printf '%s' "${line#"$1 "}"
			return 0
			;;
		esac
	done <"$2"
}
