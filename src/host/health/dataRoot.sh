# shellcheck shell=dash
# What lies where the daemon is to keep its data.

# Before the first daemon on it: dockerd empties some of the directories in its data root, and a destroy takes away
# what has its names. $1 the directory.
data_root_use_problems() {
	local names home root
	[ ! -d "$(resource_directory data "$1")/baseline" ] || return 0
	home=$(on_behalf realpath -m "$ACCOUNT_HOME") || home=$ACCOUNT_HOME
	root=$(on_behalf realpath -m "$1") || root=$1
	case $home/ in
	"$root"/*)
		problem "daemon.data-root" "$1, which has the home of the account in it" "a directory of its own" \
			"name one below it, or leave data-root out"
		return 0
		;;
	esac
	names=$(engine_names_in "$1")
	case " $(printf '%s' "$names" | tr '\n' ' ') " in *' containers '*' volumes '*) return 0 ;; esac
	names=$(printf '%s' "$names" | paste -s -d ' ')
	[ -z "$names" ] ||
		problem "daemon.data-root" "$1 with $names in it, and no data of an engine" \
			"an empty directory, or one that an engine has made" "move $names away, or name another directory" \
			"dockerd takes these for its own"
}
