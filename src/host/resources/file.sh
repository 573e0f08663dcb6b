# shellcheck shell=dash
# Kinds file and dir: root's own.

file_check() { path_check as_root "$@"; }
dir_check() { [ -d "$1" ] || echo 'no such directory'; }

# As its package brings it, a configuration file is nobody's work.
file_now() { is_shipped "$1" || path_now as_root "$@"; }

file_save() { save_path as_root "$@"; }

# A source of packages that stay installed stays, too: they get their updates from it.
file_restore() {
	local packages=''
	[ ! -e "$2/absent" ] || packages=$(packages_of_source "$1" | paste -s -d ' ')
	if [ -n "$packages" ]; then
		say "$1 stays, with its key: $packages, which stay, come from there. Remove both by hand when they are gone"
		return 10
	fi
	restore_path as_root "$@"
}

dir_save() { save_path as_root "$@"; }

dir_restore() { [ ! -e "$2/absent" ] || rmdir "$1" 2>/dev/null || true; }

# A root-owned file with these bytes and mode. $1 path, $2 mode, $3 the file that holds the bytes.
want_file() { want_file_as file "$@"; }

# $1 the kind, then the same.
want_file_as() {
	local kind=$1 parent
	shift
	parent=$(dirname "$1")
	only_root_leads_to "$1" ||
		fail "$1" "that others than root can change what leads to it" \
			"a place that root alone can change" \
			"make each directory and link on the way root's, and writable by nobody else"
	if [ ! -d "$parent" ] || [ -d "$(resource_directory dir "$parent")" ]; then
		claim dir "$parent" directory
	fi
	claim "$kind" "$1" "$2 $(sha256sum <"$3" | cut -c 1-64)"
	settle_claims
	mkdir -p "$parent"
	[ ! -h "$1" ] && cmp -s "$3" "$1" && [ "$(stat -c '%a %u:%g' "$1")" = "$2 0:0" ] && return 0
	write_path as_root "$1" "$2" <"$3"
	changed "$1 written"
}
