# shellcheck shell=dash
# pacman at work: how it is run, and what it says.

PACMAN_LOCK=/var/lib/pacman/db.lck

run_pacman() {
	local status=0
	remove_own_lock
	run_manager pacman_lock pacman_at_work --noconfirm "$@" || status=$?
	[ "$status" = 0 ] || ! grep -q 'unable to lock database' "$WORK/manager.log" ||
		fail "$PACMAN_LOCK" "it there, and no program at work with it, as a pacman leaves it that was killed" \
			"it gone" "see in /var/log/pacman.log what was interrupted, remove the file, then run again"
	return "$status"
}

# What is noted meanwhile says whose lock it is that a kill leaves.
pacman_at_work() {
	local status=0
	write_record "$STATE/packages.pacman" </dev/null
	LC_ALL=C pacman "$@" || status=$?
	rm -f "$STATE/packages.pacman"
	return "$status"
}

# The lock, where somebody works with it, or has until now. Where a pacman was killed its lock stays, and pacman
# leaves it to people to see that none is at work.
pacman_lock() {
	local holder
	grep -q 'unable to lock database' "$WORK/manager.log" || return 0
	holder=$(lock_holder)
	if [ -z "$holder" ] && [ -e "$PACMAN_LOCK" ]; then
		# Between two looks one may have ended, and another one begun.
		sleep 1
		holder=$(lock_holder)
		if [ -z "$holder" ] && [ -e "$PACMAN_LOCK" ]; then return 0; fi
	fi
	printf '%s' "$PACMAN_LOCK${holder:+, held by process $holder}"
}

# pacman keeps it open as long as it works; others may, too, without being able to read it. A container's has the same
# name, and is another file, by the kernel's word: who asks the file itself may wait for ever, where it is on a file
# system of somebody's.
lock_holder() {
	local file process
	find /proc -maxdepth 3 -path '/proc/[0-9]*/fd/*' -lname "$PACMAN_LOCK" 2>/dev/null | while IFS= read -r file; do
		process=${file#/proc/}
		process=${process%%/*}
		! is_run_by_root "$process" ||
			! grep -qsx "ino:[[:space:]]*$(stat -c %i "$PACMAN_LOCK")" "${file%/fd/*}/fdinfo/${file##*/}" ||
			printf '%s\n' "$process"
	done | sed -n 1p
}

# What an interrupted run of this package has left goes, and nobody else's does: $STATE/packages.pacman is there
# while a pacman of ours is at work, or was when it was killed.
remove_own_lock() {
	if [ -e "$STATE/packages.pacman" ] && [ "$PACMAN_LOCK" -nt "$STATE/packages.pacman" ] &&
		[ "$WORK/begun" -nt "$PACMAN_LOCK" ] && [ -z "$(lock_holder)" ]; then rm -f "$PACMAN_LOCK"; fi
	rm -f "$STATE/packages.pacman"
}

pacman_package_errors() {
	grep -E -e '^(error|curl|warning: failed|warning: database file)' \
		-e '^:: .* (in conflict|breaks dependency|requires)|exists in filesystem|is invalid or corrupted' \
		"$WORK/manager.log" | awk '!seen[$0]++' | tail -n 4 | tr '\n' ' '
}

# Arch supports no update of a part: newer lists bring packages that are built for newer libraries than are there.
# So they are fetched only where there are none.
pacman_lists_outdated() { [ -z "$(find /var/lib/pacman/sync -name '*.db' -print -quit 2>/dev/null)" ]; }

pacman_refresh_lists() {
	local said
	if ! pacman_lists_outdated; then
		said=$(pacman_package_errors)
		fail "pacman" "${said:-no such package in its lists}" "the packages" \
			"update this machine with 'pacman -Syu' where its lists are older than the mirror, or fix what pacman says; \
then run again"
	fi
	say "fetches the package lists, of which there are none"
	run_pacman -Sy || fail "pacman -Sy" "$(pacman_package_errors)" \
		"the package lists" "make the package sources of this host work, then run again"
}
