# shellcheck shell=dash
# What is on the disk before anybody relies on it.

# A rename of a directory's entries is on the disk when the directory is. Some file systems know
# that for files only: there everything is written. Arguments: directories.
sync_directories() { sync "$@" 2>/dev/null || sync; }

# All that this run has changed, before anybody relies on it: a record that goes, or Pulumi, which
# is told that the step is done. A home that cannot be asked for that is left out, and no reason to
# wait for every file system.
sync_host() {
	local place
	[ -z "${ACCOUNT_HOME-}" ] || in_directory "$ACCOUNT_HOME" sync -f . 2>/dev/null || true
	sort -u "$WORK/places" 2>/dev/null | while IFS= read -r place; do
		# Of what is gone, the place where it was.
		until in_directory "$place/" sync -f . 2>/dev/null || [ -z "$place" ]; do place=${place%/*}; done
	done
	sync -f "$STATE" /etc /usr /usr/local 2>/dev/null || sync
}

# A place that may be on a disk of its own, and is written to in this run: whichever shell of it does so. $1 path.
note_place_to_sync() { case $1 in /*) printf '%s\n' "$1" >>"$WORK/places" ;; esac }

# Writes stdin to a record of the agent's own at once or not at all, for root alone: without power
# it is the earlier one or the new one. $1 path.
write_record() {
	(umask 077 && cat >"$1.new") || return
	if cmp -s "$1.new" "$1"; then
		rm -f "$1.new"
	else
		sync "$1.new" && mv -fT "$1.new" "$1" && sync_directories "${1%/*}"
	fi
}
