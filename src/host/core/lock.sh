# shellcheck shell=dash
# Runs of the same step wait for each other.

# Runs of the same step wait for each other, whoever started them: another stack, another account,
# or a run whose SSH connection was cut and that is still working. $1 the lock's name.
hold_lock() {
	local lock=$STATE/locks/$1
	while :; do
		make_state
		exec 9>"$lock"
		flock -n 9 || {
			say "waits for another run that holds the lock '$1'"
			flock -w 600 9 || {
				say "lock $lock: found it held for 10 minutes by another run; wanted it free. To fix: see what holds it with 'fuser $lock' and let it end"
				exit 1
			}
		}
		# The run that held it may have removed the agent, and this lock with it.
		[ ! "$lock" -ef /proc/self/fd/9 ] || return 0
	done
}
