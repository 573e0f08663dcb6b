# shellcheck shell=dash
# engine: the packages that rootless Docker is made of, and no root daemon left running by them.

ROOT_UNITS='docker.socket docker.service containerd.service'
# What provides a rootful Docker on Debian: the distribution's packages and the vendor's.
ROOTFUL_PACKAGES='docker.io docker-ce docker-ce-cli docker-ce-rootless-extras containerd.io docker-buildx-plugin docker-compose-plugin'

engine_apply() {
	local packages
	rootful_docker_problems "$(doc rootful-docker)"
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
	restart_daemons "the engine changed" all
	fact versions.engine "$(dockerd --version | sed 's/^Docker version //; s/,.*//')"
	fact versions.rootlesskit "$(rootlesskit --version | sed 's/^rootlesskit version //')"
	fact versions.kernel "$(uname -r)"
	fact versions.os "$(os_name)"
}

os_name() { sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release; }

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
	local mask
	case $(doc rootful-docker) in
	disable | purge) return 0 ;;
	esac
	mask=$(thing_directory mask "$1")
	if [ -d "$mask/baseline" ]; then
		[ ! -e "$mask/baseline/there" ] || return 1
	elif systemctl cat "$1" >/dev/null 2>&1; then
		return 1
	fi
}

mask_save() {
	save_path as_root "/etc/systemd/system/$1" "$2"
	! systemctl cat "$1" >/dev/null 2>&1 || : >"$2/there"
}

mask_restore() {
	restore_path as_root "/etc/systemd/system/$1" "$2"
	systemctl daemon-reload
}

# All at once: the socket would start the service again that was stopped before it.
want_masks() {
	local unit units='' running='' reload=''
	for unit in $ROOT_UNITS; do
		must_be_masked "$unit" || continue
		want mask "$unit" masked
		[ "$(readlink "/etc/systemd/system/$unit")" != /dev/null ] || continue
		units="$units $unit"
		! systemctl is-active -q "$unit" || running="$running $unit"
	done
	if [ -n "$running" ]; then
		# shellcheck disable=SC2086 # a list of units
		systemctl stop $running
		changed "stopped:$running"
	fi
	[ -n "$units" ] || return 0
	for unit in $units; do
		ln -sfnT /dev/null "/etc/systemd/system/$unit"
		changed "$unit masked"
		[ ! -e "$(thing_directory mask "$unit")/baseline/there" ] || reload=systemctl
	done
	# systemd reads a unit that it does not know yet when it is asked for it.
	[ -z "$reload" ] || systemctl daemon-reload
}

# Which of the units ran. Claimed before the masks, and so restored after all of them are gone: the
# service does not start without its socket, nor the socket without its service.
rootunits_save() {
	local unit
	for unit in $ROOT_UNITS; do
		! systemctl is-enabled -q "$unit" 2>/dev/null || printf '%s\n' "$unit" >>"$2/enabled"
		! systemctl is-active -q "$unit" || printf '%s\n' "$unit"
	done >"$2/active"
}

rootunits_restore() {
	local unit
	# A package that was purged and came back under a mask is not. Debian's helper, which keeps its own
	# record of what is enabled, works for maintainer scripts only.
	[ ! -e "$2/enabled" ] || while read -r unit; do
		systemctl is-enabled -q "$unit" 2>/dev/null ||
			DPKG_MAINTSCRIPT_PACKAGE=docker.io deb-systemd-helper enable "$unit" >/dev/null 2>&1 || true
		systemctl is-enabled -q "$unit" 2>/dev/null || systemctl -q enable "$unit"
	done <"$2/enabled"
	while read -r unit; do
		! systemctl is-active -q "$unit" || continue
		systemctl reset-failed "$unit" 2>/dev/null || true
		systemctl start "$unit"
		changed "$unit started again"
	done <"$2/active"
}

# Asked for in so many words. Once: the docker.io that is there afterwards is this package's own.
purge_rootful_docker() {
	local name thing names=''
	hold_packages
	for name in $ROOTFUL_PACKAGES; do
		thing=$(thing_directory package "$name")
		# Brought by a lease of this machine.
		if [ -d "$thing/baseline" ] && [ ! -s "$thing/baseline/version" ]; then continue; fi
		if [ -e "$thing/baseline/purged" ]; then
			# By another lease, perhaps: it comes back with the last one's end.
			want package "$name" purged
		elif [ -n "$(installed_version "$name")" ]; then
			names="$names $name"
		fi
	done
	if [ -n "$names" ]; then
		remember_packages
		for name in $names; do want package "$name" purged; done
		# shellcheck disable=SC2086 # a list of package names
		apt_get purge --allow-change-held-packages $names || fail "apt-get purge$names" "$(apt_errors)" "these packages gone" "mend what apt-get says, then run again"
		for name in $names; do : >"$(thing_directory package "$name")/baseline/purged"; done
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
