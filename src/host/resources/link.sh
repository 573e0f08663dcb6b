# shellcheck shell=dash
# Kind link: a symbolic link of root's own.

link_check() { path_check as_root "$@"; }

link_now() { path_now as_root "$@"; }

link_save() { save_path as_root "$@"; }

# The one to an installation's engine stays where a unit of somebody else's names it.
link_restore() {
	case $1 in
	"$ENGINES"/*) ! archive_is_used "$1" || return 10 ;;
	esac
	restore_path as_root "$@"
}

# What one of them led to may be another installation's, too.
link_restored() { lead_to_docker; }

# $1 path, $2 where it leads.
want_link() {
	want link "$1" "$2"
	[ "$(readlink "$1")" != "$2" ] || return 0
	write_link as_root "$1" "$2"
	changed "$1: leads to $2"
}
