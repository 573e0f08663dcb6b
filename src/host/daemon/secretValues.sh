# Secret values, for root alone: $OWN/values is the document of the step secrets. It is replaced
# when the daemon runs with the new ones; until then they are in $WORK/values.

# The directory with the values that count, as a document's is. There may be none.
unpacked_secrets() {
	local file=$WORK/values
	if [ ! -e "$file" ]; then file=$OWN/values; fi
	if [ ! -d "$WORK/secrets" ] && [ -s "$file" ]; then read_document "$file" "$WORK/secrets"; fi
	printf '%s/secrets' "$WORK"
}

# Names of those that the daemon reads, as its document lists them.
secret_names() {
	local dir
	dir=$(unpacked_secrets)/json
	names_below "$dir/" "$dir"/daemon.json/* "$dir"/environment/* "$dir"/tls/*
}

# The registries that have logins, in the same way.
registry_names() {
	local dir
	dir=$(unpacked_secrets)/json/registryAuth
	names_below "$dir/" "$dir"/*
}

# $1 what they begin with, then paths. A pattern that matches nothing is none.
names_below() {
	local start=$1 file names=''
	shift
	for file in "$@"; do
		if [ -e "$file" ]; then names="$names ${file#"$start"}"; fi
	done
	printf '%s' "${names# }"
}

# True if the daemon has read secret values at its start, now or before: its journal may quote them.
has_daemon_secrets() {
	grep -qsE '^(environment|daemon[.]json|tls)/' "$OWN/values" "$WORK/values"
}

# True if daemon.json has secret values: what dockerd says of it may quote them.
has_secrets_in_daemon_json() { [ -n "$(ls "$(unpacked_secrets)/json/daemon.json" 2>/dev/null)" ]; }

# Copies text, without user and password of URLs, which somebody may have set elsewhere.
without_logins_of_urls() {
	sed -E 's|//[^ \t"<>]*@|//[secret]@|g
		s|[^] \t"<>()[{}=,;/]+:[^ \t"<>/]+@|[secret]@|g'
}
