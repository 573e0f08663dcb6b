# shellcheck shell=dash
# pacman: who has asked for a package, by its install reason.

# "manual NAME" where somebody has asked for it, else "auto NAME".
pacman_all_marks() {
	pacman -Qqe 2>/dev/null | sed 's/^/manual /'
	pacman -Qqd 2>/dev/null | sed 's/^/auto /'
}

# $1 auto or manual, then packages.
pacman_mark_as() {
	local reason=--asexplicit
	[ "$1" != auto ] || reason=--asdeps
	shift
	run_pacman -D "$reason" "$@"
}

# As what another package needs. Arguments: packages.
pacman_mark_as_ours() { pacman_mark_as auto "$@"; }
