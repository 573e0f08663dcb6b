# shellcheck shell=dash
# preflight: finds every problem at once, before anything on the host is changed. Then the installation
# holds its account (ownership.sh).

preflight_apply() {
	wait_for_cloud_init
	preflight_problems
	stop_on_problems
	name_lines_before "$(doc account)"
	name_groups_of_root "$(doc account)"
	name_ways_in "$(doc account)"
	remember_installation
	take_over
}

preflight_problems() {
	know_account "$(doc account)" || ACCOUNT='' ACCOUNT_HOME=$(new_home "$(doc account)") ACCOUNT_UID=''
	machine_checks
	if [ -d /run/systemd/system ]; then
		disk_problems
		bridge_filter_checks "$(doc daemon.json/icc)" "$(doc daemon.json/iptables)"
		rootful_docker_problems "$(doc rootful-docker)"
		engine_source_problems
		id_map_override_problems
		account_problems "$(doc account)"
		subordinate_id_problems "$(doc account)"
		owner_problems
		impossible_storage_driver_problems
		network_driver_problems
		ipv6_problems
		tcp_socket_problems
		data_root_checks "$(data_root)" "$(doc daemon.json/storage-driver)" document
		data_root_use_problems "$(data_root)"
		key_quota_checks
		apparmor_choice_problems
	fi
}

# For a preview of a machine that has nothing of the installation: what an "up" would end with, and what is there
# now. The document is an argument, since the agent itself comes on stdin. It changes nothing. $1 the document, as
# hexadecimal digits.
run_preflight_check() {
	local line comma=''
	start_check
	LEASE=- STEP=preflight DOC=$WORK/doc
	printf '%s' "$1" | perl -ne 'print pack("H*", $_)' >"$WORK/document"
	read_document "$WORK/document" "$DOC"
	run_apart preflight_problems >&2
	[ "$APART_STATUS" = 0 ] || [ -s "$WORK/problems" ] || exit 1
	run_apart differences >"$WORK/present"
	[ "$APART_STATUS" = 0 ] || exit 1
	printf '{"problems":['
	while IFS= read -r line; do
		printf '%s%s' "$comma" "$(json_string "$line")"
		comma=,
	done <"$WORK/problems"
	printf '],"present":[%s]}\n' "$(paste -s -d , "$WORK/present")"
}

# While cloud-init is at work, packages and accounts are its own to change. It gets 20 minutes, in
# tries of 5 seconds.
wait_for_cloud_init() {
	local tries=0
	command -v cloud-init >/dev/null || return 0
	while cloud_init_runs; do
		[ $((tries % 12)) != 0 ] || say "waits for cloud-init to end ($((tries / 12)) of 20 minutes)"
		[ "$tries" -lt 240 ] ||
			fail "cloud-init" "it at work for 20 minutes ($(cloud_init_says))" \
				"it to come to its end" \
				"see 'cloud-init status --long' and /var/log/cloud-init-output.log for what it waits for, end that, then run again"
		tries=$((tries + 1))
		sleep 5
	done
}

# One that does not answer keeps nobody waiting.
cloud_init_runs() { timeout -k 5 20 cloud-init status 2>/dev/null | grep -q running; }

# Its own words, on one line.
cloud_init_says() {
	timeout -k 5 20 cloud-init status --long 2>&1 | tr -d '\000-\010\013-\037\177' | paste -s -d ' ' | head -c 300
}

disk_problems() {
	local free
	if [ "$(doc source)" = preinstalled ] || [ -n "$(installed_version "$(engine_package)")" ]; then return 0; fi
	free=$(df -Pk /usr | awk 'NR == 2 { print int($4 / 1024) }')
	[ "$free" -ge 600 ] ||
		problem "disk" "$free MB free for /usr" "600 MB for the packages" "free or add space"
}

# One account, one owner: two stacks that both think they hold it would undo each other's work. Of
# an owner whose state was lost, an installation that is new here is enough.
owner_problems() {
	local account other
	[ "$(doc take-over)" != true ] || return 0
	account=$(doc account)
	for other in $(other_installations_of "$account"); do
		if took_over "$other" "$LEASE"; then
			problem "account $account" \
				"it taken over from this installation by $(owner_of "$other") (installation $other)" \
				"it free, or held by this installation" \
				"take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back"
		elif [ "$(owner_of "$other")" != "$(doc owner)" ] && ! successor_of "$other" >/dev/null; then
			problem "account $account" "it held on this machine by $(owner_of "$other")" \
				"it free, or held by $(doc owner)" \
				"use another account, or destroy the other one first, or set takeOver to take over from it; if it is this one under an earlier name, give it aliases"
		fi
	done
}
