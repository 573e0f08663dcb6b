# shellcheck shell=dash
# What lies where the daemon is to keep its data.

# Before the first daemon on it: dockerd empties some of the directories in its data root, and a destroy takes away
# what has its names. $1 the directory.
data_root_use_problems() {
	local names
	[ ! -d "$(resource_directory data "$1")/baseline" ] || return 0
	case $ACCOUNT_HOME/ in
	"$1"/*)
		problem "daemon.data-root" "$1, which has the home of the account in it" "a directory of its own" \
			"name one below it, or leave data-root out"
		return 0
		;;
	esac
	data_names "$1" >"$WORK/data-names"
	! printf 'containers\nvolumes\n' | comm -23 - "$WORK/data-names" | grep -q . || names=$(
		# shellcheck disable=SC2086 # a list of names
		printf '%s\n' $ENGINE_NAMES | sort | comm -12 - "$WORK/data-names" | paste -s -d ' '
	)
	[ -z "${names-}" ] ||
		problem "daemon.data-root" "$1 with $names in it, and no data of an engine" \
			"an empty directory, or one that an engine has made" "move $names away, or name another directory" \
			"dockerd takes these for its own"
}
