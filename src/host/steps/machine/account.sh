# Who runs the daemon, its subordinate ids, its limits and control groups, and the keys that log in
# as it.

ensure_account_ready() {
	ensure_account
	ensure_ids
	if has authorized_keys; then want_authorized_keys; fi
	ensure_account_limits
	ensure_resource_controllers
}

want_authorized_keys() {
	local line keys=$ACCOUNT_HOME/.ssh/authorized_keys
	see_paths "$ACCOUNT_HOME/.ssh" "=$keys"
	want_home_parents "$keys"
	{
		doc authorized_keys
		echo
	} >"$WORK/keys"
	while IFS= read -r line; do
		if [ -n "$line" ]; then want line "$keys $line" present; fi
	done <"$WORK/keys"
}

account_facts() {
	fact account.name "$ACCOUNT"
	fact account.uid "$ACCOUNT_UID"
	fact account.gid "$ACCOUNT_GID"
	fact account.home "$ACCOUNT_HOME"
	read_ranges /etc/subuid
	fact subordinateIds.uids "$ID_RANGES"
	read_ranges /etc/subgid
	fact subordinateIds.gids "$ID_RANGES"
}

# The end of the account, as far as this program made it. A removal that has begun is not asked again.
# root removes: the record of an account that was taken back.
release_account() {
	local fate
	fate=$(fate_of_account)
	case $fate in
	found) ;;
	half-made)
		undo_half_account "$RECORDED_NAME"
		if [ "$RECORDED_STATE" = made ]; then
			: >"$WORK/stays"
			say "kept: account $ACCOUNT, because it has files in $ACCOUNT_HOME"
		fi
		;;
	goes) remove_account ;;
	*)
		: >"$WORK/stays"
		say "kept: account $ACCOUNT, because $(why_account_stays "$fate")"
		;;
	esac
	rm -f "$OWN/account-entry"
	remember account '' controllers '' packages-of ''
}
