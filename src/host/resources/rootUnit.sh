# shellcheck shell=dash
# Kinds mask and rootunits: the units of a Docker daemon that the machine's root runs.

ROOT_UNITS='docker.socket docker.service containerd.service'

# One that somebody took away stays away, as must_be_masked has it, but where rootfulDocker stops root's Docker.
mask_check() {
	if is_masked "$1"; then return 0; fi
	if unclaimed "$(resource_directory rootunits docker)" && was_unmasked "$1"; then return 0; fi
	echo 'not masked'
}

rootunits_check() {
	local unit
	for unit in $ROOT_UNITS; do
		if [ "$unit" = containerd.service ] && ! is_masked_here "$unit"; then continue; fi
		! systemctl is-active -q "$unit" || printf '%s runs\n' "$unit"
	done | paste -s -d ,
}

# A unit that is there already belongs to the host and stays as it is, unless the policy says
# otherwise. One that the packages are about to bring is masked first, so that it never starts. A
# mask of ours that somebody has taken away since, or put a unit in its place, is not put back. $1 the unit, $2 for whom
# containerd stays.
must_be_masked() {
	local mask
	case $(doc rootful-docker) in
	disable | purge)
		[ "$1" = containerd.service ] || return 0
		[ -z "$2" ] || return 1
		! is_containerd_of_docker || return 0
		;;
	esac
	# Archives bring no unit.
	[ "$(doc source)" != static-archive ] || return 1
	mask=$(resource_directory mask "$1")
	if [ -d "$mask/baseline" ]; then
		[ ! -e "$mask/baseline/there" ] && ! was_unmasked "$1"
	else
		# No other source brings a unit.
		case $(doc source) in distribution | docker-repository) ;; *) return 1 ;; esac
		! systemctl cat "$1" >/dev/null 2>&1
	fi
}

# For whom containerd stays where rootfulDocker would stop it with Docker, or nothing. dockerd starts without it, and
# Docker's units are masked: it brings no daemon back.
containerd_stays_for() {
	case $(doc rootful-docker) in
	disable | purge) ! is_containerd_of_docker || containerd_users ;;
	esac
}

# Without Docker's units, containerd is somebody else's.
is_containerd_of_docker() { is_masked_here containerd.service || has_docker_units; }

# Units of Docker's that neither an installation has brought, nor Purge had removed before.
has_docker_units() {
	local unit file package
	for unit in docker.service docker.socket; do
		file=$(unit_on_disk "$unit") || continue
		package=$(printf '%s\n' "$file" | packages_of_files | cut -f 1)
		if [ -z "$package" ] || is_package_of_others "$package"; then return 0; fi
	done
	is_masked docker.service && ! is_masked_here docker.service
}

# True where an installation has a mask on it.
is_masked_here() { [ -d "$(resource_directory mask "$1")/baseline" ]; }

is_masked() { [ "$(readlink "/etc/systemd/system/$1")" = /dev/null ]; }

# A run that was killed before it had masked the unit had not brought it either.
was_unmasked() { ! is_masked "$1" && unit_on_disk "$1" >/dev/null; }

# What somebody unmasked was there before the policy masks it again.
note_unmasked() {
	local baseline
	baseline=$(resource_directory mask "$1")/baseline
	if [ -d "$baseline" ] && was_unmasked "$1"; then write_record "$baseline/there" </dev/null; fi
}

# The unit's file. systemd itself does not say it of one that is masked, nor before it reads its
# files again.
unit_on_disk() {
	local folder
	for folder in /etc /run /usr/local/lib /usr/lib /lib; do
		folder=$folder/systemd/system
		[ "$(readlink "$folder/$1")" != /dev/null ] || continue
		if [ -e "$folder/$1" ] || [ -h "$folder/$1" ]; then
			printf '%s' "$folder/$1"
			return 0
		fi
	done
	return 1
}

mask_save() {
	save_path as_root "/etc/systemd/system/$1" "$2"
	! systemctl cat "$1" >/dev/null 2>&1 || : >"$2/there"
}

# A unit in the place of our mask.
mask_now() {
	is_masked "$1" || path_now as_root "/etc/systemd/system/$1" "$2"
}

# A package of ours that stays may start its unit as root as soon as that is not masked any more.
keep_masks_of_staying() {
	local unit mask package
	for unit in $ROOT_UNITS; do
		mask=$(resource_directory mask "$unit")
		rm -f "$mask/kept"
		if [ ! -d "$mask/baseline" ] || [ -e "$mask/baseline/there" ] || ! is_masked "$unit"; then continue; fi
		package=$(unit_on_disk "$unit" | packages_of_files | cut -f 1)
		if [ -n "$package" ] && cut -d ' ' -f 1 "$WORK/packages.staying" | grep -qxF -- "$package"; then
			printf '%s\n' "$package" | write_record "$mask/kept"
		fi
	done
}

mask_restore() {
	if [ -s "${2%/*}/kept" ] && is_masked "$1"; then
		say "$1 stays masked, since $(cat "${2%/*}/kept") stays and would start it:" \
			"'systemctl unmask $1' if it is to run"
		return 0
	fi
	! was_unmasked "$1" || say "$1 stays as it is: somebody has taken this package's mask away"
	restore_path as_root "/etc/systemd/system/$1" "$2"
	systemctl daemon-reload
}

active_root_units() {
	local unit
	for unit in $ROOT_UNITS; do
		! systemctl is-active -q "$unit" || printf '%s ' "$unit"
	done
}

enabled_root_units() {
	local unit
	for unit in $ROOT_UNITS; do
		! systemctl is-enabled -q "$unit" 2>/dev/null || printf '%s ' "$unit"
	done
}

# A purge forgets that units of its names are enabled, also those of another package. Arguments: units
# that were.
enable_theirs_again() {
	local unit
	for unit in "$@"; do
		if systemctl is-enabled -q "$unit" 2>/dev/null || ! was_unmasked "$unit"; then continue; fi
		systemctl -q enable "$unit" 2>"$WORK/error" ||
			say "$unit is disabled by the removal of the packages, and not enabled again: $(tail -n 1 "$WORK/error")"
	done
}

# A package's removal stops units by their names: somebody's own of such a name runs again.
# Arguments: units that ran before.
start_theirs_again() {
	local unit
	for unit in "$@"; do
		if systemctl is-active -q "$unit" || ! was_unmasked "$unit"; then continue; fi
		systemctl start "$unit" 2>"$WORK/error" ||
			say "$unit is stopped by the removal of the packages, and does not start again: $(tail -n 1 "$WORK/error")"
	done
}

# What somebody has put in the place of our mask, file or link, is what was there before the policy
# masks it again. Killed in between, it is still there, and nothing is masked.
keep_unit() {
	local mask before
	mask=$(resource_directory mask "$1")
	has_drifted mask "$mask" || return 0
	before=$(keep_before mask "$mask") || exit 1
	rm -rf "$mask/baseline.new"
	mkdir "$mask/baseline.new"
	save_path as_root "/etc/systemd/system/$1" "$mask/baseline.new"
	: >"$mask/baseline.new/there"
	find "$mask/baseline.new" -exec sync {} +
	rm -rf "$mask/baseline"
	mv -T "$mask/baseline.new" "$mask/baseline"
	sync_directories "$mask"
	say "$1 is masked again, as rootfulDocker says: what is in its place comes back afterwards$before"
}

# All at once: the socket would start the service again that was stopped before it.
want_masks() {
	local unit units='' running='' reload='' users
	users=$(containerd_stays_for)
	[ -z "$users" ] || say "containerd.service stays as it is: $users"
	for unit in $ROOT_UNITS; do
		must_be_masked "$unit" "$users" || continue
		note_unmasked "$unit"
		claim mask "$unit" masked
		! is_masked "$unit" || continue
		units="$units $unit"
		! systemctl is-active -q "$unit" || running="$running $unit"
	done
	settle_claims
	if [ -n "$running" ]; then
		# shellcheck disable=SC2086 # a list of units
		systemctl stop $running
		changed "stopped:$running"
	fi
	[ -n "$units" ] || return 0
	for unit in $units; do
		keep_unit "$unit"
		write_link as_root "/etc/systemd/system/$unit" /dev/null
		changed "$unit masked"
		[ ! -e "$(resource_directory mask "$unit")/baseline/there" ] || reload=systemctl
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
		systemctl is-active -q "$unit" || continue
		printf '%s\n' "$unit"
		readlink "/proc/$(systemctl show -p MainPID --value "$unit")/exe" >>"$2/programs" || true
	done >"$2/active"
}

# Packages of units that ran, and start again when they are not masked any more, and of the programs
# that such units ran, whose files may be somebody's own. What Purge removed has gone with its units: those that are
# there now are of the packages that came in its place. Like packages_of_programs.
packages_of_stopped_units() {
	local baseline unit file
	! has_purged_packages || return 0
	baseline=$(resource_directory rootunits docker)/baseline
	[ -e "$baseline/active" ] || return 0
	{
		while read -r unit; do
			file=$(sed -n "s/^$unit //p" "$baseline/files" 2>/dev/null)
			case $file in
			# A package may name either directory.
			/lib/* | /usr/lib/*) printf '*/lib/systemd/system/%s\n' "$unit" ;;
			esac
		done <"$baseline/active"
		cat "$baseline/programs" 2>/dev/null
	} | packages_of_files
}

has_purged_packages() {
	local purged
	for purged in "$STATE"/things/package/*/baseline/purged; do [ ! -e "$purged" ] || return 0; done
	return 1
}

# Packages of units that somebody has unmasked, and that are enabled or run. Like packages_of_programs.
packages_of_used_units() {
	local unit
	for unit in $ROOT_UNITS; do
		if [ ! -d "$(resource_directory mask "$unit")/baseline" ] || ! was_unmasked "$unit"; then continue; fi
		if systemctl is-enabled -q "$unit" 2>/dev/null || systemctl is-active -q "$unit"; then
			unit_on_disk "$unit" | packages_of_files
		fi
	done
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
	# A package that was purged and came back under a mask is not.
	[ ! -e "$2/enabled" ] || while read -r unit; do
		if is_another_unit "$unit" "$2" || ! unit_on_disk "$unit" >/dev/null; then continue; fi
		systemctl is-enabled -q "$unit" 2>/dev/null || enable_unit_of_package "$unit"
		systemctl is-enabled -q "$unit" 2>/dev/null || systemctl -q enable "$unit"
	done <"$2/enabled"
	while read -r unit; do
		! systemctl is-active -q "$unit" || continue
		! is_another_unit "$unit" "$2" || continue
		unit_on_disk "$unit" >/dev/null || {
			say "$unit is not started again: it is not there any more"
			continue
		}
		systemctl reset-failed "$unit" 2>/dev/null || true
		systemctl start "$unit"
		changed "$unit started again"
	done <"$2/active"
}
