# shellcheck shell=dash
# pacman: what takes packages away, and nothing that depends on them.

# Two lists of names: with their configuration, and without; pacman keeps edited files of both beside their places.
pacman_remove_packages() {
	local name names=''
	for name in $1 $2; do [ -z "$(pacman_installed_version "$name")" ] || names="$names $name"; done
	[ -n "$names" ] || return 0
	# shellcheck disable=SC2086 # a list of package names
	{
		note_removal $names
		run_pacman -R $names ||
			fail "packages$names" "pacman does not remove them: $(pacman_package_errors)" "them gone" \
				"fix what pacman says, then run again"
		forget_removed $names
	}
	changed "packages removed:$names"
}

# Asked for in so many words. Arguments: names.
pacman_purge_held() { run_pacman -Rn "$@"; }

# What depends on packages, and would be removed with them, a name a line. Arguments: names.
pacman_dependents_of() {
	run_pacman -Rc --print --print-format '%n' "$@" || true
	grep -xE '[a-z0-9@._+-]+' "$WORK/manager.log" | grep -vxF "$(printf '%s\n' "$@")" || true
}
