# shellcheck shell=dash
# The account's images, containers and volumes, and whether they outlive the installation.

# What onDestroy.data said when the daemon was last applied; data are kept in doubt.
keep_data() { [ "$(cat "$STATE/leases/$LEASE/on-destroy-data" 2>/dev/null)" != delete ]; }

data_root() {
	local root
	root=$(doc daemon.json/data-root)
	printf '%s' "${root:-$ACCOUNT_HOME/.local/share/docker}"
}

# Earlier ones too, and those of an installation whose account this one has taken over, until the
# step is reverted: no change of a setting, and no `up`, removes data or forgets them.
want_data_roots() {
	local dir root
	for dir in "$STATE"/things/data/*; do
		if [ ! -d "$dir/baseline" ] || unclaimed "$dir"; then continue; fi
		[ "$(cat "$dir/baseline/account")" = "$ACCOUNT" ] || continue
		root=$(thing_name "$dir")
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
	if [ -e "$1" ]; then data_names "$1" >"$2/names"; else : >"$2/absent"; fi
}

# What is in a directory, one name a line. $1 the directory.
data_names() { find -H "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort; }

# Names that dockerd gives in its data root (moby 19.03 to 29).
ENGINE_NAMES='builder buildkit containerd containers engine-id image network nuke-graph-directory.sh plugins
	rootfs runtimes swarm tmp tmp-old trust volumes
	aufs btrfs devicemapper fuse-overlayfs overlay overlay2 overlayfs vfs zfs'

# Which directory the daemon was given, once it is there: somebody may put another one, or a link,
# in its place.
note_data_root() {
	local made
	made=$(thing_directory data "$1")/baseline/made
	if [ -e "$made" ] || [ ! -e "${made%/*}/absent" ]; then return 0; fi
	as_account stat -L -c '%i %.9W' "$1" >"$made.new" 2>/dev/null || return 0
	mv "$made.new" "$made"
}

data_changed() {
	if as_account test -h "$1"; then
		printf 'a link now (to %s)' "$(as_account readlink "$1" | printable)"
	elif [ -e "$2/made" ] && [ "$(as_account stat -L -c '%i %.9W' "$1" 2>/dev/null)" != "$(cat "$2/made")" ]; then
		printf 'another directory than the one that the daemon made'
	fi
}

data_restore() {
	local changed
	[ -e "$1" ] || return 0
	know_account "$(cat "$2/account")" || return 0
	changed=$(data_changed "$@")
	if [ -e "$2/absent" ] && [ -n "$changed" ]; then
		say "$1 stays: it is $changed. Remove it by hand, with what it holds, when it is not needed"
		return 10
	fi
	# The daemon answered for the directory that it used, and for no earlier one.
	if keep_data && [ "$(cat "$STATE/leases/$LEASE/no-data" 2>/dev/null)" != "$(realpath "$1")" ]; then
		# It was there before, and nothing in it is of ids that are given back.
		[ -e "$2/absent" ] || [ -n "$(file_of_ids "$1")" ] || return 0
		say "$1 stays ($(du -sh "$1" 2>/dev/null | cut -f 1) of images, containers and volumes): onDestroy.data: Delete removes $(if [ -e "$2/absent" ]; then echo it; else echo 'what the engine made in it'; fi)"
		return 10
	fi
	if [ -e "$2/absent" ] && ! keep_data; then
		remove_data "$1"
		changed "$1 removed"
	else
		remove_engine_files "$1" "$2"
	fi
}

# What dockerd made goes, by name; what it did not make, or what was there before it, stays.
# $1 data root, $2 baseline directory.
remove_engine_files() {
	local name
	data_names "$1" >"$WORK/data-names"
	# shellcheck disable=SC2086 # a list of names
	printf '%s\n' $ENGINE_NAMES | sort | comm -12 - "$WORK/data-names" >"$WORK/engine-names"
	# Of a directory that was there before, version 0.1.0 did not write down what was in it.
	if [ ! -e "$2/absent" ]; then
		if [ -e "$2/names" ]; then
			sort "$2/names" | comm -13 - "$WORK/engine-names" >"$WORK/own-names"
			mv "$WORK/own-names" "$WORK/engine-names"
		else
			: >"$WORK/engine-names"
		fi
	fi
	remove_data_entries "$1"
	[ ! -e "$2/absent" ] || as_account rmdir "$1" 2>/dev/null || rmdir "$1" 2>/dev/null || true
	if [ ! -e "$1" ]; then
		changed "$1 removed"
		return 0
	fi
	[ ! -s "$WORK/engine-names" ] || changed "$1: what the engine made in it removed"
	data_names "$1" >"$WORK/data-names"
	[ -s "$WORK/data-names" ] || return 0
	name=$(head -n 5 "$WORK/data-names" | printable)
	say "$1 stays ($(du -sh "$1" 2>/dev/null | cut -f 1)): $(if [ -e "$2/absent" ]; then echo "not all in it is the engine's"; else echo 'it was there before'; fi) ($name)"
	[ -z "$(file_of_ids "$1")" ] || return 10
}

# Those of $WORK/engine-names. Where the daemon has said that it holds nothing, its directories of
# containers and volumes have no more than these two files of its own. $1 data root.
remove_data_entries() {
	local root=$1 name
	shift
	# shellcheck disable=SC2013 # names without blanks
	for name in $(cat "$WORK/engine-names"); do
		case $name in
		containers | volumes)
			if keep_data; then
				as_account rm -f "$root/$name/metadata.db" "$root/$name/backingFsBlockDev" || true
				as_account rmdir "$root/$name" 2>/dev/null || true
				continue
			fi
			;;
		esac
		set -- "$@" "$root/$name"
	done
	[ $# = 0 ] || remove_data "$@"
}

# One file below a path that belongs to ids which go with this installation: subordinate ids that it
# gave the account, or the account's own where it made the account. $1 the path.
file_of_ids() {
	local range
	set -- "$1" -false
	[ ! -e "$(thing_directory account "$ACCOUNT")/baseline/made" ] ||
		set -- "$@" -o -uid "$ACCOUNT_UID" -o -gid "$ACCOUNT_GID"
	for range in "uid $(own_range uid)" "gid $(own_range gid)"; do
		case $range in
		*:*:*) ;;
		*) continue ;;
		esac
		set -- "$@" -o "(" "-${range%% *}" "+$(($(echo "$range" | cut -d : -f 2) - 1))" \
			"-${range%% *}" "-$(($(echo "$range" | cut -d : -f 2) + ${range##*:}))" ")"
	done
	range=$1
	shift
	find -H "$range" -mindepth 1 -xdev "(" "$@" ")" -print -quit 2>/dev/null || true
}

# Why the subordinate ids of an account stay, or nothing. $1 the account, which is known.
ids_stay() {
	local file
	if data_stayed "$1"; then
		printf 'its data in %s are owned by them' "$(stayed_data "$1")"
	elif [ -n "$(account_stays "$1")" ]; then
		printf 'it stays itself'
	elif [ ! -e "$(thing_directory account "$1")/baseline/made" ]; then
		file=$(file_of_ids "$ACCOUNT_HOME")
		[ -z "$file" ] || printf '%s is owned by one of them' "$(printf '%s' "$file" | printable)"
	fi
}

# As the account, in a user namespace of its own where its subordinate ids are its too: as root, a link
# on the way there would lead anywhere. The directory itself may be root's to remove.
remove_data() {
	local path
	for path in "$@"; do stop_where_mounted_below "$path"; done
	remove_in_rootlesskit "$@" >"$WORK/error" 2>&1 || true
	for path in "$@"; do remove_what_is_left "$path"; done
}

remove_what_is_left() {
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
data_stayed() { [ -n "$(stayed_data "$1")" ]; }

# Where they are.
stayed_data() {
	local dir
	for dir in "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
		if unclaimed "$dir" && [ -e "$(thing_name "$dir")" ]; then printf '%s ' "$(thing_name "$dir")"; fi
	done | sed 's/ $//'
}
