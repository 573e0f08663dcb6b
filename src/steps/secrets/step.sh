# shellcheck shell=dash
# secrets: the secret values of environment and daemon.json, kept for root alone until the daemon step
# (or an earlier one's daemon) uses them.

secrets_directory() { printf '%s/leases/%s/values' "$STATE" "$LEASE"; }

secrets_apply() {
	local values
	values=$(secrets_directory)
	umask 077
	mkdir -p "$values.new"
	read_document "$WORK/document" "$values.new"
	if [ -d "$values" ] && diff -r "$values" "$values.new" >/dev/null; then
		rm -rf "$values.new"
		return 0
	fi
	want secretvalues "$LEASE" kept
	rm -rf "$values"
	mv "$values.new" "$values"
	changed "$(find "$values/json" -type f | wc -l) secret values stored"
	umask 022
	# A rotated value reaches a daemon that is there already. Where names came or went, the daemon
	# step's own document changes too, and that step follows.
	if daemon_document="$STATE/leases/$LEASE/daemon" && [ -e "$daemon_document" ] &&
		know_account "$(cat "$STATE/leases/$LEASE/account")"; then
		DOC=$WORK/daemon
		read_document "$daemon_document" "$DOC"
		if [ "$(doc secrets)" = "$(secret_names)" ]; then STEP=daemon apply_daemon_files; fi
	fi
}

secret_names() {
	(cd "$(secrets_directory)/json" && find . -type f -printf '%P\n' | sort | paste -s -d ' ')
}

secretvalues_save() { :; }
secretvalues_restore() { rm -rf "$STATE/leases/$1/values"; }
