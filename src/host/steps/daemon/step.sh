# shellcheck shell=dash
# daemon: what the account's daemon reads (daemon.json, environment, unit), the daemon itself, and the
# Docker context that finds it. The daemon restarts only when what it reads has changed.

daemon_apply() {
	stop_without_secrets
	stop_on_others_programs
	know_recorded_account "$(doc account)" "this daemon and its secret values are for"
	follow_home "$ACCOUNT"
	note_data_wish
	rm -f "$STATE/leases/$LEASE/no-data"
	start_service_manager
	validate_prune
	stop_on_daemon_elsewhere
	look_at_adopted_storage
	want_network_driver
	note_data_elsewhere ". From now on it does not see what is in there: \
set data-root in daemon to that directory to go on with it"
	want_data_roots
	clear_trials "$(nearest_directory "$(dirname "$(data_root)")")"
	settle_storage_driver
	name_bridge_options
	apply_daemon_files
	want_context
}

# A Keep counts at once. A Delete that takes the place of a Keep, this installation's or another one's of the account,
# counts when the step has come to its end: data that somebody kept are not removed for one that never worked.
note_data_wish() {
	local record=$STATE/leases/$LEASE/on-destroy-data wish
	wish=$(doc on-destroy-data)
	case $wish-$(cat "$record" 2>/dev/null) in
	delete-delete) ;;
	delete-) ! others_keep_data || wish=keep ;;
	*) wish=keep ;;
	esac
	echo "$wish" | write_record "$record"
}

daemon_ended() { doc on-destroy-data | write_record "$STATE/leases/$LEASE/on-destroy-data"; }

# The machine may be older than what Pulumi knows, or have values of a run that was killed and that the program has
# taken back since.
stop_without_secrets() {
	[ ! -e "$STATE/leases/$LEASE/secrets.begun" ] ||
		fail "secret values" "those of a run of the step secrets that did not come to its end" "those of the program" \
			"run pulumi up with a new value of recheck, which brings them"
	[ "$(doc secrets)" = "$(secret_names)" ] ||
		fail "secret values" "the values of '$(secret_names)' on this machine" "those of '$(doc secrets)'" \
			"run pulumi up with a new value of recheck, which brings them"
}

# What Pulumi knows counts too, where the machine is older: data are kept in doubt. A destroy takes the report back
# first: while it stands, Pulumi makes this step anew.
daemon_interrupted() {
	local record=$STATE/leases/$LEASE/on-destroy-data
	[ -n "${DOC-}" ] && [ -e "$record" ] || return 0
	case $(doc on-destroy-data) in
	keep) echo keep | write_record "$record" ;;
	delete)
		is_applied report || return 0
		say "keeps the data: this is no destroy, which takes the report back before"
		echo keep | write_record "$record"
		;;
	esac
}

daemon_facts() {
	docker_info_facts
	bridge_facts
}

# Writes what the daemon reads and makes it run with that.
apply_daemon_files() {
	local config=$ACCOUNT_HOME/.config
	compose_settings
	tell_dropped_members
	compose_unit >"$WORK/docker.service"
	validate_unit
	keep_earlier_files
	# Its revert starts the daemon anew that was there: from here on something is changed.
	want userunit "$ACCOUNT" docker.service
	each_tls_file want_home_file
	want_home_file "$config/docker/daemon.json" 600 "$WORK/daemon.json"
	note_daemon_json "$WORK/daemon.json"
	want_home_file "$config/docker/environment" 600 "$WORK/environment"
	want_unit "$config/systemd/user/docker.service"
	want_registry_certificates
	# Written by the daemon itself (its identity, until engine 23): nothing that a user would miss.
	want homefile "$config/docker/key.json" the-daemon
	data_root >"$WORK/data-root"
	settle_data_root "$(cat "$WORK/data-root")"
	# From here on a boot starts the daemon.
	want_home_link "$config/systemd/user/default.target.wants/docker.service" "$config/systemd/user/docker.service"
	want userdaemon "$ACCOUNT" running
	ask_systemctl daemon-reload
	run_daemon
	note_engine_names "$(cat "$WORK/data-root")"
	want_prune
	log_driver_checks
	forget_earlier_values
}

# A daemon that this installation has left to another one's claim runs with that one's files again.
# Asked for every time: a run that was killed before this has dropped the claims already.
daemon_released() {
	local account dir
	account=$(cat "$STATE/leases/$LEASE/account-name" 2>/dev/null) || return 0
	dir=$(resource_directory userdaemon "$account")
	if [ ! -e "$dir/started" ] || [ -e "$dir/claims/$LEASE.daemon" ] || unclaimed "$dir" ||
		! daemon_programs; then return 0; fi
	restart_others_daemon "$dir" "its files are another installation's again" \
		"with its own files again"
}
