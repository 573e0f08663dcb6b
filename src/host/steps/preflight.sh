# preflight: finds every problem at once, before anything on the host is changed. Then the
# installation holds its account.

preflight_apply() {
	local owner='' other
	wait_for_cloud_init
	host_problems
	stop_on_problems
	make_installation
	[ ! -s "$OWN/owner" ] || read -r owner <"$OWN/owner" || true
	for other in $(installation_of_account "$(doc account)"); do inherit "$other"; done
	if [ "$owner" != "$(doc owner)" ] || [ ! -s "$OWN/account-entry" ]; then
		doc owner >"$OWN/owner"
		[ -s "$OWN/account-entry" ] || echo "$(doc account) - - new" >"$OWN/account-entry"
		sync -f "$STATE"
	fi
}
