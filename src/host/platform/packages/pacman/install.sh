# shellcheck shell=dash
# pacman: what brings packages.

# Installs, and notes in $STATE/packages.planned what, before pacman begins. It removes nothing where nobody
# answers its questions. What is new is marked as a dependency from the beginning. Arguments: --no-remove or not,
# then names.
pacman_install_packages() {
	[ "$1" != --no-remove ] || shift
	pacman_sync '--needed --asdeps' "$@"
}

# What is there once more, with what that needs: each keeps its mark. Arguments: names.
pacman_reinstall_packages() { pacman_sync '' "$@"; }

# $1 options, then names.
pacman_sync() {
	local upgraded options=$1
	shift
	# shellcheck disable=SC2086 # options
	run_pacman -S $options --print --print-format 'plan %n %v' "$@" || return 1
	sed -n 's/^plan //p' "$WORK/manager.log" >"$WORK/transaction"
	upgraded=$(
		cut -d ' ' -f 1 "$WORK/transaction" | while read -r name; do pacman -Q -- "$name" 2>/dev/null; done |
			grep -vxFf "$WORK/transaction" | cut -d ' ' -f 1 | paste -s -d ' '
	)
	[ -z "$upgraded" ] ||
		fail "pacman -S $*" "that it replaces $upgraded by another version, apart from the rest of the system" \
			"nothing replaced" "update this machine with 'pacman -Syu', then run again"
	{
		printf '%s\n' "$@"
		sed 's/\(.*\) \(.*\)/\1 - < \2 pacman/' "$WORK/transaction"
	} >"$WORK/planned"
	append_planned
	# shellcheck disable=SC2086 # options
	run_pacman -S $options "$@"
}

# It would have to remove something for the packages, and nobody has agreed to that.
pacman_is_removal_refused() { grep -q 'unresolvable package conflicts' "$WORK/manager.log"; }

# What is installed of what stood in the way of the packages that it has not installed, a line each: it looks for
# conflicts in no other way.
pacman_removed_for() {
	local name
	sed -n 's/^:: \(.*\)-[^-]*-[^-]* and \(.*\)-[^-]*-[^-]* are in conflict.*/\1 \2/p' "$WORK/manager.log" | tr ' ' '\n' |
		while read -r name; do pacman -Qq -- "$name" 2>/dev/null || true; done | sort -u
}

# An installation that was killed is done again. Of a package that it was unpacking the record is begun alone, which
# pacman takes for the package; its files lie there, where pacman had looked before that there were none. Over them
# that package is unpacked by itself: what lies where others go is somebody else's.
pacman_finish_interrupted() {
	local wanted half names
	remove_own_lock
	[ -s "$STATE/packages.planned" ] && [ -n "$(planned_records)" ] || return 0
	wanted=$(awk 'NF == 1' "$STATE/packages.planned" | paste -s -d ' ')
	half=$(
		planned_records | while read -r name record; do
			[ -s "$record/desc" ] || printf '%s %s\n' "$name" "$record"
		done
	)
	# shellcheck disable=SC2086 # a list of package names
	[ -n "$half$(pacman_missing_packages $wanted)" ] || return 0
	say "an installation of $wanted was interrupted: completes it"
	# shellcheck disable=SC2046,SC2086 # lists of directories and of package names
	if [ -n "$half" ]; then
		printf '%s\n' "$half" | write_record "$STATE/packages.half"
		names=$(cut -d ' ' -f 1 "$STATE/packages.half" | paste -s -d ' ')
		rm -rf $(cut -d ' ' -f 2 "$STATE/packages.half")
		run_pacman -S --asdeps --nodeps --nodeps --overwrite '*' $names ||
			fail "packages $names" "that pacman does not complete their installation: $(pacman_package_errors)" \
				"them whole" "fix what pacman says, then run again"
		rm -f "$STATE/packages.half"
	fi
	# shellcheck disable=SC2086 # a list of package names
	run_pacman -S --needed --asdeps $wanted || say "pacman does not complete it: $(pacman_package_errors)"
}

# pacman's records of what was planned, where they are begun, each after its package's name: it makes the directory
# before it unpacks the package. And those that this package is about to have made again.
planned_records() {
	local name old direction version rest
	# shellcheck disable=SC2034 # columns
	awk 'NF > 3' "$STATE/packages.planned" | sort -u | while read -r name old direction version rest; do
		rest="$name /var/lib/pacman/local/$name-$version"
		if [ -d "${rest#* }" ] || grep -qsxF -- "$rest" "$STATE/packages.half"; then printf '%s\n' "$rest"; fi
	done
}

# A mirror keeps no earlier versions: none comes back. Arguments: name=version.
pacman_install_versions() { false; }
