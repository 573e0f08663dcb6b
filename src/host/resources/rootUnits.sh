# Kind unit: a unit of root's that runs or is stopped. A mask keeps a unit that has one from
# starting again: a link of kind path, which leaves it open whether the unit is enabled.

# The socket comes first: else it would start the service that was stopped before it.
ROOT_UNITS='docker.socket docker.service containerd.service'

unit_state() { if systemctl is-active -q "$1"; then echo running; else echo stopped; fi; }

# Its mask is gone by then, and systemd may not know that yet. $1 the unit, $2 running or stopped.
unit_set() {
	if [ "$2" = stopped ]; then
		systemctl stop "$1" 2>"$WORK/error" ||
			fail "$1" "that it does not stop ($(tail -n 1 "$WORK/error"))" "it stopped" \
				"stop it yourself, then run again"
		return 0
	fi
	systemctl daemon-reload
	systemctl reset-failed "$1" 2>/dev/null || true
	systemctl start "$1" 2>"$WORK/error" ||
		say "$1 ran before, and does not start again: $(tail -n 1 "$WORK/error")"
}

want_mask() { want_link "/etc/systemd/system/$1" /dev/null; }

# Units that packages are about to bring are masked before that, and never start. A unit that was
# there before is the host's. $1 the units, $2 the states in which they are masked: not-found, masked.
want_masks() {
	local unit state units=$1 states=$2
	# shellcheck disable=SC2046,SC2086 # a word for each unit
	set -- $(systemctl show -p LoadState --value $units)
	for unit in $units; do
		state=${1-loaded}
		[ $# = 0 ] || shift
		case " $states " in
		*" $state "*)
			if [ "$state" != masked ] || is_unit_of_brought_package "$unit"; then
				want_mask "$unit"
			fi
			;;
		esac
	done
}

# True if the unit, which has a mask, is one of a package that this program has brought, or is about to
# bring. $1 the unit.
is_unit_of_brought_package() {
	local package directory packages='docker.io docker-ce moby-engine docker'
	[ "$1" != containerd.service ] || packages='containerd containerd.io'
	# Of a package that was killed while it was unpacked, the unit may be there already.
	for package in $packages; do
		! grep -qsxF "$package" "$STATE/packages" || return 0
	done
	for directory in /usr/local/lib /usr/lib /lib; do
		[ ! -e "$directory/systemd/system/$1" ] || return 1
	done
	case $(recorded was path "/etc/systemd/system/$1") in
	file*) return 1 ;;
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

group_same() { [ "$2" != absent ]; }

group_label() { printf 'group %s' "$1"; }

# The packages take it as they find it. groupdel refuses one that is the first of an account.
group_set() {
	if [ "$2" = absent ]; then
		groupdel "$1" 2>"$WORK/error" || say "group $1 stays: $(tail -n 1 "$WORK/error")"
	else
		getent group "$1" >/dev/null || groupadd --system "$1"
	fi
}
