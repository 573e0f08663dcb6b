# shellcheck shell=dash
# Secret values, for root alone: $STATE/leases/LEASE/values is the document of the step secrets. It
# is replaced when the daemon runs with the new ones; until then they are in $WORK/values.

# The document with the values that count.
values_file() {
	local file
	for file in "$WORK/values" "$STATE/leases/$LEASE/values"; do
		[ ! -f "$file" ] || break
		file=/dev/null
	done
	printf '%s' "$file"
}

# The directory that they are in, as a document's is; it is not there where there are none.
secrets_directory() {
	local file
	file=$(values_file)
	[ -d "$WORK/secrets" ] || [ ! -s "$file" ] || read_document "$file" "$WORK/secrets"
	printf '%s/secrets' "$WORK"
}

sum_of_values() {
	local file
	file=$(values_file)
	if [ -s "$file" ]; then sum_of "$file"; else printf none; fi
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

# Lines of stdin with [secret] in the place of this installation's secret values, and of user and
# password in URLs: what other programs say may quote what they read. A value counts whole, as it
# is, as JSON has it and as a URL has it.
without_secrets() {
	secret_words >"$WORK/secret-words"
	awk -v words="$WORK/secret-words" '
		# Short ones count where they stand alone.
		function hide(line, word,   at, done, end, around, alone) {
			while (at = index(line, word)) {
				end = at + length(word)
				done = done substr(line, 1, at - 1)
				around = substr(" " done, length(done) + 1) substr(line, end, 1)
				alone = length(word) > 3 || around !~ /[A-Za-z0-9_]/
				done = done (alone ? "[secret]" : word)
				line = substr(line, end)
			}
			return done line
		}
		BEGIN { while ((getline word <words) > 0) known[++count] = word }
		{
			line = substr($0, 1, 4000)
			for (at = 1; at <= count; at++) line = hide(line, known[at])
			gsub(/\/\/[^ \t"<>]*@/, "//[secret]@", line)
			gsub(/[^] \t"<>()[{}=,;\/]+:[^ \t"<>\/]+@/, "[secret]@", line)
			print line
		}'
}

# Texts and numbers inside the values, and lines of them, the longest first; those of before, too,
# which a daemon may still have.
secret_words() {
	local values=$WORK/secrets.recorded
	[ -d "$values" ] || [ ! -f "$STATE/leases/$LEASE/values" ] ||
		read_document "$STATE/leases/$LEASE/values" "$values"
	for values in "$(secrets_directory)" "$values"; do
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
