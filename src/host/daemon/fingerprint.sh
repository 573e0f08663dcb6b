# The record of the daemon's last good start: $OWN/started is one line, the sum of its files and
# what it stands on. Where one of the two is another, it restarts.

# Lines that the daemon reads once, when it starts. Time limits of the unit are systemd's alone: for
# them nothing restarts. Arguments: daemon.json, environment and unit.
what_restarts() { grep -hvE '^(Timeout[A-Za-z]*=[^"]|\[|$)' "$@" || true; }

# Things that other steps can change, on one line: the engine's programs, the account's ids, what
# rootlesskit may, and the controllers that are delegated.
ground() {
	local file
	# shellcheck disable=SC2046 # words and paths without blanks
	set -- $(
		stat -L -c '%n %s %Y' $(engine_programs)
		for file in /etc/subuid /etc/subgid; do read_ranges "$file" && echo "$ID_RANGES"; done
		getcap "$(rootlesskit_program)" 2>/dev/null || true
		delegated_controllers
	)
	printf '%s' "$*"
}

# Reads the record: RUNNING_SUM and RUNNING_GROUND, empty where there is none.
read_start() {
	RUNNING_SUM='' RUNNING_GROUND=''
	[ ! -s "$OWN/started" ] || read -r RUNNING_SUM RUNNING_GROUND <"$OWN/started"
}

# After a good start; one that is still noted was with the same. $1 the files' sum, $2 the ground.
note_start() { [ -e "$OWN/started" ] || printf '%s\n' "$1 $2" | write_record "$OWN/started"; }
