# shellcheck shell=dash
# report: asks the daemon as the account, the way a user does, and says what rootless mode means here.

report_apply() {
	local security root version
	know_account "$(doc account)" || fail "account $(doc account)" "no such account" "it to exist" "run the account step first"
	security=$(docker_as_account info --format '{{.SecurityOptions}}|{{.ServerVersion}}' 2>"$WORK/error") ||
		fail "docker info as $ACCOUNT" "$(tail -n 1 "$WORK/error")" "an answer of the daemon" "see 'journalctl --user -u docker' as $ACCOUNT"
	version=${security##*|}
	security=${security%|*}
	case $security in
	*name=rootless*) ;;
	*) fail "docker info as $ACCOUNT" "a daemon that is not rootless ($security)" "name=rootless" "take DOCKER_HOST out of the account's environment" ;;
	esac
	apparmor_limitation "$security"
	limitation checkpoint unavailable "docker info: $security; CRIU needs privileges outside the user namespace" "checkpoint on a rootful host"
	limitation overlayNetworks unavailable "docker info: $security; VXLAN does not leave RootlessKit's network namespace" "publish ports, or connect hosts with a VPN of their own"
	root=$(network_namespace_process)
	limitation containerAddresses limited "they are in the network namespace of process $root" "enter it as $ACCOUNT: nsenter -U --preserve-credentials -n -t \$(cat $ACCOUNT_RUNTIME/docker.pid)"
	net_host_limitation "$version"
	limitation pidHost limited "docker info: $security; processes outside belong to uid 65534, and some kernels refuse the mount of /proc" "look at processes from the host"
	limitation readOnly available "docker info: $security; a read-only root is made inside the namespace" ""
	limitation privileged limited "docker info: $security; all capabilities, but of the user namespace only" "what needs real root (devices, kernel settings) needs a rootful host"
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
