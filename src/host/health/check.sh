# For previews: what is not as this installation left it, or what a first "up" would find. Nothing
# is changed, and no lock is waited for. One JSON object on stdout, as src/drift/answer.ts reads it.

# Sets WORK, a directory of this run's own.
start_check() {
	exec </dev/null
	WORK=/run/rootless-docker.check.$$
	prepare_work
}

# Prints the drift of this installation. Sets DOC.
run_check() {
	start_check
	# Before preflight's end an installation has an agent, and nothing else.
	if [ ! -s "$OWN/owner" ]; then
		printf '{"drift":null}\n'
		return 0
	fi
	use_engine_of "$ID"
	DOC=$WORK/doc
	stop_without_programs
	run_apart differences_here >"$WORK/differences"
	if [ "$APART_STATUS" != 0 ]; then exit 1; fi
	print_drift >"$WORK/drift"
	printf '{"drift":[%s]}\n' "$(paste -s -d , "$WORK/drift")"
}

# Prints the lines of $WORK/differences as JSON.
print_drift() {
	local step about found wanted
	while IFS=$TAB read -r step about found wanted; do
		# Pulumi runs a step again that has not come to its end.
		if ! is_applied "$step" && [ "$about" != "step $step" ]; then continue; fi
		printf '{"step":%s,"applied":"%s",%s\n' "$(json_string "$step")" \
			"$(date -u -r "$(time_of_step "$step")" +%FT%TZ)" \
			"$(difference "$about" "$found" "$wanted")"
	done <"$WORK/differences"
}

# Prints the file whose time is that of a step's last run. $1 the step.
time_of_step() {
	if is_applied "$1"; then
		echo "$OWN/$1"
	else
		echo "$OWN/state"
	fi
}

# Prints the rest of a JSON object. $1 what it is about, $2 what is there, $3 what is wanted.
difference() {
	printf '"about":%s,"found":%s,"wanted":%s}\n' "$(json_string "$1")" "$(json_string "$2")" \
		"$(json_string "$3")"
}

# Prints lines with tabs: a step, what it is about, what is there, what is wanted.
differences_here() {
	local account
	steps_taken_back
	is_applied machine || return 0
	account=$(account_of "$ID")
	if ! know_account "$account"; then
		printf 'machine\taccount %s\tabsent\tpresent\n' "$account"
		return 0
	fi
	ledger_differences
	steps_cut_off
	packages_missing
	version_of_another_pin
	daemon_not_running
}

# Pulumi knows of a step that was taken back if the answer to its delete was lost. One that was never
# applied to its end is created again.
steps_taken_back() {
	local step
	for step in machine secrets daemon; do
		[ -n "$(remembered "taken-back.$step")" ] || continue
		printf '%s\tstep %s\treverted\tapplied\n' "$step" "$step"
	done
}

steps_cut_off() {
	local step
	for step in machine secrets; do
		[ -n "$(remembered "begun.$step")" ] || continue
		printf '%s\tthe last run\tinterrupted\tcompleted\n' "$step"
	done
}

packages_missing() {
	local list name
	for list in "$OWN"/*.packages; do
		# shellcheck disable=SC2046 # names of packages
		for name in $(missing_packages $(cat "$list" 2>/dev/null)); do
			printf '%s\tpackage %s\tnot installed\tinstalled\n' \
				"$(basename "$list" .packages)" "$name"
		done
	done
}

# The version that the document of the step machine names. Sets DOC to that document.
version_of_another_pin() {
	local version
	DOC=$WORK/machine
	read_document "$OWN/machine" "$DOC"
	if ! has version || [ "$(doc source)" = static-archive ]; then return 0; fi
	version=$(installed_version "$(engine_package)")
	if is_wanted_version "$version"; then return 0; fi
	printf 'machine\tversion of %s\t%s\t%s\n' "$(engine_package)" "${version:-none}" \
		"$(doc version)"
}

daemon_not_running() {
	is_applied daemon || return 0
	if service_manager_runs && daemon_is_up; then return 0; fi
	printf 'daemon\tdocker.service of %s\tnot running\tactive\n' "$ACCOUNT"
}

# For a preview of a machine that has nothing of the installation. The document is an argument,
# since the agent itself comes on stdin. Sets ID, OWN, PART and DOC, for nothing follows. $1 the
# document, as hexadecimal digits.
run_preflight_check() {
	start_check
	ID=- OWN=$STATE/installations/- PART=preflight DOC=$WORK/doc
	text_of_digits "$1" >"$WORK/text"
	read_document - "$DOC" <"$WORK/text"
	run_apart host_problems >&2
	if [ "$APART_STATUS" != 0 ] && [ ! -s "$WORK/problems" ]; then exit 1; fi
	know_account "$(doc account)" || ACCOUNT=
	run_apart present >"$WORK/present"
	if [ "$APART_STATUS" != 0 ]; then exit 1; fi
	json_lines <"$WORK/problems" >"$WORK/found"
	printf '{"problems":[%s],"present":[%s]}\n' "$(paste -s -d , "$WORK/found")" \
		"$(sed 's/^/{/' "$WORK/present" | paste -s -d ,)"
}

# Prints each line of stdin as a string of JSON.
json_lines() {
	local line
	while IFS= read -r line; do
		printf '%s\n' "$(json_string "$line")"
	done
}

# Prints a text without its end of line: awk ends lines itself. $1 the text as hexadecimal digits.
text_of_digits() {
	printf '%s\n' "$1" | awk '
		{
			for (at = 1; at < length($0); at += 2)
				printf "%c", 16 * digit(substr($0, at, 1)) + digit(substr($0, at + 1, 1))
		}
		function digit(character) { return index("0123456789abcdef", character) - 1 }'
}

# Prints parts of the document that are another way on the machine now.
present() {
	account_present
	packages_present
	sysctl_changes
	root_daemon_present
}

account_present() {
	local names='' there="exists (uid $ACCOUNT_UID)" takes_over='taken over, and restarted once'
	if [ -z "$ACCOUNT" ]; then
		set -- none "new, with $(doc subuid) subordinate ids"
	elif ! can_run_as_account && [ -n "$(dockerds_of "$ACCOUNT_UID")" ]; then
		set -- "$there, with a rootless daemon" "$takes_over"
	elif can_run_as_account && service_manager_runs && daemon_is_up; then
		names=$(docker_of_account ps --format '{{.Names}}' | head -n 10 | paste -s -d ' ')
		if [ -n "$names" ]; then names=" and its containers ($(shown "$names"))"; fi
		set -- "$there, with a rootless daemon$names" "$takes_over"
	else
		set -- "$there" 'used as it is'
	fi
	difference "account $(doc account)" "$@"
}

# shellcheck disable=SC2046 # lists of package names
packages_present() {
	case $(doc source) in
	preinstalled) set -- ;;
	static-archive)
		difference "engine" none "Docker's archives"
		set -- $(other_packages)
		;;
	*) set -- $(versioned_packages) $(other_packages) ;;
	esac
	set -- $(missing_packages $(packages_of_programs) "$@")
	if [ $# != 0 ]; then difference "packages $*" "not installed" installed; fi
}

sysctl_changes() {
	local file key value now
	for file in "$DOC"/text/sysctl.d/*; do
		key=${file##*/}
		[ -f "$(sysctl_path "$key")" ] || continue
		value=$(doc "sysctl.d/$key")
		now=$(sysctl_state "$key")
		case $value in
		'>= '*)
			if is_at_least "$now" "${value#>= }"; then continue; fi
			;;
		esac
		if [ "$now" != "$value" ]; then difference "$key" "$now" "$value"; fi
	done
}

root_daemon_present() {
	case $(doc rootful-docker) in
	disable | purge) ;;
	*) return 0 ;;
	esac
	[ -n "$(dockerds_of 0)" ] || return 0
	difference rootfulDocker "a Docker daemon run by root$(roots_containers)" \
		"it and its containers stopped"
}
