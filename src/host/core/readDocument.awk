# Reads a document, and writes two files for each key: dir/json/KEY has the value as it is written,
# dir/text/KEY what a text stands for. A copy of the document is in dir/document. If it is the same
# as another document, there is dir/is-same.
#
# Variables: dir; other, the path of the other document; end, the last line of a whole document;
# part, for messages; comes_over_connection, not empty if the document may be cut short.

BEGIN {
	no_document = 3
	plain["n"] = "\n"
	plain["t"] = "\t"
	plain["r"] = "\r"
	plain["b"] = "\b"
	plain["f"] = "\f"
}

{ is_whole = ($0 == end) }

# For Pulumi alone: parts of the agent, that there was a password, and what asks for a run.
/^#|^recheck: / { next }

{
	print > (dir "/document")
	if ((getline line < other) <= 0 || line != $0) differs = 1
	at = index($0, ": ")
	key = substr($0, 1, at - 1)
	value = substr($0, at + 2)
	if (at == 0 || !is_key(key)) {
		print part ": line " NR " of the document is not \"key: value\"" > "/dev/stderr"
		failed = 1
		exit no_document
	}
	write_json(dir "/json/" key, value)
	write_text(dir "/text/" key, value)
}

# "exit" above comes here, too.
END {
	if (failed) exit no_document
	if (comes_over_connection && !is_whole) {
		print part ": document: it was cut short. To fix: run pulumi up again, " \
			"then the command that failed" > "/dev/stderr"
		exit no_document
	}
	if (!differs && (getline line < other) <= 0) printf "" > (dir "/is-same")
}

# A path below a directory that leads nowhere else.
function is_key(key) {
	return key ~ /^[A-Za-z0-9_][A-Za-z0-9._:\/-]*$/ && key !~ /\.\.|\/\/|\/$/
}

function write_json(file, value) {
	printf "%s", value > file
	close(file)
}

function write_text(file, value) {
	if (value ~ /^"/) write_decoded(file, substr(value, 2, length(value) - 2))
	else printf "%s", value > file
	close(file)
}

# Writes a text of JSON without its escapes. It is split at backslashes, so that a long text takes
# time in proportion to its length.
function write_decoded(file, text,   parts, count, i, character) {
	count = split(text, parts, "\\")
	printf "%s", parts[1] > file
	for (i = 2; i <= count; i++) {
		character = substr(parts[i], 1, 1)
		if (character == "") {
			# Of two backslashes, after which another part begins.
			i++
			printf "\\%s", parts[i] > file
		} else if (character == "u") {
			printf "%s%s", utf8(number_of(substr(parts[i], 2, 4))), substr(parts[i], 6) > file
		} else if (character in plain) {
			printf "%s%s", plain[character], substr(parts[i], 2) > file
		} else {
			printf "%s", parts[i] > file
		}
	}
}

# The bytes of a character below U+10000.
function utf8(code) {
	if (code < 128) return sprintf("%c", code)
	if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
	return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
}

# The number that hexadecimal digits stand for.
function number_of(digits,   i, number) {
	number = 0
	for (i = 1; i <= length(digits); i++)
		number = 16 * number + index("0123456789abcdef", tolower(substr(digits, i, 1))) - 1
	return number
}
