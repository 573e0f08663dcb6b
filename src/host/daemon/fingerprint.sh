# shellcheck shell=dash
# What the daemon was started with at its last good start: $STATE/leases/LEASE/started has three
# sums on one line, of its files, of what it stands on, and of the secret values. Where one of the
# first two is another, it restarts.

# The sum of the files that the daemon reads once, when it starts. Time limits of the unit are
# systemd's alone: for them nothing restarts. $1 the directory with copies of daemon.json,
# environment and docker.service.
sum_of_daemon_files() {
	sed '/^Timeout[A-Za-z]*=/d; /^\[/d' "$1/daemon.json" "$1/environment" "$1/docker.service" |
		sum_of /dev/stdin
}

# The sum of what other steps can change: the engine's programs, the account's ids, what rootlesskit
# may, and the controllers that are delegated.
sum_of_ground() {
	{
		# shellcheck disable=SC2046 # paths without blanks
		stat -L -c '%n %s %Y' $(
			engine_programs
			command -v pasta || true
			command -v fuse-overlayfs || true
		)
		awk -F : -v name="$ACCOUNT" -v uid="$ACCOUNT_UID" '$1 == name || $1 == uid' \
			/etc/subuid /etc/subgid || true
		getcap "$(rootlesskit_program)" 2>/dev/null || true
		delegated_controllers
	} | sum_of /dev/stdin
}

# One of the recorded sums, or nothing. $1 files, ground or values.
sum_at_start() {
	local files='' ground='' values=''
	[ ! -s "$STATE/leases/$LEASE/started" ] ||
		read -r files ground values <"$STATE/leases/$LEASE/started"
	case $1 in
	files) printf '%s' "$files" ;;
	ground) printf '%s' "$ground" ;;
	values) printf '%s' "$values" ;;
	esac
}

# After a good start. $1 the sum of the files, $2 of the ground.
note_start() {
	local sums
	sums="$1 $2 $(sum_of_values)"
	[ "$sums" = "$(sum_at_start files) $(sum_at_start ground) $(sum_at_start values)" ] ||
		echo "$sums" | write_record "$STATE/leases/$LEASE/started"
}

# Before a start: of a daemon that a killed run leaves nobody knows what it runs with.
forget_start() {
	[ -e "$STATE/leases/$LEASE/started" ] || return 0
	rm -f "$STATE/leases/$LEASE/started"
	sync "$STATE/leases/$LEASE"
}
