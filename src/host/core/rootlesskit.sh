# shellcheck shell=dash
# Commands in a user namespace of the account's own.

# Runs a command as the account in a user namespace of its own, by RootlessKit. By itself
# RootlessKit keeps its state in a new directory of /tmp each time, where that of a killed run would
# stay. $1 seconds, 0 for no end; then the command.
in_rootlesskit() {
	local seconds=$1 state=$ACCOUNT_RUNTIME/rootless-docker status=0
	shift
	# That directory comes and goes with the service manager.
	[ -d "$ACCOUNT_RUNTIME" ] || state=$ACCOUNT_HOME/.rootless-docker
	as_account rm -rf "$state"
	as_account_within "$seconds" rootlesskit --state-dir="$state" "$@" || status=$?
	as_account rm -rf "$state"
	return "$status"
}

# Removes paths as the account, in a user namespace of its own, for as long as that gets further, and a few minutes
# at most: the account can stop what runs as it. Its arguments: the paths.
remove_in_rootlesskit() {
	local status now before='' tries=0
	while :; do
		status=0
		tries=$((tries + 1))
		[ "$tries" = 1 ] || say "removes $*: still at it"
		# shellcheck disable=SC2016 # the inner shell expands them
		in_rootlesskit 90 sh -c 'timeout -k 5 60 rm -rf --one-file-system "$@" || {
			status=$?
			case $status in
			124 | 137) exit 75 ;;
			*) exit "$status" ;;
			esac
		}' sh "$@" || status=$?
		[ "$status" = 75 ] || return "$status"
		now=$(df --output=used,iused "$(dirname "$1")" | tail -n 1)
		if [ "$now" = "$before" ] || [ "$tries" = 5 ]; then return "$status"; fi
		before=$now
	done
}
