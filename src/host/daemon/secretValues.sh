# shellcheck shell=dash
# Secret values: the document of the step secrets is their record, for root alone ($STATE/leases/LEASE/secrets). In a
# run of that step the values are those of its own document.

# The directory with the values, as a document's is.
secrets_directory() {
	local record=$STATE/leases/$LEASE/secrets
	[ -d "$WORK/secrets" ] || {
		[ -f "$record" ] || record=/dev/null
		read_document "$record" "$WORK/secrets"
	}
	printf '%s/secrets' "$WORK"
}

# Names of those that the daemon reads, as its document lists them.
secret_names() {
	local dir file names=''
	dir=$(secrets_directory)/json
	for file in "$dir"/daemon.json/* "$dir"/environment/* "$dir"/tls/*; do
		[ ! -e "$file" ] || names="$names ${file#"$dir/"}"
	done
	printf '%s' "${names# }"
}

# The sum of all of them, with their names.
sum_of_secrets() {
	(cd "$(secrets_directory)/json" && find . -mindepth 2 -type f -exec sha256sum {} +) | sort | sha256sum | cut -c 1-64
}

# Lines of stdin with [secret] in the place of this installation's secret values, and of user and password in URLs:
# what other programs say may quote what they read. A value counts whole, as it is, as JSON has it and as a URL has it.
without_secrets() {
	secret_words >"$WORK/secret-words"
	awk -v words="$WORK/secret-words" '
		function in_url(value,   shown, at, sign) {
			for (at = 1; at <= length(value); at++) {
				sign = substr(value, at, 1)
				shown = shown (sign ~ /[A-Za-z0-9._~-]/ ? sign : sprintf("%%%02X", code[sign]))
			}
			return shown
		}
		# Short ones count where they stand alone.
		function hide(line, word,   at, done, end, around) {
			while (at = index(line, word)) {
				end = at + length(word)
				around = substr(" " done substr(line, 1, at - 1), length(done) + at, 1) substr(line, end, 1)
				if (length(word) < 4 && around ~ /[A-Za-z0-9_]/) done = done substr(line, 1, end - 1)
				else done = done substr(line, 1, at - 1) "[secret]"
				line = substr(line, end)
			}
			return done line
		}
		BEGIN {
			for (at = 1; at < 256; at++) code[sprintf("%c", at)] = at
			while ((getline word <words) > 0) {
				known[++count] = word
				known[++count] = in_url(word)
			}
		}
		{
			line = substr($0, 1, 4000)
			for (at = 1; at <= count; at++) line = hide(line, known[at])
			gsub(/\/\/[^ \t"<>]*@/, "//[secret]@", line)
			gsub(/[^] \t"<>()[{}=,;\/]+:[^ \t"<>\/]+@/, "[secret]@", line)
			print line
		}'
}

# Texts and numbers inside the values, and lines of them, the longest first: those of this run, and those of the last
# complete one, which a daemon may have still.
secret_words() {
	local values
	[ ! -f "$STATE/leases/$LEASE/secrets" ] || [ -d "$WORK/secrets.recorded" ] ||
		read_document "$STATE/leases/$LEASE/secrets" "$WORK/secrets.recorded"
	for values in "$(secrets_directory)" "$WORK/secrets.recorded"; do
		[ -d "$values" ] || continue
		find "$values/text/" -mindepth 2 -type f -exec awk '{ sub(/\r$/, ""); print }' {} +
		find "$values/json/" -mindepth 2 -type f -exec awk '{
			while (match($0, /"([^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/)) {
				word = substr($0, RSTART, RLENGTH)
				$0 = substr($0, RSTART + RLENGTH)
				gsub(/^"|"$/, "", word)
				print word
				if (gsub(/\\"/, "\"", word) + gsub(/\\\\/, "\\", word)) print word
			}
		}' {} +
	done | awk 'length > 0 && !seen[$0]++ { print length "\t" $0 }' | sort -rn | cut -f 2-
}
