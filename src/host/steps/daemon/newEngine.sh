# shellcheck shell=dash
# What another engine means for the files of a daemon that is there.

# The step engine may have brought one that knows the key, or one that does not know it any more. Before
# this installation's daemon starts with it, daemon.json is composed anew.
follow_engine() {
	[ -e "$STATE/leases/$LEASE/daemon" ] || return 0
	(
		DOC=$WORK/daemon
		read_document "$STATE/leases/$LEASE/daemon" "$DOC"
		if ! has default-network-opts.bridge || is_lost_account "$(doc account)" || ! know_account "$(doc account)" ||
			! is_claimed_by "$LEASE" "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")/claims"; then
			exit 0
		fi
		if knows_network_options; then
			# Where names of secret values came or went, the step daemon follows.
			if names_network_options || [ "$(doc secrets)" != "$(secret_names)" ]; then exit 0; fi
		else
			names_network_options || exit 0
		fi
		rewrite_daemon_files
	)
}
