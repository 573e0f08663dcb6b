# preflight: finds every problem at once, before anything on the host is changed. Then the
# installation holds its account.

preflight_apply() {
	local owner='' other lease=$OWN
	wait_for_cloud_init
	host_problems
	stop_on_problems
	make_lease
	[ ! -s "$lease/owner" ] || read -r owner <"$lease/owner" || true
	for other in $(lease_of_account "$(doc account)"); do inherit "$other"; done
	if [ "$owner" != "$(doc owner)" ] || [ ! -s "$lease/account-entry" ]; then
		doc owner >"$lease/owner"
		[ -s "$lease/account-entry" ] || echo "$(doc account) - - new" >"$lease/account-entry"
		sync -f "$STATE"
	fi
}
