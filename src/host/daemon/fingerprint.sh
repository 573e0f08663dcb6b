# What the daemon was started with, when it last started well: the sum of its files, and what it stands
# on. If one of the two is another now, it restarts.

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

# Reads it: RUNNING_SUM and RUNNING_GROUND, empty where nothing is known.
read_start() {
	local start
	RUNNING_SUM='' RUNNING_GROUND=''
	start=$(remembered start)
	[ -n "$start" ] || return 0
	RUNNING_SUM=${start%% *}
	RUNNING_GROUND=${start#* }
}
