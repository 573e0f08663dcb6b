# shellcheck shell=dash
# engine: the packages that rootless Docker is made of, and no root daemon left running by them.

ROOT_UNITS='docker.socket docker.service containerd.service'
# What provides a rootful Docker on Debian: the distribution's packages and the vendor's.
ROOTFUL_PACKAGES='docker.io docker-ce docker-ce-cli docker-ce-rootless-extras containerd.io docker-buildx-plugin docker-compose-plugin'

engine_apply() {
	local packages unit
	rootful_docker_problems "$(doc rootful-docker)"
	stop_on_problems
	packages=$(engine_packages)
	if any_missing "$packages" && lists_outdated; then
		refresh_lists
		packages=$(engine_packages)
	fi
	packages="$packages$(engine_pin)"
	case $(doc rootful-docker) in
	purge) purge_rootful_docker ;;
	esac
	for unit in $ROOT_UNITS; do
		if must_be_masked "$unit"; then want_masked "$unit"; fi
	done
	want group docker package
	# shellcheck disable=SC2086 # a list of package names
	want_packages $packages
	restart_daemons "the engine changed"
	fact versions.engine "$(dockerd --version | sed 's/^Docker version //; s/,.*//')"
	fact versions.rootlesskit "$(rootlesskit --version | sed 's/^rootlesskit version //')"
	fact versions.kernel "$(uname -r)"
	fact versions.os "$(os_name)"
}

os_name() { sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release; }

# The CLI is a package of its own since Debian 13.
engine_packages() {
	printf 'dbus-user-session iproute2 iptables procps rootlesskit slirp4netns uidmap'
	if has_candidate docker-cli; then printf ' docker-cli'; fi
	if ! has version; then printf ' docker.io'; fi
}

any_missing() {
	local name
	for name in $1 docker.io; do
		[ -n "$(installed_version "$name")" ] || return 0
	done
	return 1
}

# docker.io=VERSION for the version that was asked for: a whole one, or its first components.
engine_pin() {
	local wanted available version
	has version || return 0
	wanted=$(doc version)
	available=$(apt-cache madison docker.io | cut -d '|' -f 2 | tr -d ' ' | sort -u)
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

# The process id of a dockerd that the machine's real root runs; a rootless one has the account's id.
root_dockerd() {
	local process
	for process in /proc/[0-9]*; do
		[ "$(cat "$process/comm" 2>/dev/null)" = dockerd ] || continue
		[ "$(stat -c %u "$process" 2>/dev/null)" = 0 ] || continue
		printf '%s' "${process#/proc/}"
		return 0
	done
}

# $1 the policy: refuse, keep, disable or purge.
rootful_docker_problems() {
	local pid containers=''
	pid=$(root_dockerd)
	if [ -n "$pid" ] && [ "$1" = refuse ]; then
		containers=$(docker -H unix:///run/docker.sock ps --format '{{.Names}}' 2>/dev/null | tr '\n' ' ') || true
		problem "rootfulDocker" "a Docker daemon run by root (process $pid) with $(printf '%s' "$containers" | wc -w) running containers${containers:+ ($(printf '%s' "$containers" | sed 's/ $//'))}" "none, or your word on it" "stop it, or set rootfulDocker to Keep (both run side by side), Disable (stopped and masked, its data untouched) or Purge (its packages removed)"
	fi
	if [ -n "$(installed_version docker-ce)" ] && [ "$1" != purge ]; then
		problem "engine.source" "the package docker-ce $(installed_version docker-ce), which docker.io replaces" "docker.io" "set rootfulDocker to Purge, which removes docker-ce"
	fi
}

# A unit that is there already belongs to the host and stays as it is, unless the policy says
# otherwise. One that the packages are about to bring is masked first, so that it never starts.
must_be_masked() {
	case $(doc rootful-docker) in
	disable | purge) return 0 ;;
	keep) [ -d "$(thing_directory mask "$1")/claims" ] && ! [ -n "$(root_dockerd)" ] && return 0 ;;
	refuse) [ -d "$(thing_directory mask "$1")/claims" ] && return 0 ;;
	esac
	! systemctl cat "$1" >/dev/null 2>&1
}

mask_save() {
	save_path as_root "/etc/systemd/system/$1" "$2"
	systemctl is-active "$1" >"$2/active" 2>/dev/null || true
}

mask_restore() {
	restore_path as_root "/etc/systemd/system/$1" "$2"
	systemctl daemon-reload
	if [ "$(cat "$2/active")" = active ]; then
		systemctl start "$1"
		changed "$1 started again"
	fi
}

want_masked() {
	want mask "$1" masked
	[ "$(readlink "/etc/systemd/system/$1")" != /dev/null ] || return 0
	if systemctl is-active -q "$1"; then
		systemctl stop "$1"
		changed "$1 stopped"
	fi
	ln -sfnT /dev/null "/etc/systemd/system/$1"
	systemctl daemon-reload
	changed "$1 masked"
}

# Asked for in so many words. Once: the docker.io that is there afterwards is this package's own.
purge_rootful_docker() {
	local name names=''
	hold_packages
	for name in $ROOTFUL_PACKAGES; do
		if [ -e "$(thing_directory package "$name")/claims/$LEASE.$STEP" ]; then
			release_packages
			return 0
		fi
		[ -z "$(installed_version "$name")" ] || names="$names $name"
	done
	if [ -n "$names" ]; then
		[ -e "$STATE/packages.before" ] || installed_packages >"$STATE/packages.before"
		for name in $ROOT_UNITS; do want_masked "$name"; done
		for name in $names; do want package "$name" purged; done
		# shellcheck disable=SC2086 # a list of package names
		apt_get purge $names || fail "apt-get purge$names" "$(apt_errors)" "these packages gone" "mend what apt-get says, then run again"
		changed "packages purged:$names"
	fi
	release_packages
}

# docker.io makes the group for a socket that is masked here, and leaves it behind when purged.
group_save() { getent group "$1" >"$2/entry" || true; }

group_restore() {
	[ ! -s "$2/entry" ] || return 0
	getent group "$1" >/dev/null || return 0
	[ -z "$(installed_version docker.io)" ] || return 0
	groupdel "$1"
	changed "group $1 removed"
}
