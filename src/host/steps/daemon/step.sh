# daemon: the files that the account's daemon reads, the daemon itself, the Docker context that
# finds it, and logins to registries. The daemon restarts only when what it runs with is another.

# root as account: stat of the data root that the daemon made.
daemon_apply() {
	local manager_ran='' root lingers
	stop_on_other_secrets
	if [ -z "$ACCOUNT" ]; then
		fail "account $(doc account)" "it does not exist" '' "run the step machine first"
	fi
	stop_without_network
	root=$(data_root)
	see_home_of_daemon
	compose_files
	adopt_earlier_daemon
	validate_files
	read_start
	look_at_data_root "$root"
	if [ "$(chosen_driver)" = fuse-overlayfs ]; then ensure_packages fuse-overlayfs; fi
	if [ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)" = pasta ]; then ensure_pasta; fi
	want_in_home "$root"
	if service_manager_runs; then manager_ran=yes; fi
	# Linger that is on is only recorded. Where it is off, it starts the unit, which has to be in the
	# home first.
	lingers=$(linger_state "$ACCOUNT")
	if [ "$lingers" = on ]; then want linger "$ACCOUNT" on; fi
	note_unread_units
	settle
	if [ -n "$DATA_LOOK" ]; then write_data_line "$root" "$DATA_LOOK"; fi
	if [ "$lingers" = off ]; then want linger "$ACCOUNT" on; fi
	settle
	if [ -z "$manager_ran" ]; then ensure_service_manager start; fi
	run_daemon "$manager_ran"
	# The directory that the daemon has made is known by now.
	if [ "$(recorded_data "$root")" = 'absent - - -' ]; then
		write_data_line "$root" "absent $(as_account stat -L -c '%i %W -' -- "$root" </dev/null)"
	fi
	want_registry_logins
	want_credential_helpers
}

# The document lists the secret values by name: they came with the step before.
stop_on_other_secrets() {
	if [ "$(doc secrets)" = "$(secret_names)" ]; then return 0; fi
	fail "secret values" \
		"the machine has values of '$(secret_names)', but the program has values of '$(doc secrets)'" '' \
		"run pulumi up with a new value of operations.recheck, which copies them again"
}

# A daemon that runs keeps running when the new files cannot be right.
validate_files() {
	are_as_before docker.service || validate_unit
	are_as_before daemon.json || validate_daemon_json
	if has docker-prune.OnCalendar; then validate_schedule; fi
}

# The package of pasta and, unless the step machine has kernel.appArmorProfile none, what lets it make a user
# namespace: Ubuntu 24.04 has no profile of it (LP 2077158). It may be a link to passt, and runs
# another build of itself where the processor has AVX2.
ensure_pasta() {
	ensure_packages passt
	if grep -qsxF 'apparmor-profile: "none"' "$OWN/machine"; then return 0; fi
	want_profile_if_needed "$(realpath -m /usr/bin/pasta)" '{,.avx2}'
}

# Options of the network that an earlier engine lacks: its start script says nothing of them, or the
# daemon does not start.
stop_without_network() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT driver fix='upgrade the engine, or leave it out'
	driver=$(doc "environment/${name}_NET")
	if [ -n "$driver" ] && ! rootlesskit --help | grep -q -- "--net .*$driver"; then
		fail network.driver "$(rootlesskit --version) does not support $driver" '' "$fix"
	fi
	if [ "$(doc "environment/${name}_DETACH_NETNS")" = true ] &&
		! grep -q "${name}_DETACH_NETNS" "$(start_script)"; then
		fail "environment.${name}_DETACH_NETNS" \
			"$(start_script) does not support it, because it requires Docker 29.5 or later" '' "$fix"
	fi
}

daemon_facts() {
	local word list=''
	for word in $(delegated_controllers); do list=$list${list:+,}$word; done
	fact storageDriver "$(word_of_account "$(docker_info Driver)")"
	fact cgroup.version "$(word_of_account "$(docker_info CgroupVersion)")"
	fact cgroup.driver "$(word_of_account "$(docker_info CgroupDriver)")"
	fact cgroup.controllers "$list"
	fact network.driver "$(rootlesskit_argument net)"
	fact network.portDriver "$(rootlesskit_argument port-driver)"
	fact network.mtu "$(rootlesskit_argument mtu)"
	bridge_facts
	limitation_facts
}

# The MTU of bridges, Docker's own where daemon.json says nothing. A secret value there is not said.
bridge_facts() {
	local mtu values
	values=$(unpacked_secrets)/json/daemon.json
	mtu=$(doc daemon.json/mtu)
	if [ "$mtu" = 0 ]; then mtu=''; fi
	if [ ! -e "$values/mtu" ]; then fact network.bridgeMtu "${mtu:-1500}"; fi
	if [ -e "$values/default-network-opts" ]; then return 0; fi
	mtu=$(words_of_file "$DOC/json/daemon.json/default-network-opts")
	case $mtu in
	*'"bridge":{'*'"com.docker.network.driver.mtu":"'*) mtu=${mtu#*'"bridge":{'*'.driver.mtu":"'} ;;
	*) mtu=1500 ;;
	esac
	fact network.userDefinedBridgeMtu "${mtu%%\"*}"
}

# Ends all that runs as the account. Containers have two minutes to end.
# root as account: systemctl --user stop docker.service.
end_account() {
	local ran=''
	if service_manager_runs; then ran=yes; fi
	as_account_within 120 systemctl --user stop docker.service </dev/null >/dev/null || true
	quiet_account
	if [ -n "$ran" ]; then changed "all processes of $ACCOUNT ended"; fi
}

# The first thing of a destroy is the decision what becomes of the data. With Delete an account that goes
# takes its home with it, later, in the step machine. Else the daemon stops before its files go, and
# data go first.
daemon_before_release() {
	if [ -z "$ACCOUNT" ]; then return 0; fi
	decide_fate_of_data
	if home_goes; then
		end_account
		keep_home_records
	else
		stop_daemon
		remove_data
		remove_traces
	fi
}

# Files that the daemon and its timer wrote in the home: engines before 23 have a key.
# root as account: rm of the prune timer's stamp and of an old engine's key in its home.
remove_traces() {
	local docker=$ACCOUNT_HOME/.config/docker
	set -- "$ACCOUNT_HOME/$PRUNE_STAMP"
	if [ "$(recorded was home "$docker")" = absent ]; then set -- "$@" "$docker/key.json"; fi
	as_account rm -f -- "$@" || true
}

# A daemon that was made by hand before starts again, where it is enabled.
daemon_released() {
	remember start ''
	if [ -z "$ACCOUNT" ] || home_goes || ! service_manager_runs; then return 0; fi
	ask_systemctl daemon-reload || true
	ask_systemctl is-enabled -q docker.service || return 0
	if start_or_stop_daemon start; then
		changed "the earlier docker.service of $ACCOUNT started again"
	else
		say "the earlier docker.service of $ACCOUNT does not start again ($(last_words)):" \
			"see 'journalctl --user -u docker' as $ACCOUNT"
	fi
}
