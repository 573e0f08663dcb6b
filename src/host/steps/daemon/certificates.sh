# shellcheck shell=dash
# Certificates of authorities that the daemon trusts for a registry: it reads them whenever it asks that one.

want_registry_certificates() {
	local file
	for file in "$DOC"/text/certs.d/*; do
		[ ! -e "$file" ] ||
			want_home_file "$ACCOUNT_HOME/.config/docker/certs.d/${file##*/}/ca.crt" 644 "$file"
	done
}
