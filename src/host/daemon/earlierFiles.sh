# shellcheck shell=dash
# A daemon that runs goes on with its earlier files where it does not start with the new ones.

# Before a step writes what the daemon reads: copies of it in $WORK/earlier, as long as the daemon runs with just that,
# and the installation's claims on it. What somebody else has changed is not what it was started with.
keep_earlier_files() {
	local config=$ACCOUNT_HOME/.config path
	daemon_is_up || return 0
	note_other_files
	[ ! -e "$WORK/other-files" ] || return 0
	for path in "$config/systemd/user/docker.service" "$config/docker/daemon.json" "$config/docker/environment" \
		"$config"/docker/tls/ca.pem "$config"/docker/tls/cert.pem "$config"/docker/tls/key.pem; do
		keep_earlier_file "$path" "$WORK/earlier/${path##*/}" || {
			rm -rf "$WORK/earlier"
			return 0
		}
	done
}

# False where it is not what this package has written: the account may have exchanged it since. $1 path, $2 the
# directory for it.
keep_earlier_file() {
	local dir claim
	dir=$(resource_directory homefile "$1")
	is_claimed_by "$LEASE" "$dir/claims" || return 0
	mkdir -p "$2/claims"
	printf '%s' "$1" >"$2/path"
	account_file "$1" >"$2/content" || return 1
	for claim in "$dir/claims/$LEASE".*; do
		[ "$(tail -n +2 "$claim" | cut -d ' ' -f 2)" = "$(sha256sum <"$2/content" | cut -c 1-64)" ] || return 1
		tail -n +2 "$claim" | cut -d ' ' -f 1 >"$2/mode"
		cp "$claim" "$2/claims"
	done
}

# In a subshell. A run that is killed meanwhile leaves the next one a daemon of which it is unknown what it was started
# with.
run_with_earlier_files() {
	local kept dir
	dir=$(resource_directory userdaemon "$ACCOUNT")
	user_systemctl stop docker.service 2>/dev/null || true
	call_if_there "${STEP}_with_earlier_files"
	for kept in "$WORK"/earlier/*; do restore_earlier_file "$kept"; done
	[ ! -e "$WORK/earlier/daemon.json" ] || note_daemon_json "$WORK/earlier/daemon.json/content"
	ask_systemctl daemon-reload
	ask_systemctl reset-failed docker.service 2>/dev/null || true
	start_and_wait start
	[ -n "$(storage_driver)" ]
	note_started "$dir" "$(daemon_fingerprint)"
	remember_engine "$dir/engine"
	rm -f "$dir/failed" "$dir/starting"
	sync_host
}

# $1 the directory of the copy.
restore_earlier_file() {
	local path dir claim
	path=$(cat "$1/path")
	dir=$(resource_directory homefile "$path")
	write_path as_account "$path" "$(cat "$1/mode")" <"$1/content"
	for claim in "$1"/claims/*; do
		cp "$claim" "$dir/claim.$LEASE"
		sync "$dir/claim.$LEASE"
		mv "$dir/claim.$LEASE" "$dir/claims/${claim##*/}"
	done
	sync_directories "$dir/claims"
}
