# Secret values, for root alone: $OWN/values is the document of the step secrets. It is replaced
# when the daemon runs with the new ones; until then they are in $WORK/values.

# The directory with the values that count, as a document's is. There may be none.
secrets_directory() {
	local file=$WORK/values
	[ -e "$file" ] || file=$OWN/values
	[ -d "$WORK/secrets" ] || [ ! -s "$file" ] || read_document "$file" "$WORK/secrets"
	printf '%s/secrets' "$WORK"
}

# Names of those that the daemon reads, as its document lists them.
secret_names() {
	local dir
	dir=$(secrets_directory)/json
	names_below "$dir/" "$dir"/daemon.json/* "$dir"/environment/* "$dir"/tls/*
}

# The registries that have logins, in the same way.
registry_names() {
	local dir
	dir=$(secrets_directory)/json/registryAuth
	names_below "$dir/" "$dir"/*
}

# $1 what they begin with, then paths. A pattern that matches nothing is none.
names_below() {
	local start=$1 file names=''
	shift
	for file in "$@"; do [ ! -e "$file" ] || names="$names ${file#"$start"}"; done
	printf '%s' "${names# }"
}

# Lines of stdin with [secret] in the place of this installation's secret values, and of user and
# password in URLs: what other programs say may quote what they read. Each text and number in a
# value counts, and each line of it, as it is and as JSON has it. The values of before count, too.
without_secrets() {
	set --
	[ ! -e "$OWN/values" ] || set -- "$OWN/values"
	[ ! -e "$WORK/values" ] || set -- "$@" "$WORK/values"
	awk '
		# The longest stand first.
		function add(word,   at) {
			if (word == "" || word in known) return
			known[word]
			for (at = ++count; at > 1 && length(words[at - 1]) < length(word); at--)
				words[at] = words[at - 1]
			words[at] = word
		}
		said {
			line = substr($0, 1, 4000)
			for (word = 1; word <= count; word++)
				while (at = index(line, words[word]))
					line = substr(line, 1, at - 1) "\001" substr(line, at + length(words[word]))
			gsub("\001", "[secret]", line)
			gsub(/\/\/[^ \t"<>]*@/, "//[secret]@", line)
			gsub(/[^] \t"<>()[{}=,;\/]+:[^ \t"<>\/]+@/, "[secret]@", line)
			print line
			next
		}
		{
			is_login = /^registryAuth\//
			$0 = substr($0, index($0, ": ") + 2)
			while (match($0, /"([^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/)) {
				text = substr($0, RSTART, RLENGTH)
				$0 = substr($0, RSTART + RLENGTH)
				# The name of a member.
				if (/^:/) continue
				gsub(/^"|"$/, "", text)
				parts = split(text, part, /(\\r)?\\n/)
				if (is_login) part[++parts] = substr(text, index(text, ":") + 1)
				for (at = 1; at <= parts; at++) {
					add(part[at])
					gsub(/\\"/, "\"", part[at])
					gsub(/\\t/, "\t", part[at])
					gsub(/\\\\/, "\\", part[at])
					add(part[at])
				}
			}
		}' "$@" said=1 -
}
