# account: who runs the daemon, its subordinate ids, its control groups, and the keys that log in as
# it.

account_apply() {
	local line keys
	[ -n "${RECORDED_STATE#new}" ] || know_account "$(doc account)" || {
		ACCOUNT_HOME=$(new_home "$(doc account)")
		new_account_problems "$(doc account)"
		stop_on_problems
	}
	have_account
	give_ids
	want_resource_controllers
	if has authorized_keys; then
		keys=$ACCOUNT_HOME/.ssh/authorized_keys
		look_home "$ACCOUNT_HOME/.ssh" "=$keys"
		want_home_parents "$keys"
		doc authorized_keys >"$WORK/keys"
		# The last line has no end.
		echo >>"$WORK/keys"
		while IFS= read -r line; do
			[ -z "$line" ] || want line "$keys $line" present
		done <"$WORK/keys"
	fi
	settle
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

account_before_release() {
	[ "$RECORDED_STATE" != made ] || [ ! -e "$OWN/on-destroy-data" ] || [ -n "$(account_stays)" ] ||
		keep_home_records
}

# The login's own key stays: without it the rest of a destroy could not log in.
account_released() {
	local reason=''
	case $RECORDED_STATE in
	making) undo_half_account "$RECORDED_NAME" ;;
	made | going)
		[ "$RECORDED_STATE" = going ] || reason=$(account_stays)
		if [ -z "$reason" ]; then
			remove_account
		else
			: >"$WORK/stays"
			say "stays: account $ACCOUNT, $reason"
		fi
		;;
	esac
	rm -f "$OWN/account-entry" "$OWN/account-elsewhere" "$OWN/controllers"
}
