# daemon: the files that the account's daemon reads, the daemon itself, the Docker context that
# finds it, and logins to registries. The daemon restarts only when what it runs with is another.

daemon_apply() {
	local manager_ran='' root lingers
	[ "$(doc secrets)" = "$(secret_names)" ] ||
		fail "secret values" "the values of '$(secret_names)' on this machine" \
			"those of '$(doc secrets)'" \
			"run pulumi up with a new value of operations.recheck, which brings them"
	[ -n "${ACCOUNT-}" ] || fail "account $(doc account)" "no such account" "it to exist" \
		"run the step machine first"
	stop_without_network
	root=$(data_root)
	look_at_home
	compose_files
	adopt_earlier_daemon
	# A daemon that runs keeps running when the new files cannot be right.
	are_as_before docker.service || validate_unit
	are_as_before daemon.json || validate_daemon_json
	! has docker-prune.OnCalendar ||
		systemd-analyze calendar -- "$(doc docker-prune.OnCalendar)" >/dev/null 2>&1 ||
		fail prune.schedule "'$(doc docker-prune.OnCalendar)', which systemd does not know" \
			"a calendar event as systemd.time(7) has them" "correct prune.schedule"
	read_start
	look_at_data_root "$root"
	[ "$(chosen_driver)" != fuse-overlayfs ] || want_packages fuse-overlayfs
	[ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)" != pasta ] || want_pasta
	want_in_home
	! service_manager_runs || manager_ran=yes
	lingers=$(linger_state "$ACCOUNT")
	[ "$lingers" = off ] || want linger "$ACCOUNT" on
	settle
	[ -z "$DATA_LOOK" ] || write_data_line "$root" "$DATA_LOOK"
	# The unit that linger starts had to be in the home before.
	[ "$lingers" = on ] || want linger "$ACCOUNT" on
	settle
	[ -n "$manager_ran" ] || have_service_manager start
	run_daemon "$manager_ran"
	# The directory that the daemon has made is known by now.
	[ "$(recorded_data "$root")" != 'absent - - -' ] ||
		write_data_line "$root" "absent $(as_account stat -L -c '%i %W -' -- "$root" </dev/null)"
	want_registry_logins
}

# The package of pasta and, unless the step machine has kernel.appArmorProfile none, what lets it make a user
# namespace: Ubuntu 24.04 has no profile of it (LP 2077158). It may be a link to passt, and runs
# another build of itself where the processor has AVX2.
want_pasta() {
	want_packages passt
	! grep -qsxF 'apparmor-profile: "none"' "$OWN/machine" || return 0
	want_profile_if_needed "$(realpath -m /usr/bin/pasta)" '{,.avx2}'
}

# Options of the network that an earlier engine lacks: its start script says nothing of them, or the
# daemon does not start.
stop_without_network() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT driver fix='update the engine, or leave it out'
	driver=$(doc "environment/${name}_NET")
	[ -z "$driver" ] || rootlesskit --help | grep -q -- "--net .*$driver" ||
		fail network.driver "$(rootlesskit --version) without $driver" "one that has it" "$fix"
	[ "$(doc "environment/${name}_DETACH_NETNS")" != true ] ||
		grep -q "${name}_DETACH_NETNS" "$(start_script)" ||
		fail "environment.${name}_DETACH_NETNS" "$(start_script), which has no detached network" \
			"that of Docker 29.5 or later" "$fix"
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
	values=$(secrets_directory)/json/daemon.json
	mtu=$(doc daemon.json/mtu)
	[ "$mtu" != 0 ] || mtu=''
	[ -e "$values/mtu" ] || fact network.bridgeMtu "${mtu:-1500}"
	[ ! -e "$values/default-network-opts" ] || return 0
	mtu=$(words_of_file "$DOC/json/daemon.json/default-network-opts")
	case $mtu in
	*'"bridge":{'*'"com.docker.network.driver.mtu":"'*) mtu=${mtu#*'"bridge":{'*'.driver.mtu":"'} ;;
	*) mtu=1500 ;;
	esac
	fact network.userDefinedBridgeMtu "${mtu%%\"*}"
}

# Called at the end of another step, and of its engine part. If secret values are others, or what
# the daemon stands on, its own step is applied again. Missing programs come with engine.
follow_daemon() {
	read_start
	if is_applied daemon && [ -n "${ACCOUNT-}" ] && [ -z "$(missing_programs)" ] &&
		{ have_new_values || [ "$(ground)" != "$RUNNING_GROUND" ]; }; then
		mv "$WORK/wanted" "$WORK/wanted.$STEP"
		(
			trap - EXIT
			apply_recorded_daemon
		)
		mv "$WORK/wanted.$STEP" "$WORK/wanted"
		[ ! -s "$WORK/changed" ] || sync_host
	fi
	! have_new_values || write_record "$OWN/values" <"$WORK/values"
}

# In a subshell. Where names of secret values or registries came or went, the daemon's document
# changes too, and its step follows.
apply_recorded_daemon() {
	DOC=$WORK/daemon
	read_document "$OWN/daemon" "$DOC"
	[ "$(doc secrets)" = "$(secret_names)" ] || return 0
	[ "$(doc registries)" = "$(registry_names)" ] || return 0
	: >"$WORK/wanted"
	STEP=daemon PART=daemon ASKED=''
	daemon_apply
	settle
	release
}

# True if the delete of the step machine removes the account with its home, and the data in it.
home_goes() {
	[ "$(remembered fate-of-data)" = delete ] || return 1
	case $RECORDED_STATE in
	made | going) ;;
	*) return 1 ;;
	esac
	[ -z "$(account_is_held)" ] && ! data_outlive_home
}

# Ends all that runs as the account. Containers have two minutes to end.
end_account() {
	local ran=''
	if service_manager_runs; then ran=yes; fi
	as_account_within 120 systemctl --user stop docker.service </dev/null >/dev/null || true
	quiet_account
	[ -z "$ran" ] || changed "all that ran as $ACCOUNT ended"
}

# The daemon stops before its files go, and tells whether it holds anything. Data go first.
daemon_before_release() {
	local keys='' docker=$ACCOUNT_HOME/.config/docker
	[ -n "${ACCOUNT-}" ] || return 0
	decide_fate_of_data
	if home_goes; then
		HOME_GOES=yes
		end_account
		remove_data
		keep_home_records
		return 0
	fi
	stop_daemon
	remove_data
	# Files that the daemon and its timer wrote in the home: engines before 23 have a key.
	[ "$(recorded was home "$docker")" != absent ] || keys=$docker/key.json
	as_account rm -f -- "$ACCOUNT_HOME/$PRUNE_STAMP" ${keys:+"$keys"} || true
}

# A daemon that was made by hand before starts again, where it is enabled.
daemon_released() {
	remember start ''
	if [ -z "$ACCOUNT" ] || [ -n "$HOME_GOES" ] || ! service_manager_runs; then return 0; fi
	ask_systemctl daemon-reload || true
	ask_systemctl is-enabled -q docker.service || return 0
	if have_daemon start; then
		changed "the earlier docker.service of $ACCOUNT started again"
	else
		say "the earlier docker.service of $ACCOUNT does not start again ($(last_words)):" \
			"see 'journalctl --user -u docker' as $ACCOUNT"
	fi
}
