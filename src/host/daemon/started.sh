# shellcheck shell=dash
# What a daemon was started with, and whether that is what there is now.

# Everything that the daemon reads once, when it starts: its own files, and what it stands on, which is in $WORK/ground
# then.
daemon_fingerprint() {
	local config=$ACCOUNT_HOME/.config file
	daemon_ground >"$WORK/ground"
	{
		for file in docker/daemon.json docker/environment systemd/user/docker.service; do
			account_file "$config/$file" || true
		done
		cat "$WORK/ground"
	} | sha256sum | cut -c 1-64
}

sum_of_ground() { sha256sum <"$WORK/ground" | cut -c 1-64; }

# What other steps than its own can change: the engine, its capability, its ids, its control groups.
daemon_ground() {
	# shellcheck disable=SC2046 # lists of package names
	daemon_engine $(storage_packages) $(network_packages)
	capability_wished_for
	id_ranges /etc/subuid "$ACCOUNT" "$ACCOUNT_UID"
	id_ranges /etc/subgid "$ACCOUNT" "$ACCOUNT_UID"
	delegated_controllers
}

# What rootlesskit may, where an installation of this account wants that: for another one's wish no daemon starts again.
capability_wished_for() {
	local program lease
	program=$(command -v rootlesskit) || return 0
	for lease in $(installations_of "$(resource_directory userdaemon "$ACCOUNT")"); do
		is_claimed_by "$lease" "$(resource_directory filecap "$(realpath "$program")")/claims" || continue
		getcap "$program" 2>/dev/null || true
		return 0
	done
}

# Notes what the daemon was started with: the fingerprint of all of it, and of what it stands on; and which start that
# was. $1 the daemon's directory, $2 the fingerprint, which was taken last.
note_started() {
	printf '%s\n%s\n%s\n' "$2" "$(sum_of_ground)" "$(unit_property InvocationID)" |
		write_record "$1/started"
}

# Before a step writes what the daemon reads: notes where that is something else than it was started with.
note_other_files() {
	[ "$(head -n 1 "$(resource_directory userdaemon "$ACCOUNT")/started" 2>/dev/null)" = "$(daemon_fingerprint)" ] ||
		: >"$WORK/other-files"
}

# True where somebody else has started the daemon since, with what this run found: what this package has written is
# there again, and not what the daemon runs with. Version 0.2.0 did not note which start it was. $1 its directory.
runs_with_other_files() {
	local noted
	noted=$(sed -n 3p "$1/started" 2>/dev/null) || return 1
	[ -e "$WORK/other-files" ] && [ -n "$noted" ] && [ "$noted" != "$(unit_property InvocationID)" ]
}

# True where the daemon was started with something else than there is now, by $2: all of it, or the
# ground that it stands on; or its files, which this run has written, and with which it has to run.
# A start with the same that failed does not count: whoever failed runs again. $1 its directory.
needs_restart() {
	local now ground
	[ "$2" != files ] || daemon_is_up || return 0
	now=$(daemon_fingerprint)
	# The sum of a secret value is no argument of a program.
	if [ "$now" = "$(cat "$1/failed" 2>/dev/null)" ] || [ "$now" = "$(head -n 1 "$1/started")" ]; then return 1; fi
	ground=$(sed -n 2p "$1/started")
	# Version 0.1.1 noted the first line only.
	[ "$2" != ground ] || [ -z "$ground" ] ||
		[ "$ground" != "$(sum_of_ground)" ]
}

# What a daemon was started with of that, so that another installation's step need not ask its
# account: the packages, and a hash.
remember_engine() {
	# shellcheck disable=SC2046 # lists of package names
	write_engine "$1" $(storage_packages) $(network_packages)
}

# $1 file, then the packages.
write_engine() {
	local file=$1
	shift
	{
		printf '%s\n' "$*"
		daemon_engine "$@" | sha256sum
	} >"$file.new"
	mv "$file.new" "$file"
}

# True where the engine is another one than the daemon was started with. $1 its directory.
engine_changed() {
	# Started by an earlier version of this package.
	[ -e "$1/engine" ] || return 0
	# shellcheck disable=SC2046 # a list of package names
	[ "$(
		use_engine_of "$(installations_of "$1" | head -n 1)"
		daemon_engine $(head -n 1 "$1/engine") | sha256sum
	)" != "$(tail -n +2 "$1/engine")" ]
}
