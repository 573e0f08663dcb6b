# shellcheck shell=dash
# registries: logins of the account's docker to private registries. Their passwords stay in no file but the account's
# own config.json.

registries_apply() {
	local login
	know_recorded_account "$(cat "$STATE/leases/$LEASE/account-name")" "these logins are for"
	make_salt
	for login in "$DOC"/text/registryAuth/*; do
		[ -e "$login" ] || continue
		for_root_alone learn_login "${login##*/}" "$login"
		want_registry_login "${login##*/}" "$login"
	done
	# Pulumi does not know of a step that was never complete, and would take nothing back with registryAuth.
	if [ -s "$WORK/problems" ] && ! is_applied "$STEP"; then
		want_nothing_yet
		release_unwanted
		rm -f "$STATE/leases/$LEASE/$STEP.begun"
	fi
}

# Pulumi knows nothing of a first run that was killed: where registryAuth is taken out before the next one, the last
# step takes it back.
registries_cut_off() {
	! is_applied report || print_drift report "registry logins" "what an up that was killed has left" \
		"those of registryAuth, none without it"
}

# What docker says may quote the password, or the two together. $1 the address, $2 the file with both.
learn_login() {
	mkdir -p "$WORK/values/json"
	sed 's/^"[^:]*:/"/' "$DOC/json/registryAuth/$1" >"$WORK/values/json/$1"
	printf '"%s"' "$(base64 -w 0 <"$2")" >"$WORK/values/json/$1.auth"
}
