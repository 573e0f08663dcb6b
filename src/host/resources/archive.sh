# Kind archive: a directory of root's with a version of the engine. Kind cli: the link by which a
# login, and "docker -H ssh://", find the CLI of one; which one does not matter to them.

archive_state() { if [ -d "$1" ]; then echo unpacked; else echo absent; fi; }

# The directory is there at once or not at all. $1 the directory, $2 unpacked or absent.
archive_set() {
	rm -rf --one-file-system "$1.new"
	if [ "$2" = unpacked ]; then
		mkdir -p "$1.new"
		run_apart unpack_archives "$1.new"
		[ "$APART_STATUS" = 0 ] || {
			rm -rf "$1.new"
			exit 1
		}
		sync -f "$1.new"
		mv -T "$1.new" "$1"
	else
		stop_where_mounted_below "$1"
		rm -rf --one-file-system "$1"
	fi
	sync "${1%/*}"
}

# What a run that was killed had begun to unpack. The lock is held: nobody is at it.
remove_half_archives() {
	[ ! -d "$ENGINES" ] || rm -rf --one-file-system "$ENGINES"/docker-*.new
}

CLI_LINK=/usr/local/bin/docker

cli_state() {
	case $(readlink "$1") in
	"$ENGINES"/*) echo present ;;
	*) if [ -e "$1" ] || [ -h "$1" ]; then echo 'of somebody else'; else echo absent; fi ;;
	esac
}

# $1 the link, $2 present or absent.
cli_set() {
	if [ "$2" = absent ]; then rm -f "$1"; else ln -sfnT "$ENGINES/$LEASE/docker" "$1"; fi
	sync "${1%/*}"
}

# Where there is no other docker on PATH.
want_cli_of_archive() {
	case $(cli_state "$CLI_LINK") in
	present) ;;
	absent) [ -z "$(PATH=$SYSTEM_PATH command -v docker)" ] || return 0 ;;
	*) return 0 ;;
	esac
	want cli "$CLI_LINK" present
}

# The link led to an installation that has gone, and others want it still.
lead_cli_to_another() {
	local other
	if [ "$(cli_state "$CLI_LINK")" != present ] || [ -e "$CLI_LINK" ]; then return 0; fi
	for other in "$ENGINES"/*/docker; do
		[ ! -h "${other%/*}" ] || ln -sfnT "$other" "$CLI_LINK"
	done
}
