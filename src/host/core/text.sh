# Texts as people and JSON may have them, whoever has chosen a part of them.

# The text $1 as people may see it: one line without control characters, of 2000 bytes at most.
shown() {
	case $1 in
	*[!\ -~]* | *'<{%'*)
		set -- "$(printf '%s' "$1" | head -c 8000 | tr '\n\t' '  ' | without_controls)"
		;;
	esac
	if [ ${#1} -le 2000 ]; then
		printf '%s' "$1"
	else
		printf '%s...' "$(printf '%s' "$1" | head -c 2000 | without_controls)"
	fi
}

# Copies text, with ? in place of each control character: C0 but newline and tab, DEL, C1, and what
# turns the direction of a line. Bytes that are no UTF-8 are left out. The Pulumi CLI reads <{% as a
# colour and panics at one that it does not know, so that gets a ? too.
without_controls() {
	tr '\000-\010\013-\037\177' '?' | iconv -c -f UTF-8 -t UTF-8 |
		sed 's/\o302[\o200-\o237]/?/g
			s/\o342\o200[\o213-\o217\o250-\o256]/?/g; s/\o342\o201[\o240-\o257]/?/g; s/<{%/<?%/g'
}

# Most texts hold nothing to escape, and need no programs for that. $1 the text.
json_string() {
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
