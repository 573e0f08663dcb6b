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
# password in URLs: what other programs say may quote what they read. The values of before count,
# too.
without_secrets() {
	set --
	[ ! -e "$OWN/values" ] || set -- "$OWN/values"
	[ ! -e "$WORK/values" ] || set -- "$@" "$WORK/values"
	awk "$WITHOUT_SECRETS_AWK" "$@" said=1 -
}
