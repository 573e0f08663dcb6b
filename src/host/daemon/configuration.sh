# shellcheck shell=dash
# What the account's daemon.json says, whichever step's document this run has.

# A text of the account's daemon.json, whichever step's document this run has. $1 key.
daemon_json_text() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" | head -n 1 | head -c 4096
}

# A truth value or number of it. $1 key.
daemon_json_word() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \([a-z0-9]*\),\{0,1\}\$/\1/p" | head -n 1 | head -c 64
}

daemon_data_root() {
	local root
	root=$(daemon_json_text data-root)
	printf '%s' "${root:-$ACCOUNT_HOME/.local/share/docker}"
}
