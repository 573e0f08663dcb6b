# shellcheck shell=dash
# dnf and zypper: what brings packages. Neither has apt's --no-remove: what it would do is asked for first.

# Installs, and notes in $STATE/packages.planned what, before rpm begins. With --no-remove first, nothing is
# removed for them. Further arguments: names, or name=version.
rpm_install_packages() {
	local verb=replace
	if [ "$1" = --no-remove ]; then
		shift
		verb=install
		plan_without_removal install "$@" || return 1
	else
		plan_transaction "$verb" "$@"
	fi
	note_planned "$@"
	run_transaction "$verb" "$@" || return 1
	note_new_keys
	mark_new
}

# The same versions of what is there once more, with what that needs. Arguments: names.
rpm_reinstall_packages() {
	local name
	# shellcheck disable=SC2046 # a list of package names
	set -- $(for name in "$@"; do printf '%s=%s ' "$name" "$(rpm_installed_version "$name")"; done)
	plan_without_removal again "$@" || return 1
	sweep_of_killed_removal
	note_planned "$@"
	run_transaction again "$@" || return 1
	mark_new
}

# False where something would be removed, or has to be. $1 the verb, then names, or name=version.
plan_without_removal() {
	rm -f "$WORK/removal.refused"
	plan_transaction "$@"
	! grep -qE '^Removing |--allowerasing|deinstallation of ' "$WORK/transaction" "$WORK/manager.log" || {
		: >"$WORK/removal.refused"
		return 1
	}
}

# It would remove something for the packages, and was told not to.
rpm_is_removal_refused() { [ -e "$WORK/removal.refused" ]; }

# What it would remove for packages, a line each. Arguments: names, or name=version.
rpm_removed_for() {
	plan_transaction replace "$@"
	sed -n 's/^Removing \([^ ]*\).*/\1/p' "$WORK/transaction"
}

# Removes nothing for them. Arguments: name=version, older or newer than what is there.
rpm_install_versions() { plan_without_removal install "$@" && run_transaction install "$@"; }

# Arguments: names, or name=version.
note_planned() {
	{
		printf '%s\n' "$@"
		awk -v before="$STATE/packages.before" -v from="$PACKAGE_MANAGER" '
			BEGIN { while ((getline line <before) > 0) if (split(line, part, " ") == 2) there[part[1]] = part[2] }
			$1 != "Removing" { print $2, ($2 in there ? there[$2] : "-"), "<", $3, from }' "$WORK/transaction"
	} >"$WORK/planned"
	append_planned
}

# dnf imports the key of each repository whose packages it installs for the first time. Another one that is new
# somebody else has imported meanwhile.
note_new_keys() {
	local name version
	{
		sed -n 's/^.*mporting .* key 0x\([0-9A-Fa-f]*\).*/\1/p; s/^ *Fingerprint *: *//p' "$WORK/manager.log" |
			tr -d ' '
		keys_of_repositories
	} 2>/dev/null | tr '[:upper:]' '[:lower:]' | sort -u >"$WORK/keys"
	rpm_installed_packages | grep '^gpg-pubkey-' | comm -13 "$STATE/packages.before" - |
		while read -r name version; do
			# rpm 4 names a key by the last 8 digits.
			grep -q "${name#gpg-pubkey-}\$" "$WORK/keys" || continue
			printf '%s - < %s %s\n' "$name" "$version" "$PACKAGE_MANAGER"
		done >"$WORK/planned"
	append_planned
}

# Of the files that the sources of packages name, as rpm calls them: after a kill nobody knows what the manager said.
# A variable in a name stands for anything.
keys_of_repositories() {
	local pattern file
	sed -n 's|.*file://\(/[^ ,]*\).*|\1|p' /etc/yum.repos.d/*.repo /etc/zypp/repos.d/*.repo 2>/dev/null |
		sed 's/[$][A-Za-z_{}]*/*/g' | sort -u | while read -r pattern; do
		for file in $pattern; do
			[ ! -f "$file" ] || rpm --dbpath "$WORK/keys.db" --import "$file" || true
		done
	done
	rpm --dbpath "$WORK/keys.db" -qa --qf '%{VERSION}\n' 'gpg-pubkey*'
}

# What is new is this package's: what is asked for by name is taken for a user's otherwise, and after a kill
# all of it; but what somebody has asked for since.
mark_new() {
	local name names
	awk 'NF > 3 && $2 == "-" { print $1 }' "$STATE/packages.planned" | sort -u | while read -r name; do
		[ -e "$(resource_directory package "$name")/theirs" ] || printf '%s\n' "$name"
	done >"$WORK/planned.names"
	names=$(rpm -qa --qf '%{NAME}\n' | grep -xFf "$WORK/planned.names" | paste -s -d ' ')
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$names" ] || mark_new_as_ours $names ||
		say "$PACKAGE_MANAGER does not mark $names: $(transaction_errors)"
}

# An installation that was killed is done again: what rpm was at work on is there without its record, or
# under other names. The script that it ran then is left in /var/tmp.
rpm_finish_interrupted() {
	local wanted
	sweep_of_rpm "$STATE/packages.before"
	[ -s "$STATE/packages.planned" ] || return 0
	wanted=$(awk 'NF == 1' "$STATE/packages.planned" | paste -s -d ' ')
	# shellcheck disable=SC2086 # a list of package names
	if [ -n "$(rpm_missing_packages $wanted)$(packages_there_twice)" ]; then
		say "an installation of $wanted was interrupted: completes it"
		run_transaction install $wanted || say "$PACKAGE_MANAGER does not complete it: $(transaction_errors)"
		sweep_of_libzypp "$STATE/packages.before"
	fi
	wanted=$(packages_there_twice)
	[ -z "$wanted" ] ||
		fail "packages $wanted" "each there in two versions, as an interrupted upgrade leaves them" "one of each" \
			"remove the older ones by 'rpm -e --justdb NAME-VERSION' (with dnf: 'dnf remove --duplicates'), then run again"
	rpm_remove_unpacked
	note_new_keys
	mark_new
}

# $1 what a run has written that was killed after it.
sweep_of_rpm() {
	find /var/tmp -maxdepth 1 -type f -uid 0 -name 'rpm-tmp.??????' -newer "$1" ! -newer "$WORK/begun" -delete
}

# The same, of what is in use by none that was at work before this run: it has been waited for.
sweep_of_libzypp() {
	find /var/tmp -maxdepth 1 -type d -uid 0 \( -name 'zypp.??????' -o -name 'AP_0x??????' \) \
		-newer "$1" ! -newer "$WORK/begun" -exec rm -rf {} +
}

sweep_of_killed_removal() {
	[ -e "$STATE/packages.removing" ] || return 0
	sweep_of_rpm "$STATE/packages.removing"
	sweep_of_libzypp "$STATE/packages.removing"
}

# rpm unpacks a file as NAME;8DIGITS, and renames it.
rpm_remove_unpacked() {
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
