# Kind archive: a directory of root's with a version of the engine.

archive_state() { if [ -d "$1" ]; then echo unpacked; else echo absent; fi; }

# The directory is there at once or not at all. $1 the directory, $2 unpacked or absent.
archive_set() {
	if [ "$2" = unpacked ]; then
		[ -n "$BESIDE" ] || run_beside unpack_archives "$1.new"
		wait "$BESIDE" || { cat "$WORK/beside/said" >&2 && rm -rf "$1.new" && exit 1; }
		BESIDE=
		sync -f "$1.new"
		mv -T "$1.new" "$1"
	else
		stop_where_mounted_below "$1"
		# Half of it would be taken for the whole.
		mv -T "$1" "$1.new"
		rm -rf --one-file-system "$1.new"
	fi
	sync "${1%/*}"
}

# Removes what a run that was killed had begun to unpack. The lock is held: nobody is at it.
remove_half_archives() {
	[ ! -d "$ENGINES" ] || rm -rf --one-file-system "$ENGINES"/docker-*.new
}
