# shellcheck shell=dash
# daemon: the files that the account's daemon reads, the daemon itself, the Docker context that
# finds it, and logins to registries. The daemon restarts only when what it runs with is another.

daemon_apply() {
	local manager_ran=''
	[ "$(doc secrets)" = "$(secret_names)" ] ||
		fail "secret values" "the values of '$(secret_names)' on this machine" \
			"those of '$(doc secrets)'" \
			"run pulumi up with a new value of recheck, which brings them"
	[ -n "${ACCOUNT-}" ] || fail "account $(doc account)" "no such account" "it to exist" \
		"run the account step first"
	engine_program_problems
	stop_on_problems
	validate_prune
	want_network_driver
	look_at_home
	record_data_root "$(data_root)"
	choose_storage_driver
	compose_daemon_files
	adopt_earlier_daemon
	validate_daemon_files
	EARLIER_FILES=$(sum_at_start files)
	want_in_home
	! service_manager_runs || manager_ran=yes
	# What linger starts has to be in the home before.
	[ "$(linger_state "$ACCOUNT")" = on ] || settle
	want linger "$ACCOUNT" on
	settle
	[ -n "$manager_ran" ] || start_service_manager
	run_daemon "$manager_ran"
	note_data_root "$(data_root)" "$(docker_info DataRoot | grep -xE '[0-9]+ [0-9]+')"
	log_driver_checks
	stop_on_problems
	want_registry_logins
}

# The engine chooses, but on kernels before 5.11, where it may take vfs: there the document gets
# fuse-overlayfs, unless the data root has images of another driver, which the engine goes on with
# by itself.
choose_storage_driver() {
	local driver
	driver=$(doc daemon.json/storage-driver)
	if [ -z "$driver" ] && kernel_before_5_11 &&
		! grep -qvx -e vfs -e fuse-overlayfs "$WORK/drivers"; then
		driver=fuse-overlayfs
		printf '"%s"' "$driver" >"$DOC/json/daemon.json/storage-driver"
	fi
	[ "$driver" != fuse-overlayfs ] || want_packages fuse-overlayfs
}

daemon_facts() {
	fact storageDriver "$(word_of_account "$(docker_info Driver)")"
	fact cgroup.version "$(word_of_account "$(docker_info CgroupVersion)")"
	fact cgroup.driver "$(word_of_account "$(docker_info CgroupDriver)")"
	fact cgroup.controllers "$(delegated_controllers | tr ' ' ,)"
	fact network.driver "$(rootlesskit_argument net)"
	fact network.portDriver "$(rootlesskit_argument port-driver)"
	fact network.mtu "$(rootlesskit_argument mtu)"
	bridge_facts
	limitation_facts
}

# What bridges have, Docker's own where daemon.json says nothing. What is a secret value there is
# not said.
bridge_facts() {
	local mtu values
	values=$(secrets_directory)/json/daemon.json
	if [ ! -e "$values/mtu" ]; then
		mtu=$(doc daemon.json/mtu)
		[ "$mtu" != 0 ] || mtu=''
		fact network.bridgeMtu "${mtu:-1500}"
	fi
	if [ ! -e "$values/default-network-opts" ]; then
		mtu=$(sed -n 's/.*"bridge":{\([^}]*\)}.*/\1/p' \
			"$DOC/json/daemon.json/default-network-opts" 2>/dev/null |
			sed -n 's/.*"com\.docker\.network\.driver\.mtu":"\([0-9]*\)".*/\1/p')
		fact network.userDefinedBridgeMtu "${mtu:-1500}"
	fi
}

# Called when another step has come to its end: where it has changed what a daemon that is there
# stands on, or its secret values, the daemon's own step is applied again as it was recorded.
follow_daemon() {
	case $STEP in engine | account | kernel | secrets) ;; *) return 0 ;; esac
	if is_applied daemon && [ -n "${ACCOUNT-}" ] &&
		[ "$(sum_of_ground) $(sum_of_values)" != \
			"$(sum_at_start ground) $(sum_at_start values)" ]; then
		(
			trap - EXIT
			apply_recorded_daemon
		)
		[ ! -s "$WORK/changed" ] || sync_host
	fi
	! have_new_values || write_record "$STATE/leases/$LEASE/values" <"$WORK/values"
}

# In a subshell. Where names of secret values came or went, the daemon's document changes too, and
# its step follows.
apply_recorded_daemon() {
	DOC=$WORK/daemon
	read_document "$STATE/leases/$LEASE/daemon" "$DOC"
	[ "$(doc secrets)" = "$(secret_names)" ] || return 0
	: >"$WORK/wanted"
	STEP=daemon
	daemon_apply
	settle
	release
}

# The daemon stops before its files go, and tells whether it holds anything. Data go before the
# account does.
daemon_before_release() {
	local keys=''
	[ -n "${ACCOUNT-}" ] || return 0
	if ! data_are_deleted; then
		note_whether_daemon_holds_nothing
	else
		echo delete | write_record "$STATE/leases/$LEASE/on-destroy-data"
	fi
	stop_daemon
	remove_data
	# What the daemon and its timer wrote in the home.
	[ ! -e "$STATE/leases/$LEASE/own-key" ] || keys=$ACCOUNT_HOME/.config/docker/key.json
	as_account rm -f -- "$ACCOUNT_HOME/$PRUNE_STAMP" ${keys:+"$keys"} || true
}

# One that was made by hand before runs again, where it did.
daemon_released() {
	local lease=$STATE/leases/$LEASE
	if [ -n "${ACCOUNT-}" ] && service_manager_runs; then
		ask_systemctl daemon-reload || true
		if [ ! -e "$lease/earlier-daemon" ]; then
			:
		elif start_and_wait start; then
			changed "the earlier docker.service of $ACCOUNT started again"
		else
			say "the earlier docker.service of $ACCOUNT does not start again ($(last_words)):" \
				"see 'journalctl --user -u docker' as $ACCOUNT"
		fi
	fi
	rm -f "$lease/started" "$lease/own-key" "$lease/earlier-daemon"
}

# What the network driver of the document needs, before anything is changed.
want_network_driver() {
	local net wanted='rootlesskit 3.0 or later, as in Docker 29, for GvisorTapVsock'
	[ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS)" != true ] ||
		grep -q DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS "$(start_script)" ||
		fail network.detached "$(start_script), which has no detached network" \
			"that of Docker 29.5 or later" \
			"update the engine, or leave the option out"
	net=$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)
	case $net in
	pasta) wanted='rootlesskit 2.0 or later, as in Debian 13, for Pasta' ;;
	gvisor-tap-vsock) ;;
	*) return 0 ;;
	esac
	rootlesskit --help | grep -q "^ *--net .*$net" ||
		fail network.driver "rootlesskit $(rootlesskit --version | sed 's/.* //'), which knows \
no $net" "$wanted" \
			"use Slirp4netns, or leave the option out"
	[ "$net" != pasta ] || want_packages passt
}
