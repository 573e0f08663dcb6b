# shellcheck shell=dash
# What other programs say (a journal, dockerd's check of its configuration) may quote what they read.

# Copies lines from stdin to stdout with [secret] in the place of whatever they hold of the secret
# values of any installation, and of a user and password in any URL or before any host. A program
# may quote a value in part, with escapes, or a line of it: ten characters in a row that stand in a
# value are a part of it; shorter values count as they are, and those of less than four characters
# where they stand alone.
without_secrets() {
	local strings=$WORK/secret-strings
	rm -rf "$strings"
	secret_strings | for_root_alone read_document - "$strings"
	find "$strings/text" -type f >"$strings/list"
	awk -v list="$strings/list" '
		function learn(value,   i) {
			if (length(value) < 4) { if (value != "") words[value] }
			else if (length(value) < 10) parts[value]
			else for (i = 1; i <= length(value) - 9; i++) tens[substr(value, i, 10)]
		}
		# What stands before the host, with a scheme or without: a user and a password, or a token alone. In a
		# malformed URL, what is said ends at the sign that should not have been in the password.
		function learn_password(value,   password, pieces, count) {
			if (!match(value, /.*@/)) return
			password = substr(value, 1, RLENGTH - 1)
			sub(/^[^\/]*\/\//, "", password)
			sub(/^[^:]*:/, "", password)
			learn(password)
			count = split(password, pieces, /[\/?#:@%]/)
			while (count > 0) learn(pieces[count--])
		}
		# As it stands in a URL.
		function in_url(value,   shown, at, sign) {
			for (at = 1; at <= length(value); at++) {
				sign = substr(value, at, 1)
				shown = shown (sign ~ /[A-Za-z0-9._~-]/ ? sign : sprintf("%%%02X", code[sign]))
			}
			return shown
		}
		# As a program writes it inside quotes, and inside quotes in quotes; and as what the account says
		# comes here, which is in ASCII.
		function learn_quoted(value,   pass) {
			learn(in_url(value))
			for (pass = 0; pass < 3; pass++) {
				learn(value)
				learn_password(value)
				gsub(/\\/, "&&", value)
				gsub(/"/, "\\\"", value)
				gsub(/\t/, "\\t", value)
			}
			if (gsub(/[^ -~]/, "?", value)) learn(value)
		}
		function hide(from, count) { while (count-- > 0) hidden[from++] }
		function hide_all(line, value, alone,   done, at) {
			while (at = index(substr(line, done + 1), value)) {
				at += done
				if (!alone || (substr(" " line, at, 1) substr(line " ", at + length(value), 1)) !~ /[A-Za-z0-9_]/)
					hide(at, length(value))
				done = at
			}
		}
		function hide_userinfo(line,   done) {
			while (match(substr(line, done + 1), /\/\/[^ \t"<>]*@/)) {
				hide(done + RSTART + 2, RLENGTH - 3)
				done += RSTART + RLENGTH - 1
			}
			hide_user_before_host(line)
		}
		# user:password@host, and not the digest of an image (name:tag@sha256:...). Backwards from each "@": a
		# pattern would take a time that grows with the square of a long line.
		function hide_user_before_host(line,   pieces, count, i, at, from) {
			count = split(line, pieces, "@")
			for (i = 1; i < count; i++) {
				at += length(pieces[i]) + 1
				from = length(pieces[i])
				while (from > 0 && substr(pieces[i], from, 1) !~ /[] \t"<>()[{}=,;\/]/) from--
				if (substr(pieces[i], from + 1) ~ /^[^:]+:/ && pieces[i + 1] !~ /^sha[0-9]+:/)
					hide(at - length(pieces[i]) + from, length(pieces[i]) - from)
			}
		}
		BEGIN {
			for (at = 1; at < 256; at++) code[sprintf("%c", at)] = at
			while ((getline file <list) > 0) {
				while ((getline value <file) > 0) {
					sub(/\r$/, "", value)
					learn_quoted(value)
				}
				close(file)
			}
		}
		{
			# What is looked for in a line takes more than its length in time.
			if (length($0) > 4000) $0 = substr($0, 1, 4000) "..."
			split("", hidden)
			for (at = 1; at <= length($0) - 9; at++) if (substr($0, at, 10) in tens) hide(at, 10)
			for (value in parts) hide_all($0, value, 0)
			for (value in words) hide_all($0, value, 1)
			hide_userinfo($0)
			shown = ""
			for (at = 1; at <= length($0); at++) {
				if (!(at in hidden)) shown = shown substr($0, at, 1)
				else if (!((at - 1) in hidden)) shown = shown "[secret]"
			}
			print shown
		}
	'
	rm -rf "$strings"
}

# Every text and number inside the secret values of the machine, names in objects too, as a document of its
# own: a step may start the daemon of another installation, or one that still reads earlier values. A run that
# keeps none on the disk has its own in $WORK/values.
secret_strings() {
	find "$STATE"/leases/*/values* "$WORK"/values* -path '*/json/*' -type f -exec awk '
		{
			while (match($0, /"([^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/)) {
				printf "s%d: %s\n", ++count, substr($0, RSTART, RLENGTH)
				$0 = substr($0, RSTART + RLENGTH)
			}
		}
	' {} + 2>/dev/null || true
}
