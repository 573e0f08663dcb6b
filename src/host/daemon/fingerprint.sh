# shellcheck shell=dash
# What a daemon was started with at its last good start: $STATE/leases/LEASE/started has three sums on one line, of
# its files, of what it stands on, and of the secret values. Where one differs from what there is now, it restarts.

# The sum of the files that the daemon reads once, when it starts. Time limits of the unit are systemd's alone: for
# them nothing restarts. $1 the directory with copies of daemon.json, environment and docker.service.
sum_of_daemon_files() {
	{
		cat "$1/daemon.json" "$1/environment" 2>/dev/null
		grep -v '^Timeout' "$1/docker.service" 2>/dev/null
	} | sha256sum | cut -c 1-64
}

# The sum of what other steps can change: the engine's programs, the account's ids, what rootlesskit may, and the
# controllers that are delegated.
sum_of_ground() {
	local program
	{
		for program in $(engine_programs) passt fuse-overlayfs; do command -v "${program%%:*}" || true; done |
			xargs -d '\n' stat -L -c '%n %s %Y' 2>/dev/null
		awk -F : -v name="$ACCOUNT" -v uid="$ACCOUNT_UID" '$1 == name || $1 == uid' /etc/subuid /etc/subgid
		getcap "$(command -v rootlesskit)" 2>/dev/null
		delegated_controllers
	} | sha256sum | cut -c 1-64
}

# Right before a start: a run that is killed meanwhile leaves a daemon of which nobody knows what it runs with.
forget_start() {
	[ ! -e "$STATE/leases/$LEASE/started" ] || {
		rm -f "$STATE/leases/$LEASE/started"
		sync "$STATE/leases/$LEASE"
	}
}

# $1 the sum of the files, $2 of the ground.
note_start() { echo "$1 $2 $(sum_of_secrets)" | write_record "$STATE/leases/$LEASE/started"; }

# One of the sums, or nothing. $1 files, ground or secrets.
sum_at_start() {
	local files='' ground='' secrets=''
	[ ! -s "$STATE/leases/$LEASE/started" ] || read -r files ground secrets <"$STATE/leases/$LEASE/started"
	case $1 in
	files) echo "$files" ;;
	ground) echo "$ground" ;;
	secrets) echo "$secrets" ;;
	esac
}
