# shellcheck shell=dash
# dnf: what brings packages.

# Installs, and notes in $STATE/packages.planned what, before dnf begins. With --no-remove first, nothing
# is removed for them: dnf says what it would do, and does not do it. Further arguments: names, or
# name=version.
dnf_install_packages() {
	local erasing=--allowerasing
	if [ "$1" = --no-remove ]; then
		shift
		erasing=''
		plan_without_removal "$@" || return 1
	else
		# shellcheck disable=SC2046 # a list of package names
		plan_transaction install $erasing $(dnf_specs "$@")
	fi
	note_planned "$@"
	# shellcheck disable=SC2046,SC2086 # a list of package names, and an option or none
	run_dnf install $erasing $(dnf_specs "$@") || return 1
	note_new_keys
	mark_new
}

# False where something would be removed, or has to be. Arguments: names, or name=version.
plan_without_removal() {
	rm -f "$WORK/removal.refused"
	# shellcheck disable=SC2046 # a list of package names
	plan_transaction install $(dnf_specs "$@")
	! grep -qE '^Removing |--allowerasing' "$WORK/transaction" "$WORK/dnf.log" || {
		: >"$WORK/removal.refused"
		return 1
	}
}

# Arguments: names, or name=version.
note_planned() {
	{
		printf '%s\n' "$@"
		awk -v before="$STATE/packages.before" '
			BEGIN { while ((getline line <before) > 0) if (split(line, part, " ") == 2) there[part[1]] = part[2] }
			$1 != "Removing" { print $2, ($2 in there ? there[$2] : "-"), "<", $3, "dnf" }' "$WORK/transaction"
	} >"$WORK/planned"
	for_root_alone append_planned
}

append_planned() {
	cat "$WORK/planned" >>"$STATE/packages.planned"
	sync "$STATE/packages.planned" "$STATE"
}

# dnf imports the key of each repository whose packages it installs for the first time.
note_new_keys() {
	dnf_installed_packages | grep '^gpg-pubkey-' | comm -13 "$STATE/packages.before" - |
		sed 's/^\([^ ]*\) \(.*\)/\1 - < \2 dnf/' >"$WORK/planned"
	for_root_alone append_planned
}

# What is new is this package's: dnf takes what is asked for by name for a user's, and after a kill all
# of it.
mark_new() {
	local names
	awk 'NF > 3 && $2 == "-" { print $1 }' "$STATE/packages.planned" | sort -u >"$WORK/planned.names"
	names=$(rpm -qa --qf '%{NAME}\n' | grep -xFf "$WORK/planned.names" | paste -s -d ' ')
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$names" ] || dnf_mark_as_ours $names || say "dnf does not mark $names: $(dnf_package_errors)"
}

# dnf would remove something for the packages, and was told not to.
dnf_is_removal_refused() { [ -e "$WORK/removal.refused" ]; }

# What dnf would remove for packages, a line each. Arguments: names, or name=version.
dnf_removed_for() {
	# shellcheck disable=SC2046 # a list of package names
	plan_transaction install --allowerasing $(dnf_specs "$@")
	sed -n 's/^Removing \([^ ]*\).*/\1/p' "$WORK/transaction"
}

# An installation that was killed is done again: what rpm was at work on is there without its record, or
# under other names. The script that it ran then is left in /var/tmp.
dnf_finish_interrupted() {
	local wanted
	find /var/tmp -maxdepth 1 -type f -uid 0 -name 'rpm-tmp.??????' \
		-newer "$STATE/packages.before" ! -newer "$WORK/begun" -delete
	[ -s "$STATE/packages.planned" ] || return 0
	wanted=$(awk 'NF == 1' "$STATE/packages.planned" | paste -s -d ' ')
	# shellcheck disable=SC2046,SC2086 # a list of package names
	if [ -n "$(dnf_missing_packages $wanted)$(packages_there_twice)" ]; then
		say "an installation of $wanted was interrupted: completes it"
		run_dnf install $(dnf_specs $wanted) || say "dnf does not complete it: $(dnf_package_errors)"
	fi
	wanted=$(packages_there_twice)
	[ -z "$wanted" ] ||
		fail "packages $wanted" "each there in two versions, as an interrupted upgrade leaves them" "one of each" \
			"run 'dnf remove --duplicates', as dnf's manual has it, then run again"
	dnf_remove_unpacked
	note_new_keys
	mark_new
}

# rpm unpacks a file as NAME;8DIGITS, and renames it.
dnf_remove_unpacked() {
	local file left
	awk 'NF > 3 { print $1 }' "$STATE/packages.planned" | sort -u | xargs -r rpm -ql 2>/dev/null | grep '^/' |
		while read -r file; do
			for left in "$file;"[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]; do
				[ ! -f "$left" ] || rm -f -- "$left"
			done
		done
}

# Of what was planned.
packages_there_twice() {
	awk 'NF > 3 { print $1 }' "$STATE/packages.planned" | sort -u >"$WORK/planned.names"
	rpm -qa --qf '%{NAME}\n' | sort | uniq -d | grep -xFf "$WORK/planned.names" | paste -s -d ' '
}

# rpm leaves nothing half unpacked that another installation would stop at.
dnf_complete_packages() { :; }

dnf_packages_to_remove() { :; }

dnf_forget_removal() { :; }

dnf_complete_half_installed() { :; }

# Removes nothing for it. $1 the package, $2 its version, older or newer than what is there.
dnf_install_version() {
	# shellcheck disable=SC2046 # a package name
	plan_without_removal "$1=$2" && run_dnf install $(dnf_specs "$1=$2")
}

# What is marked as a group's stays when dnf removes what nobody needs.
dnf_autoremove_protection_file() { :; }

dnf_autoremove_protection() { :; }

# Where dnf itself notes what it has done, for people.
dnf_packages_log() { printf "'dnf history'"; }
