# shellcheck shell=dash
# report: asks the daemon as the account, the way a user does, and says what rootless mode means here.

report_apply() {
	local security version
	know_account "$(doc account)" || fail "account $(doc account)" "no such account" "it to exist" "run the account step first"
	security=$(docker_as_account info --format '{{.SecurityOptions}}|{{.ServerVersion}}' 2>"$WORK/error") ||
		fail "docker info as $ACCOUNT" "$(tail -n 1 "$WORK/error")" "an answer of the daemon" "see 'journalctl --user -u docker' as $ACCOUNT"
	version=${security##*|}
	security=${security%|*}
	case $security in
	*name=rootless*) ;;
	*) fail "docker info as $ACCOUNT" "a daemon that is not rootless ($security)" "name=rootless" "take DOCKER_HOST out of the account's environment" ;;
	esac
	limitation_rows "$security" "$version"
	supersede
}

# The same owner came back for the same account with a new lease (its state was lost, or the machine
# has a new name): what only the old lease wanted goes, and its own revert has nothing left to do.
supersede() {
	local lease
	for lease in "$STATE"/leases/*; do
		[ "${lease##*/}" != "$LEASE" ] || continue
		[ "$(cat "$lease/account-name" 2>/dev/null)" = "$ACCOUNT" ] || continue
		[ "$(cat "$lease/owner")" = "$(owner_of "$LEASE")" ] || continue
		say "takes over from an earlier lease of the same owner (${lease##*/})"
		(
			LEASE=${lease##*/}
			release_all_steps
		)
		rm -rf "$lease"
		changed "lease ${lease##*/} taken over"
	done
}
