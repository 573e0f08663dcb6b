# shellcheck shell=dash
# What another engine means for the files of a daemon that is there.

# The step engine may have brought one that knows the key, or one that does not know it any more. Before
# this installation's daemon starts with it, daemon.json is composed anew. Its own steps that write the same
# files are waited for, in the order in which reverts hold them. $1 as of is_behind_engine.
follow_engine() {
	(is_behind_engine "${1-}") || return 0
	(
		hold_lock secrets
		(
			hold_lock daemon
			if is_behind_engine "${1-}"; then rewrite_daemon_files; fi
		)
	)
}

# It knows the daemon's document then, and the account. $1 whose file counts: ours, which nobody has changed since, or
# any where it is empty.
is_behind_engine() {
	local record=$STATE/leases/$LEASE/daemon dir
	[ -e "$record" ] || return 1
	DOC=$WORK/daemon
	rm -rf "$DOC"
	read_document "$record" "$DOC"
	if is_lost_account "$(doc account)" || ! know_account "$(doc account)"; then return 1; fi
	dir=$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")
	if ! is_claimed_by "$LEASE" "$dir/claims" || { [ "$1" = ours ] && has_drifted homefile "$dir"; }; then
		return 1
	fi
	if has default-network-opts.bridge && ! knows_network_options && names_network_options; then return 0; fi
	# Where names of secret values came or went, the step daemon follows.
	[ "$(doc secrets)" = "$(secret_names)" ] || return 1
	{ has default-network-opts.bridge && knows_network_options && ! names_network_options; } || publishes_otherwise
}

# True where dockerd listens in the other network than the environment's flags are for.
publishes_otherwise() {
	listens_on_port || return 1
	compose_environment >"$WORK/environment.now"
	! account_file "$ACCOUNT_HOME/.config/docker/environment" | cmp -s - "$WORK/environment.now"
}

# The same for daemons of other installations that this run starts again. Whatever keeps one from it is no
# problem of this one: where its daemon does not start for that, its restart says so.
follow_engine_for_others() {
	local dir lease other=$WORK/follows
	for dir in "$STATE"/things/userdaemon/*; do
		if [ ! -e "$dir/started" ] || is_claimed_by "$LEASE" "$dir/claims" || ! daemon_programs ||
			! engine_changed "$dir"; then continue; fi
		for lease in $(installations_of "$dir"); do
			! successor_of "$lease" >/dev/null || continue
			rm -rf "$other"
			mkdir "$other"
			touch "$other/changed" "$other/problems" "$other/findings"
			run_apart follow_engine_as "$lease" "$other" 2>"$other/said"
			[ ! -s "$other/changed" ] || cat "$other/said" >&2
			cat "$other/changed" >>"$WORK/changed"
		done
	done
}

# In a subshell. $1 the installation, $2 where problems and changes go.
follow_engine_as() {
	LEASE=$1 WORK=$2
	use_engine_of "$LEASE"
	stop_on_others_programs
	follow_engine ours
}
