# shellcheck shell=dash
# dnf and zypper: what takes packages away.

# Removes what is named, and nothing that depends on it. Two lists of names: with their configuration,
# and without; rpm keeps edited files of both beside their places.
rpm_remove_packages() {
	local name keys='' names='' others left
	for name in $1 $2; do
		case $name in
		gpg-pubkey-*) keys="$keys $name" ;;
		*) [ -z "$(rpm_installed_version "$name")" ] || names="$names $name" ;;
		esac
	done
	# shellcheck disable=SC2086 # lists of package names
	if [ -n "$names" ]; then
		others=$(rpm_dependents_of $names | paste -s -d ' ')
		[ -z "$others" ] ||
			fail "packages$names" "that $PACKAGE_MANAGER would remove $others with them" "these alone removed" \
				"see what needs them, then run again"
		sweep_of_killed_removal
		note_removal $names
		run_transaction remove $names ||
			fail "packages$names" "$PACKAGE_MANAGER does not remove them: $(transaction_errors)" "them gone" \
				"fix what $PACKAGE_MANAGER says, then run again"
		left=$(rpm -qa --qf '%{NAME}\n' $names | paste -s -d ' ')
		[ -z "$left" ] ||
			fail "packages $left" \
				"that rpm has them still, after $PACKAGE_MANAGER has removed them ($(transaction_errors))" "them gone" \
				"see who holds a lock on a file of rpm's database, then run again"
		forget_removed $names
		changed "packages removed:$names"
	fi
	# shellcheck disable=SC2086 # a list of keys
	[ -z "$keys" ] || remove_keys $keys
}

# Keys that signed what is removed. Arguments: their names.
remove_keys() {
	rpm -e --allmatches "$@" >"$WORK/manager.log" 2>&1 ||
		fail "keys $*" "rpm does not remove them: $(tail -n 1 "$WORK/manager.log")" "them gone" \
			"fix what rpm says, then run again"
	changed "keys removed: $*"
}

# Asked for in so many words. Arguments: names.
rpm_purge_held() { run_transaction remove "$@"; }

# What depends on packages, and would be removed with them, a name a line. Arguments: names.
rpm_dependents_of() {
	plan_transaction remove "$@"
	sed -n 's/^Removing \([^ ]*\).*/\1/p' "$WORK/transaction" | grep -vxF "$(printf '%s\n' "$@")" || true
}
