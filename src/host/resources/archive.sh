# shellcheck shell=dash
# Kind archive: a directory of root's with what archives hold.

archive_check() { [ -x "$1/dockerd" ] || echo 'no such programs'; }

archive_save() { [ ! -e "$1" ] || : >"$2/there"; }

archive_restore() {
	local user
	rm -rf "$1.new"
	if [ -e "$2/there" ] || [ ! -d "$1" ]; then return 0; fi
	user=$(running_programs "$(own_uid)" | awk -F '\t' -v dir="$1/" 'index($2, dir) == 1 { print $3; exit }')
	if [ -n "$user" ]; then
		say "$1 stays: $user runs a program of it. Remove it by hand when nobody does"
		return 0
	fi
	rm -rf "$1"
	rmdir "${1%/*}" 2>/dev/null || true
	changed "$1 removed"
}

# $1 the directory, $2 what it is known by.
want_archive() {
	want archive "$1" "$2"
	[ ! -x "$1/dockerd" ] || return 0
	unpack_archives "$1"
	changed "$1 unpacked"
}
