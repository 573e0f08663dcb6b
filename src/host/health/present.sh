# shellcheck shell=dash
# For a preview of a machine that has nothing of the installation: what of the document is another
# way there now, a JSON object a line.

present() {
	if [ -n "$ACCOUNT" ]; then
		account_that_is_there
	else
		difference "account $(doc account)" none "new, with $(doc subuid) subordinate ids"
	fi
	package_changes
	sysctl_changes
	case $(doc rootful-docker) in
	disable | purge)
		[ -z "$(root_dockerd)" ] || difference rootfulDocker \
			"a Docker daemon run by root$(roots_containers)" "none: it stops with its containers"
		;;
	esac
}

# An account with a rootless daemon of its own, and what runs in it.
account_that_is_there() {
	local found="there (uid $ACCOUNT_UID)" wanted='used as it is' names count
	if service_manager_runs && daemon_is_up; then
		found="$found, with a rootless daemon"
		wanted='taken over, it restarts once'
		names=$(docker_of_account ps --format '{{.Names}}' </dev/null | head -n 10 | paste -s -d ' ')
		count=$(printf '%s' "$names" | wc -w)
		[ "$count" = 0 ] ||
			found="$found, $count running container$([ "$count" = 1 ] || echo s) ($(shown "$names"))"
	fi
	difference "account $ACCOUNT" "$found" "$wanted"
}

# $1 what it is about, $2 what is there, $3 what comes.
difference() {
	printf '{"about":%s,"found":%s,"wanted":%s}\n' "$(json_string "$1")" "$(json_string "$2")" \
		"$(json_string "$3")"
}

package_changes() {
	local wanted=''
	case $(doc source) in
	preinstalled) return 0 ;;
	static-archive) difference "engine" none "Docker's archives" ;;
	*) wanted=$(versioned_packages) ;;
	esac
	# shellcheck disable=SC2046,SC2086 # lists of package names
	set -- $(missing_packages $wanted $(other_packages))
	[ $# = 0 ] || difference "packages $*" "not installed" installed
}

sysctl_changes() {
	local file key value now
	for file in "$DOC"/text/*.*; do
		key=${file##*/}
		[ -f "$(sysctl_path "$key")" ] || continue
		value=$(cat "$file")
		now=$(sysctl_state "$key")
		case $value in
		"$now") continue ;;
		'>= '*) ! at_least "$now" "${value#>= }" || continue ;;
		esac
		difference "$key" "$now" "$value"
	done
}
