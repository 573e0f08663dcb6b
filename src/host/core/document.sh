# The desired state: one flat YAML document, one "key: value" a line, each value one line of JSON.
# Every key becomes two files, so that no value ever passes through the shell's own parser:
# $DOC/text/KEY (strings decoded) and $DOC/json/KEY (as written).

# The directories that keys with a "/" need, each after a blank. $1 the document's directory.
document_directories() {
	local dir
	for dir in certs.d daemon.json docker.service environment modprobe.d registryAuth sysctl.d \
		tls; do
		printf ' %s/text/%s %s/json/%s' "$1" "$dir" "$1" "$dir"
	done
}

# Ends a document that comes over a connection: without this line it is not whole, and nothing of it
# counts.
DOCUMENT_END='# end'

# $1 the document, or "-" for one on stdin, which has to be whole, $2 the directory to read it into, $3
# another document. A copy is in $2/document. If it is the same as the other one, there is
# $2/is-same.
read_document() {
	# shellcheck disable=SC2046 # paths without blanks
	[ -d "$2/text" ] || mkdir -p $(document_directories "$2")
	awk -v dir="$2" -v other="${3-/dev/null}" -v end="$DOCUMENT_END" -v part="$PART" \
		-v comes_over_connection="$([ "$1" != - ] || echo yes)" '
		function utf8(n) {
			if (n < 128) return sprintf("%c", n)
			if (n < 2048) return sprintf("%c%c", 192 + int(n / 64), 128 + n % 64)
			return sprintf("%c%c%c", 224 + int(n / 4096), 128 + int(n / 64) % 64, 128 + n % 64)
		}
		function hex(s,   i, n) {
			s = tolower(s)
			n = 0
			for (i = 1; i <= length(s); i++)
				n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
			return n
		}
		# Splits at backslashes, so that a long value takes time in proportion to its length.
		function print_decoded(s, file,   parts, count, i, p, c) {
			count = split(s, parts, "\\")
			printf "%s", parts[1] > file
			for (i = 2; i <= count; i++) {
				p = parts[i]
				c = substr(p, 1, 1)
				if (p == "") { i++; printf "\\%s", parts[i] > file }
				else if (c == "u") printf "%s%s", utf8(hex(substr(p, 2, 4))), substr(p, 6) > file
				else printf "%s%s", (c in plain ? plain[c] : c), substr(p, 2) > file
			}
		}
		BEGIN {
			plain["n"] = "\n"; plain["t"] = "\t"; plain["r"] = "\r"
			plain["b"] = "\b"; plain["f"] = "\f"
		}
		{ is_whole = $0 == end }
		# For Pulumi alone: parts of the agent, that there was a password, and what asks for a run.
		/^#|^recheck: / { next }
		{
			print > (dir "/document")
			if ((getline before < other) <= 0 || before != $0) differs = 1
			at = index($0, ": ")
			key = substr($0, 1, at - 1)
			value = substr($0, at + 2)
			if (at == 0 || key !~ /^[A-Za-z0-9_][A-Za-z0-9._:\/-]*$/ || key ~ /\.\.|\/\/|\/$/) {
				print part ": line " NR " of the document is not \"key: value\"" > "/dev/stderr"
				failed = 1
				exit 3
			}
			text = dir "/text/" key
			json = dir "/json/" key
			printf "%s", value > json
			close(json)
			if (value ~ /^"/) print_decoded(substr(value, 2, length(value) - 2), text)
			else printf "%s", value > text
			close(text)
		}
		END {
			if (failed) exit 3
			if (comes_over_connection && !is_whole) {
				print part ": document: found it cut short; wanted all of it. To fix: run pulumi up " \
					"again, then what you have run" > "/dev/stderr"
				exit 3
			}
			if (!differs && (getline before < other) <= 0) print > (dir "/is-same")
		}
	' "$1"
}

# True where the document has the key.
has() { [ -e "$DOC/text/$1" ]; }

# The value of a key, empty where there is none. Trailing newlines are lost: read the file itself
# ("$DOC/text/KEY") where they matter.
doc() {
	local line=''
	[ -e "$DOC/text/$1" ] || return 0
	while IFS= read -r line; do printf '%s\n' "$line"; done <"$DOC/text/$1"
	printf '%s' "$line"
}
