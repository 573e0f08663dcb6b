# The desired state: one flat YAML document, one "key: value" a line, each value one line of JSON.
# Every key becomes two files, so that no value ever passes through the shell's own parser:
# $DOC/text/KEY (strings decoded) and $DOC/json/KEY (as written).

# The directories that keys with a "/" need, each after a blank. $1 the document's directory.
document_directories() {
	local dir
	for dir in certs.d credHelpers daemon.json docker.service environment modprobe.d registryAuth \
		sysctl.d tls; do
		printf ' %s/text/%s %s/json/%s' "$1" "$dir" "$1" "$dir"
	done
}

# Ends a document that comes over a connection: without this line it is not whole, and nothing of it
# counts.
DOCUMENT_END='# end'

# $1 the document, or "-" for one on stdin, which has to be whole, $2 the directory to read it into, $3
# another document. A copy is in $2/document. If it is the same as the other one, there is
# $2/is-same.
# root scratch: $2 is below $WORK.
read_document() {
	# shellcheck disable=SC2046 # paths without blanks
	[ -d "$2/text" ] || mkdir -p $(document_directories "$2")
	awk -v dir="$2" -v other="${3-/dev/null}" -v end="$DOCUMENT_END" -v part="$PART" \
		-v comes_over_connection="$([ "$1" != - ] || echo yes)" "$READ_DOCUMENT_AWK" "$1"
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
