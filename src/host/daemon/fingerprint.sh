# What the daemon was started with, when it last started well: the sum of its files, and what it stands
# on. If one of the two is another now, it restarts.

# Lines that the daemon reads once, when it starts. Time limits of the unit are systemd's alone: for
# them nothing restarts. Arguments: daemon.json, environment and unit.
what_restarts() { grep -hvE '^(Timeout[A-Za-z]*=[^"]|\[|$)' "$@" || true; }

# Prints the ground that the daemon stands on, which other steps can change, on one line: the engine's
# programs, the account's ids, what rootlesskit may, and the controllers that are delegated. Programs
# have their own paths there, since that of an unpacked engine leads from version to version.
ground() {
	local file
	# shellcheck disable=SC2046 # words and paths without blanks
	set -- $(
		stat -c '%n %s %Y' $(realpath $(engine_programs))
		for file in /etc/subuid /etc/subgid; do read_ranges "$file" && echo "$ID_RANGES"; done
		getcap "$(rootlesskit_program)" 2>/dev/null || true
		delegated_controllers
	)
	printf '%s' "$*"
}

# Reads it: sets RUNNING_SUM and RUNNING_GROUND, empty where nothing is known. RUNNING_SUM is "unknown"
# where a start was cut off or failed, and RUNNING_GROUND is empty then.
read_start() {
	RUNNING_SUM='' RUNNING_GROUND=''
	read -r RUNNING_SUM RUNNING_GROUND <<-START || true
		$(remembered start)
	START
}
