# shellcheck shell=dash
# pacman: what brings packages.

# Installs, and notes in $STATE/packages.planned what, before pacman begins. It removes nothing where nobody
# answers its questions. What is new is marked as a dependency from the beginning. Arguments: --no-remove or not,
# then names.
pacman_install_packages() {
	local upgraded
	[ "$1" != --no-remove ] || shift
	run_pacman -S --needed --asdeps --print --print-format 'plan %n %v' "$@" || return 1
	sed -n 's/^plan //p' "$WORK/manager.log" >"$WORK/transaction"
	upgraded=$(
		cut -d ' ' -f 1 "$WORK/transaction" | while read -r name; do pacman -Qq -- "$name" 2>/dev/null; done |
			paste -s -d ' '
	)
	[ -z "$upgraded" ] ||
		fail "pacman -S $*" "that it replaces $upgraded by another version, apart from the rest of the system" \
			"nothing replaced" "update this machine with 'pacman -Syu', then run again"
	{
		printf '%s\n' "$@"
		sed 's/\(.*\) \(.*\)/\1 - < \2 pacman/' "$WORK/transaction"
	} >"$WORK/planned"
	append_planned
	run_pacman -S --needed --asdeps "$@"
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
# pacman takes for the package; its files lie there, where pacman had looked before that there were none.
pacman_finish_interrupted() {
	local wanted record half
	remove_own_lock
	[ -s "$STATE/packages.planned" ] && [ -n "$(planned_records)" ] || return 0
	wanted=$(awk 'NF == 1' "$STATE/packages.planned" | paste -s -d ' ')
	half=$(planned_records | while read -r record; do [ -s "$record/desc" ] || printf '%s ' "$record"; done)
	# shellcheck disable=SC2086 # a list of package names
	[ -n "$half$(pacman_missing_packages $wanted)" ] || return 0
	say "an installation of $wanted was interrupted: completes it"
	# shellcheck disable=SC2086 # lists of directories and of package names
	{
		[ -z "$half" ] || rm -rf $half
		run_pacman -S --needed --asdeps --overwrite '*' $wanted && return 0
		[ -n "$half" ] || {
			say "pacman does not complete it: $(pacman_package_errors)"
			return 0
		}
		mkdir -p $half
	}
	fail "packages $wanted" "that pacman does not complete their installation: $(pacman_package_errors)" "them whole" \
		"fix what pacman says, then run again"
}

# pacman's records of what was planned, where they are begun: it makes the directory before it unpacks the package.
planned_records() {
	local name old direction version rest
	# shellcheck disable=SC2034 # columns
	awk 'NF > 3' "$STATE/packages.planned" | sort -u | while read -r name old direction version rest; do
		[ ! -d "/var/lib/pacman/local/$name-$version" ] || printf '%s\n' "/var/lib/pacman/local/$name-$version"
	done
}

# A mirror keeps no earlier versions: none comes back. Arguments: a package, and its version.
pacman_install_version() { false; }
