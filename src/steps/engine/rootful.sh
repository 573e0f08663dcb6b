# shellcheck shell=dash
# A Docker daemon that the machine's root runs: the host's own, and the one that the packages bring.

ROOT_UNITS='docker.socket docker.service containerd.service'

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

# A unit in the place of our mask.
mask_now() {
	[ "$(readlink "/etc/systemd/system/$1")" = /dev/null ] || path_now as_root "/etc/systemd/system/$1" "$2"
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
		write_link as_root "/etc/systemd/system/$unit" /dev/null
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
		printf '%s %s\n' "$unit" "$(unit_file "$unit")" >>"$2/files"
		! systemctl is-enabled -q "$unit" 2>/dev/null || printf '%s\n' "$unit" >>"$2/enabled"
		! systemctl is-active -q "$unit" || printf '%s\n' "$unit"
	done >"$2/active"
}

unit_file() { systemctl show -p FragmentPath --value "$1"; }

# True where the unit has another file now than it had. $1 unit, $2 baseline directory.
is_another_unit() {
	local file
	file=$(unit_file "$1")
	[ -e "$2/files" ] && [ -n "$file" ] && ! grep -qxF -- "$1 $file" "$2/files"
}

rootunits_restore() {
	local unit
	for unit in $ROOT_UNITS; do
		if grep -qsxF -- "$unit" "$2/enabled" "$2/active" && is_another_unit "$unit" "$2"; then
			say "$unit stays as it is: its file is $(unit_file "$unit") now, which is not the one that was stopped"
		fi
	done
	# A package that was purged and came back under a mask is not. Debian's helper, which keeps its own
	# record of what is enabled, works for maintainer scripts only.
	[ ! -e "$2/enabled" ] || while read -r unit; do
		! is_another_unit "$unit" "$2" || continue
		systemctl is-enabled -q "$unit" 2>/dev/null ||
			DPKG_MAINTSCRIPT_PACKAGE=docker.io deb-systemd-helper enable "$unit" >/dev/null 2>&1 || true
		systemctl is-enabled -q "$unit" 2>/dev/null || systemctl -q enable "$unit"
	done <"$2/enabled"
	while read -r unit; do
		! systemctl is-active -q "$unit" || continue
		! is_another_unit "$unit" "$2" || continue
		systemctl reset-failed "$unit" 2>/dev/null || true
		systemctl start "$unit"
		changed "$unit started again"
	done <"$2/active"
}

# Asked for in so many words. Once: the docker.io that is there afterwards is this package's own.
purge_rootful_docker() {
	local name thing names=''
	hold_packages
	keep_purged_files
	for name in $(doc rootful-docker.purge); do
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
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$names" ] || purge_now $names
	release_packages
}

purge_now() {
	local name file data
	remember_packages
	# Claimed before the packages, and so restored after them.
	for file in $(configuration_files "$@"); do want file "$file" purged; done
	for name in "$@"; do
		want package "$name" purged
		note_version "$name" none
	done
	data=$(ls -A /var/lib/docker 2>/dev/null || true)
	apt_get purge --allow-change-held-packages "$@" || fail "apt-get purge $*" "$(apt_errors)" "these packages gone" "mend what apt-get says, then run again"
	for name in "$@"; do : >"$(thing_directory package "$name")/baseline/purged"; done
	changed "packages purged: $*"
	if [ -n "$data" ] && [ -z "$(ls -A /var/lib/docker 2>/dev/null)" ]; then changed "/var/lib/docker emptied by docker.io's purge"; fi
}

# A purge removes them with all edits. Debian's policy has no blanks in their names.
configuration_files() {
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' "$@" | awk '$1 != "" && $3 != "obsolete" { print $1 }'
}

# No package names them any more.
keep_purged_files() {
	local claim
	for claim in "$STATE"/things/file/*/claims/*.engine; do
		[ -e "$claim" ] || continue
		[ "$(tail -n +2 "$claim")" != purged ] || want file "$(cat "${claim%/claims/*}/name")" purged
	done
}

# docker.io makes the group for a socket that is masked here, and leaves it behind when purged.
group_save() { save_entry group "$@"; }

# As the packages have made it: without members. Once: what it is later may be somebody's work.
note_group() {
	local dir
	dir=$(thing_directory group "$1")
	if [ -s "$dir/baseline/entry" ] || grep -qs : "$dir/left"; then return 0; fi
	note_left "$dir" "$(getent group "$1" | cut -d : -f 3):"
}

# Its gid and who is in it. Of version 0.1.0 the gid is not known.
group_now() {
	local gid members
	if [ -s "$2/entry" ] || ! getent group "$1" >/dev/null; then return 0; fi
	gid=$(getent group "$1" | cut -d : -f 3)
	members=$(getent group "$1" | cut -d : -f 4)$(getent passwd | awk -F : -v gid="$gid" '$4 == gid { print $1 }')
	[ -n "$members" ] || grep -qs : "${2%/*}/left" || return 0
	printf '%s:%s\n' "$gid" "$members" | paste -s -d ,
}

group_restore() {
	[ ! -s "$2/entry" ] || return 0
	getent group "$1" >/dev/null || return 0
	[ -z "$(installed_version docker.io)" ] || return 0
	groupdel "$1"
	changed "group $1 removed"
}
