# Kind archive: a directory of root's with a version of the engine. It is there at once or not at all:
# NAME.new is one that is being unpacked, or removed.

# $1 the directory.
archive_state() {
	if [ -d "$1" ]; then
		echo unpacked
	else
		echo absent
	fi
}

# $1 the directory, $2 unpacked or absent.
archive_set() {
	if [ "$2" = unpacked ]; then
		unpack_archive "$1"
	else
		remove_archive "$1"
	fi
	sync "${1%/*}"
}

# Unpacking may have begun beside the run: see ensure_static_engine. $1 the directory. Empties BESIDE.
# root removes: a half unpacked engine of an earlier run.
# root writes: the engine's directory, by a rename once it is whole.
unpack_archive() {
	if [ -z "$BESIDE" ]; then run_beside unpack_archives "$1.new"; fi
	if ! wait "$BESIDE"; then
		cat "$WORK/beside/said" >&2
		rm -rf "$1.new"
		exit 1
	fi
	BESIDE=
	sync -f "$1.new"
	mv -T "$1.new" "$1"
}

# $1 the directory.
# root writes: another name for an engine's directory that goes.
# root removes: an engine's directory. Only if no installation wants it any more.
remove_archive() {
	stop_where_mounted_below "$1"
	# Half of it would be taken for the whole.
	mv -T "$1" "$1.new"
	rm -rf --one-file-system "$1.new"
}

# Removes what a run that was killed had begun to unpack. The lock is held: nobody is at it.
# root removes: directories of engines that a killed run left half.
remove_half_archives() {
	if [ -d "$ENGINES" ]; then rm -rf --one-file-system "$ENGINES"/docker-*.new; fi
}
