# shellcheck shell=dash
# One installation or removal of packages at a time.

# Several steps install packages, at the same time where two installations run.
hold_packages() {
	exec 8>"$STATE/locks/packages"
	flock -w 5 8 || {
		say "waits for another run that holds the lock 'packages': it installs, or starts a daemon"
		flock -w 600 8 ||
			fail "lock $STATE/locks/packages" "it held for 10 minutes by another run" "it free" \
				"let the other run end, then run again"
	}
	# A killed run was writing it.
	rm -f "$STATE/packages.before.new"
	fix_marks
	[ -s "$STATE/packages.first" ] || installed_packages | write_record "$STATE/packages.first"
}

release_packages() { exec 8>&-; }
