# shellcheck shell=dash
# The account's images, containers and volumes, and whether they outlive the installation.

# What onDestroy.data said when the daemon was last applied; data are kept in doubt.
keep_data() { [ "$(cat "$STATE/leases/$LEASE/on-destroy-data" 2>/dev/null)" != delete ]; }

data_root() {
	local root
	root=$(doc daemon.json/data-root)
	printf '%s' "${root:-$ACCOUNT_HOME/.local/share/docker}"
}

# Earlier ones, too, until the step is reverted: no change of a setting removes data, or forgets them.
want_data_roots() {
	local dir root
	for dir in "$STATE"/things/data/*; do
		[ -e "$dir/claims/$LEASE.daemon" ] || continue
		[ "$(cat "$dir/baseline/account")" = "$ACCOUNT" ] || continue
		root=$(cat "$dir/name")
		[ ! -e "$root" ] || want_data_root "$root"
	done
	want_data_root "$(data_root)"
}

want_data_root() {
	case $1 in
	"$ACCOUNT_HOME"/*) want_home_parents "$1" ;;
	esac
	want data "$1" "$ACCOUNT"
}

data_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	[ -e "$1" ] || : >"$2/absent"
}

data_restore() {
	[ -e "$2/absent" ] && [ -e "$1" ] || return 0
	know_account "$(cat "$2/account")" || return 0
	# The daemon answered for the directory that it used, and for no earlier one.
	if keep_data && [ "$(cat "$STATE/leases/$LEASE/no-data" 2>/dev/null)" != "$(realpath "$1")" ]; then
		say "$1 stays ($(du -sh "$1" 2>/dev/null | cut -f 1) of images, containers and volumes): onDestroy.data: Delete removes it"
		return 10
	fi
	remove_data "$1"
	changed "$1 removed"
}

# As the account, in a user namespace of its own where its subordinate ids are its too: as root, a link
# on the way there would lead anywhere. The directory itself may be root's to remove.
remove_data() {
	stop_where_mounted_below "$1"
	in_rootlesskit 0 rm -rf --one-file-system "$1" >"$WORK/error" 2>&1 || true
	[ -e "$1" ] || return 0
	! only_root_leads_to "$1" || rm -rf --one-file-system "$1"
	[ ! -e "$1" ] || remove_beside_home "$1"
	[ ! -e "$1" ] ||
		fail "$1" "data that the account cannot remove ($(tail -n 1 "$WORK/error"))" "them gone" "remove them by hand, then run again"
}

# Without its ids, whose lines somebody may have removed, the account cannot remove what belongs to them.
# But it can move the directory to where root removes it, and where no link of its own leads anywhere.
remove_beside_home() {
	local folder
	folder=$(dirname "$ACCOUNT_HOME")/.rootless-docker-$STEP
	only_root_leads_to "$ACCOUNT_HOME" || return 0
	# Elsewhere it would be a copy.
	[ "$(as_account stat -c %d "$1")" = "$(stat -c %d "$(dirname "$ACCOUNT_HOME")")" ] || return 0
	rm -rf --one-file-system "$folder"
	mkdir -m 700 "$folder"
	chown "$ACCOUNT_UID:$ACCOUNT_GID" "$folder"
	as_account mv -T "$1" "$folder/data" 2>>"$WORK/error" || true
	chown 0:0 "$folder"
	rm -rf --one-file-system "$folder"
}

# True where data of the account were kept when their last claim went.
data_stayed() {
	local dir
	for dir in "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
		[ -z "$(ls "$dir/claims" 2>/dev/null)" ] || continue
		return 0
	done
	return 1
}
