# shellcheck shell=dash
# For a preview of a machine that has nothing of the installation: what of the document is another
# way there now, a JSON object a line.

present() {
	local packages=''
	if [ -n "$ACCOUNT" ]; then
		account_that_is_there
	else
		difference "account $(doc account)" none "new, with $(doc subuid) subordinate ids"
	fi
	case $(doc source) in
	preinstalled) ;;
	static-archive) difference "engine" none "Docker's archives" ;;
	*) packages=$(versioned_packages) ;;
	esac
	# shellcheck disable=SC2046,SC2086 # lists of package names
	[ "$(doc source)" = preinstalled ] || packages=$(missing_packages $packages $(other_packages))
	[ -z "$packages" ] || difference "packages$packages" "not installed" installed
	sysctl_changes
	case $(doc rootful-docker) in
	disable | purge)
		[ -z "$(root_dockerd)" ] || difference rootfulDocker \
			"a Docker daemon run by root$(roots_containers)" "none: it stops with its containers"
		;;
	esac
}

# $1 what it is about, $2 what is there, $3 what comes.
difference() { printf '{%s}\n' "$(difference_members "$@")"; }

# An account with a rootless daemon of its own, and what runs in it.
account_that_is_there() {
	local found="there (uid $ACCOUNT_UID)" wanted='used as it is'
	if service_manager_runs && daemon_is_up; then
		found="$found, with a rootless daemon$(words_of_containers "$(
			docker_of_account ps --format '{{.Names}}' | head -n 100
		)")"
		wanted='taken over, it restarts once'
	fi
	difference "account $ACCOUNT" "$found" "$wanted"
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
