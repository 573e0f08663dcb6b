# Prints the lines of its last file with [secret] in the place of secret values, and of user and
# password in URLs. The files before it are documents with the secret values; "said=1" stands before
# the last one. Each text and number in a value is secret, and each line of it, as it is and as JSON
# has it.

said {
	print redacted(substr($0, 1, 4000))
	next
}

{
	is_login = /^registryAuth\//
	rest = substr($0, index($0, ": ") + 2)
	while (match(rest, /"([^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/)) {
		text = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		# Before a colon it is the name of a member.
		if (rest !~ /^:/) add_text(text)
	}
}

# Uses is_login: of a login the password is secret by itself, too.
function add_text(text,   lines, count, at) {
	gsub(/^"|"$/, "", text)
	count = split(text, lines, /(\\r)?\\n/)
	if (is_login) lines[++count] = substr(text, index(text, ":") + 1)
	for (at = 1; at <= count; at++) {
		add_secret(lines[at])
		add_secret(decoded(lines[at]))
	}
}

# The secrets are in "secrets", the longest first, and their number is "secret_count".
function add_secret(text,   at) {
	if (text == "" || text in known) return
	known[text]
	secret_count++
	for (at = secret_count; at > 1 && length(secrets[at - 1]) < length(text); at--)
		secrets[at] = secrets[at - 1]
	secrets[at] = text
}

# A text of JSON as it is.
function decoded(text) {
	gsub(/\\"/, "\"", text)
	gsub(/\\t/, "\t", text)
	gsub(/\\\\/, "\\", text)
	return text
}

# While a line is searched, a control character stands for [secret], so that no secret is found in
# that word.
function redacted(line,   i, at) {
	for (i = 1; i <= secret_count; i++)
		while (at = index(line, secrets[i]))
			line = substr(line, 1, at - 1) "\001" substr(line, at + length(secrets[i]))
	gsub("\001", "[secret]", line)
	gsub(/\/\/[^ \t"<>]*@/, "//[secret]@", line)
	gsub(/[^] \t"<>()[{}=,;\/]+:[^ \t"<>\/]+@/, "[secret]@", line)
	return line
}
