# shellcheck shell=dash
# Kinds mask and rootunits: the units of a Docker daemon that the machine's root runs.

ROOT_UNITS='docker.socket docker.service containerd.service'

mask_check() { [ "$(readlink "/etc/systemd/system/$1")" = /dev/null ] || echo 'not masked'; }

rootunits_check() {
	local unit
	for unit in $ROOT_UNITS; do
		! systemctl is-active -q "$unit" || printf '%s runs\n' "$unit"
	done | paste -s -d ,
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
