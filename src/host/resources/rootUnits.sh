# Kind unit: a unit of root's that runs or is stopped. A mask keeps a unit that has one from
# starting again: a link of kind path, which leaves it open whether the unit is enabled. All of this
# is late: until its packages are gone, a boot would start root's daemon.

# The socket comes first: else it would start the service that was stopped before it.
ROOT_UNITS='docker.socket docker.service containerd.service'

# $1 the unit.
unit_state() {
	if systemctl is-active -q "$1"; then
		echo running
	else
		echo stopped
	fi
}

# $1 the unit, $2 running or stopped.
unit_set() {
	case $2 in
	stopped) stop_unit "$1" ;;
	*) start_unit "$1" ;;
	esac
}

# $1 the unit.
# root units: root's docker.service, docker.socket and containerd.service stop. Only if they came with this package, or with rootfulDocker disable or purge.
stop_unit() {
	if systemctl stop "$1" 2>"$WORK/error"; then return 0; fi
	fail "$1" "it does not stop ($(tail -n 1 "$WORK/error"))" '' \
		"stop it yourself, then run again"
}

# Its mask is gone by then, and systemd may not know that yet. $1 the unit.
# root units: a unit of root's Docker that ran before starts again.
start_unit() {
	systemctl daemon-reload
	systemctl reset-failed "$1" 2>/dev/null || true
	if ! systemctl start "$1" 2>"$WORK/error"; then
		say "$1 ran before, but does not start again: $(tail -n 1 "$WORK/error")"
		STAYS_AS_IT_IS=yes
	fi
}

# $1 the unit.
want_mask() {
	local path=/etc/systemd/system/$1
	want_parents "$path"
	want_late path "$path" 'link /dev/null'
}

# Units that packages are about to bring are masked before that, and never start. A unit that was
# there before is the host's. $1 the units, $2 the states in which they are masked: not-found, masked.
want_masks() {
	local unit state units=$1 states=$2
	# shellcheck disable=SC2046,SC2086 # a word for each unit
	set -- $(systemctl show -p LoadState --value $units)
	for unit in $units; do
		state=${1-loaded}
		if [ $# != 0 ]; then shift; fi
		case " $states " in
		*" $state "*) ;;
		*) continue ;;
		esac
		if [ "$state" != masked ] || is_unit_of_brought_package "$unit"; then want_mask "$unit"; fi
	done
}

# True if the unit, which has a mask, is one of a package that this program has brought, or is about to
# bring. Of a package that was killed while it was unpacked, the unit may be there already. $1 the unit.
is_unit_of_brought_package() {
	if has_brought_package_of_unit "$1"; then return 0; fi
	if has_packaged_unit "$1" || had_own_unit "$1"; then return 1; fi
	return 0
}

# True if this program has brought a package that has the unit. $1 the unit.
has_brought_package_of_unit() {
	local package packages='docker.io docker-ce moby-engine docker'
	if [ "$1" = containerd.service ]; then packages='containerd containerd.io'; fi
	for package in $packages; do
		if grep -qsxF "$package" "$STATE/packages"; then return 0; fi
	done
	return 1
}

# True if the unit is there below its mask. $1 the unit.
has_packaged_unit() {
	local directory
	for directory in /usr/local/lib /usr/lib /lib; do
		if [ -e "$directory/systemd/system/$1" ]; then return 0; fi
	done
	return 1
}

# True if the mask has taken the place of a unit in /etc. $1 the unit.
had_own_unit() {
	case $(recorded was path "/etc/systemd/system/$1") in
	file*) return 0 ;;
	*) return 1 ;;
	esac
}

# Kind group: the engine's packages make it for their socket, and leave it behind when they are
# purged. Its value: absent, present, or present with who is in it.
group_state() {
	local entry
	entry=$(getent group "$1") || {
		echo absent
		return 0
	}
	entry=${entry##*:}
	printf 'present%s\n' "${entry:+ with $entry}"
}

# $1 the name, $2 now, $3 wanted: its members are others' to choose.
group_same() { [ "$2" != absent ]; }

group_label() { printf 'group %s' "$1"; }

# The packages take it as they find it. groupdel refuses one that is the first of an account. $1 the
# name, $2 absent or present.
# root accounts: the group docker, as it was before.
group_set() {
	if [ "$2" != absent ]; then
		if ! getent group "$1" >/dev/null; then groupadd --system "$1"; fi
	elif [ -f /usr/lib/systemd/system/docker.socket ]; then
		say "kept: group $1, because docker.socket requires it"
		STAYS_AS_IT_IS=yes
	elif ! groupdel "$1" 2>"$WORK/error"; then
		say "kept: group $1: $(tail -n 1 "$WORK/error")"
		STAYS_AS_IT_IS=yes
	fi
}
