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
	[ ! -e "$STATE/packages.removing" ] || settle_removal
	[ -s "$STATE/packages.first" ] || installed_packages | write_record "$STATE/packages.first"
}

# What is gone, or whole, is forgotten: what stays there has lost files.
settle_removal() {
	# shellcheck disable=SC2046 # a list of package names
	packages_without_files $(cat "$STATE/packages.removing") | keep_removing
}

release_packages() { exec 8>&-; }
