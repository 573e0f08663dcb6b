# For previews: what is not as this installation left it, or what a first "up" would find. Nothing
# is changed, and no lock is waited for. One JSON object on stdout, as src/drift/answer.ts reads it.

start_check() {
	exec </dev/null
	WORK=/run/rootless-docker.check.$$
	prepare_work
}

run_check() {
	local step about found wanted
	start_check
	# Before preflight's end an installation has an agent, and nothing else.
	[ -s "$OWN/owner" ] || {
		printf '{"drift":null}\n'
		return 0
	}
	use_engine_of "$ID"
	DOC=$WORK/doc
	stop_without_programs
	run_apart differences_here >"$WORK/differences"
	[ "$APART_STATUS" = 0 ] || exit 1
	while IFS=$TAB read -r step about found wanted; do
		# Pulumi runs a step again that has not come to its end.
		if ! is_applied "$step" && [ "$about" != "step $step" ]; then continue; fi
		printf '{"step":%s,"applied":"%s",%s\n' "$(json_string "$step")" \
			"$(date -u -r "$(time_of_step "$step")" +%FT%TZ)" \
			"$(difference "$about" "$found" "$wanted")"
	done <"$WORK/differences" >"$WORK/drift"
	printf '{"drift":[%s]}\n' "$(paste -s -d , "$WORK/drift")"
}

# The file whose time is that of a step's last run. $1 the step.
time_of_step() { if is_applied "$1"; then echo "$OWN/$1"; else echo "$OWN/state"; fi; }

# The rest of a JSON object. $1 what it is about, $2 what is there, $3 what is wanted.
difference() {
	printf '"about":%s,"found":%s,"wanted":%s}\n' "$(json_string "$1")" "$(json_string "$2")" \
		"$(json_string "$3")"
}

# Lines with tabs: a step, what it is about, what is there, what is wanted.
differences_here() {
	local account step name version
	# Pulumi knows of a step that was taken back if the answer to its delete was lost. One that was never
	# applied to its end is created again.
	for step in machine secrets daemon; do
		[ -z "$(remembered "taken-back.$step")" ] ||
			printf '%s\tstep %s\ttaken back\tapplied\n' "$step" "$step"
	done
	is_applied machine || return 0
	account=$(account_of "$ID")
	know_account "$account" || {
		printf 'machine\taccount %s\tno such account\tit to exist\n' "$account"
		return 0
	}
	ledger_differences
	for step in machine secrets; do
		[ -z "$(remembered "begun.$step")" ] || printf '%s\tthe last run\tcut off\tat its end\n' "$step"
	done
	for step in "$OWN"/*.packages; do
		# shellcheck disable=SC2046 # names of packages
		for name in $(missing_packages $(cat "$step" 2>/dev/null)); do
			printf '%s\tpackage %s\tnot installed\tinstalled\n' \
				"$(basename "$step" .packages)" "$name"
		done
	done
	DOC=$WORK/machine
	! is_applied machine || read_document "$OWN/machine" "$DOC"
	! has version || [ "$(doc source)" = static-archive ] || {
		version=$(installed_version "$(engine_package)")
		is_wanted_version "$version" || printf 'machine\tversion of %s\t%s\t%s\n' \
			"$(engine_package)" "${version:-none}" "$(doc version)"
	}
	if is_applied daemon && ! { service_manager_runs && daemon_is_up; }; then
		printf 'daemon\tdocker.service of %s\tnot running\tactive\n' "$ACCOUNT"
	fi
}

# For a preview of a machine that has nothing of the installation. The document is an argument,
# since the agent itself comes on stdin. $1 the document, as hexadecimal digits.
run_preflight_check() {
	local line
	start_check
	ID=- OWN=$STATE/installations/- PART=preflight DOC=$WORK/doc
	text_of_digits "$1" >"$WORK/text"
	read_document - "$DOC" <"$WORK/text"
	run_apart host_problems >&2
	[ "$APART_STATUS" = 0 ] || [ -s "$WORK/problems" ] || exit 1
	know_account "$(doc account)" || ACCOUNT=
	run_apart present >"$WORK/present"
	[ "$APART_STATUS" = 0 ] || exit 1
	while IFS= read -r line; do
		printf '%s\n' "$(json_string "$line")"
	done <"$WORK/problems" >"$WORK/found"
	printf '{"problems":[%s],"present":[%s]}\n' "$(paste -s -d , "$WORK/found")" \
		"$(sed 's/^/{/' "$WORK/present" | paste -s -d ,)"
}

# $1 a text as hexadecimal digits, without its end of line: awk ends lines itself.
text_of_digits() {
	printf '%s\n' "$1" | awk '{
		for (at = 1; at < length($0); at += 2)
			printf "%c", 16 * digit(substr($0, at, 1)) + digit(substr($0, at + 1, 1))
	}
	function digit(character) { return index("0123456789abcdef", character) - 1 }'
}

# Parts of the document that are another way on the machine now.
present() {
	local names found="there (uid $ACCOUNT_UID)" wanted='used as it is'
	if [ -z "$ACCOUNT" ]; then
		found=none wanted="new, with $(doc subuid) subordinate ids"
	elif can_run_as_account && service_manager_runs && daemon_is_up; then
		names=$(docker_of_account ps --format '{{.Names}}' | head -n 10 | paste -s -d ' ')
		found="$found, with a rootless daemon${names:+ and its containers ($(shown "$names"))}"
		wanted='taken over, it restarts once'
	elif ! can_run_as_account && [ -n "$(dockerds_of "$ACCOUNT_UID")" ]; then
		found="$found, with a rootless daemon"
		wanted='taken over, it restarts once'
	fi
	difference "account $(doc account)" "$found" "$wanted"
	# shellcheck disable=SC2046 # lists of package names
	case $(doc source) in
	preinstalled) set -- ;;
	static-archive)
		difference "engine" none "Docker's archives"
		set -- $(other_packages)
		;;
	*) set -- $(versioned_packages) $(other_packages) ;;
	esac
	# shellcheck disable=SC2046 # lists of package names
	set -- $(missing_packages $(packages_of_programs) "$@")
	[ $# = 0 ] || difference "packages $*" "not installed" installed
	sysctl_changes
	module_changes
	case $(doc rootful-docker) in
	disable | purge)
		[ -z "$(dockerds_of 0)" ] || difference rootfulDocker \
			"a Docker daemon run by root$(roots_containers)" "none: it stops with its containers"
		;;
	esac
}

module_changes() {
	local names wanted="loaded, at each boot too"
	# shellcheck disable=SC2046 # names of modules
	if may_become_legacy; then
		names=$(modules_not_loaded $(legacy_modules))
		wanted="$wanted, if the package iptables is iptables-legacy"
	else
		names=$(modules_not_loaded $(wanted_legacy_modules))
	fi
	[ -z "$names" ] || difference "kernel modules$names" "not loaded" "$wanted"
}

sysctl_changes() {
	local file key value now
	for file in "$DOC"/text/sysctl.d/*; do
		key=${file##*/}
		[ -f "$(sysctl_path "$key")" ] || continue
		value=$(doc "sysctl.d/$key")
		now=$(sysctl_state "$key")
		case $value in
		'>= '*) ! at_least "$now" "${value#>= }" || value=$now ;;
		esac
		[ "$now" = "$value" ] || difference "$key" "$now" "$value"
	done
}
