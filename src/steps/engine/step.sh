# shellcheck shell=dash
# engine: the packages that rootless Docker is made of, and no root daemon left running by them.

engine_apply() {
	local packages
	rootful_docker_problems "$(doc rootful-docker)"
	id_map_override_problems
	stop_on_problems
	packages=$(engine_packages)
	# shellcheck disable=SC2086 # a list of package names
	if [ -n "$(missing_packages $packages docker.io)" ] && lists_outdated; then refresh_lists; fi
	packages="$packages$(engine_pin)"
	case $(doc rootful-docker) in
	disable | purge) want rootunits docker stopped ;;
	esac
	want_masks
	want group docker package
	if [ "$(doc rootful-docker)" = purge ]; then purge_rootful_docker; fi
	# shellcheck disable=SC2086 # a list of package names
	want_packages $packages
	note_group docker
	want_id_map_privileges
	restart_daemons "the engine changed" all
	fact versions.engine "$(dockerd --version | sed 's/^Docker version //; s/,.*//')"
	fact versions.rootlesskit "$(rootlesskit --version | sed 's/^rootlesskit version //')"
	fact versions.kernel "$(uname -r)"
	fact versions.os "$(os_name)"
}

# The CLI is a package of its own since Debian 13.
engine_packages() {
	printf 'dbus-user-session iproute2 iptables procps rootlesskit slirp4netns uidmap'
	case $(cat /etc/debian_version) in
	11 | 11.* | 12 | 12.*) ;;
	*) printf ' docker-cli' ;;
	esac
	if ! has version; then printf ' docker.io'; fi
}

# docker.io=VERSION for the version that was asked for: a whole one, or its first components.
engine_pin() {
	local wanted available version
	has version || return 0
	wanted=$(doc version)
	# The newest first, as madison has them.
	available=$(apt-cache madison docker.io | cut -d '|' -f 2 | tr -d ' ' | awk '!seen[$0]++')
	for version in $(installed_version docker.io) $available; do
		case $version in
		"$wanted" | "$wanted"[-.+~]*)
			printf ' docker.io=%s' "$version"
			return 0
			;;
		esac
	done
	problem "engine.version" "the versions $(printf '%s' "$available" | tr '\n' ' ')of docker.io in the package lists" "$wanted" "ask for one of these, or leave the option out for the distribution's own"
	stop_on_problems
}
