# shellcheck shell=dash
# For a preview of a machine that has nothing of the installation: what of the document is another way there now.

# $1 what it is about, $2 what is there, $3 what comes: a JSON object a line.
difference() {
	printf '{"about":%s,"found":%s,"wanted":%s}\n' "$(json_string "$1")" "$(json_string "$2")" "$(json_string "$3")"
}

differences() {
	if know_account "$(doc account)"; then
		account_difference
		daemon_json_differences
	else
		difference "account $(doc account)" none "new, with $(doc subuid) subordinate ids"
	fi
	package_differences
	sysctl_differences
	rootful_docker_differences
}

# A daemon that an installation has is not the account's own: that restarts where its files differ.
account_difference() {
	local found="there (uid $ACCOUNT_UID)" wanted='used as it is' names
	if unclaimed "$(resource_directory userdaemon "$ACCOUNT")" && service_manager_runs && daemon_is_up; then
		found="$found, with a rootless daemon"
		wanted='taken over, it restarts once'
		! names=$(docker_of_account ps --format '{{.Names}}' 2>/dev/null) || found="$found, $(running_containers "$names")"
	fi
	difference "account $ACCOUNT" "$found" "$wanted"
}

rootful_docker_differences() {
	case $(doc rootful-docker) in
	disable | purge) ;;
	*) return 0 ;;
	esac
	[ -z "$(root_dockerd)" ] ||
		difference rootfulDocker "a Docker daemon run by root$(roots_containers)" "none: it stops with its containers"
}

# Of a daemon that somebody else has made.
daemon_json_differences() {
	local file=$ACCOUNT_HOME/.config/docker/daemon.json keys
	unclaimed "$(resource_directory homefile "$file")" || return 0
	keys=$(small_daemon_json "$file" | json_members | cut -f 1 | names_of_members '')
	[ -z "$keys" ] || difference "$file" "$keys" "what daemon says, and no other key, until destroy"
}

package_differences() {
	local wanted=''
	case $(doc source) in
	preinstalled) return 0 ;;
	static-archive) difference "engine" none "Docker's archives" ;;
	docker-repository) wanted=$(versioned_packages) ;;
	*) wanted="$(versioned_packages) $(distribution_packages)" ;;
	esac
	# shellcheck disable=SC2046,SC2086 # lists of package names
	set -- $(missing_packages $wanted $(other_packages))
	[ $# = 0 ] || difference "packages $*" "not installed" installed
}

sysctl_differences() {
	local file key value now
	for file in "$DOC"/text/*.*; do
		key=${file##*/}
		[ -f "$(sysctl_path "$key")" ] || continue
		value=$(cat "$file")
		now=$(sysctl_value "$key")
		case $value in
		'>= '*) [ "$now" -lt "${value#>= }" ] || continue ;;
		"$now") continue ;;
		esac
		difference "$key" "$now" "$value"
	done
}
