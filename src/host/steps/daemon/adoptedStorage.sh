# shellcheck shell=dash
# A daemon that somebody else has made, which this package takes over: what it keeps images and containers by counts
# where the document does not say it, and else is an error, since another driver or store does not see them.

# A line of DRIVER and STORE, which is driver or containerd, as long as the data root is known. $1 data root.
adopted_storage() { printf '%s/adopted' "$(resource_directory data "$1")"; }

# Before anything is changed. Once daemon.json is this package's, what was written down counts.
look_at_adopted_storage() {
	local driver store how asked asked_store
	unclaimed "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")" || return 0
	storage_of_others "$(data_root)" >"$WORK/adopted"
	stop_on_problems
	[ -s "$WORK/adopted" ] || return 0
	read -r driver store <"$WORK/adopted"
	how="by $driver"
	[ "$store" = driver ] || how="in containerd's image store, by $driver"
	asked=$(doc daemon.json/storage-driver)
	asked_store=$(image_store_asked_for)
	if [ -n "$asked" ] && { [ "$asked" != "$driver" ] || [ "$store-$asked_store" = containerd- ]; }; then
		hides_what_is_there storageDriver "$how" "$asked"
	fi
	case $store-$asked_store in
	containerd-false | driver-true)
		hides_what_is_there daemon.features "$how" "\"containerd-snapshotter\": $asked_store"
		;;
	esac
	stop_on_problems
}

# $1 the option, $2 how the daemon keeps them, $3 what the document says.
hides_what_is_there() {
	problem "$1" "a daemon of $ACCOUNT's own, which keeps its images and containers $2" \
		"what does not hide them, and not $3" "leave it out, which goes on with them; or let $ACCOUNT remove them first"
}

# What the document or a secret value says of containerd's store: true, false or nothing.
image_store_asked_for() {
	cat "$DOC/json/daemon.json/features" "$(secrets_directory)/json/daemon.json/features" 2>/dev/null |
		sed -n 's/.*"containerd-snapshotter": *\([a-z]*\).*/\1/p'
}

# As note_adopted_storage has it, or nothing where there is nothing to hide. $1 data root.
storage_of_others() {
	local said root driver store
	said=$(docker_of_account info --format '{{.Driver}} {{.Containers}}{{.Images}} {{.DriverStatus}}
{{.DockerRootDir}}' 2>/dev/null | head -c 4096)
	driver=${said%% *}
	if [ -z "$driver" ]; then
		storage_of_stopped "$1"
		return 0
	fi
	root=$(printf '%s\n' "$said" | sed -n 2p)
	case $said in
	"$driver 00 "*) [ -n "$(docker_of_account volume ls -q 2>/dev/null | head -n 1)" ] || return 0 ;;
	esac
	is_same_place "$root" "$1" || {
		other_place "$root"
		return 0
	}
	case $said in "$driver 00 "*) return 0 ;; esac
	store=driver
	! printf '%s\n' "$said" | head -n 1 | grep -q 'io\.containerd\.snapshotter' || store=containerd
	name_of_storage "$driver" "$store"
}

# $1 and $2 paths, as the account sees them.
is_same_place() { [ "$(as_account realpath -m -- "$1")" = "$(as_account realpath -m -- "$2")" ]; }

# Its data would not be seen from another data root. $1 the account's word for where they are.
other_place() {
	local flag=''
	# dockerd refuses what is in both.
	[ -z "$(data_root_by_flag)" ] || flag=', and move it from --data-root of its unit to its daemon.json'
	problem daemon.data-root \
		"a daemon of $ACCOUNT's own, which has its data in $(words_of_account "$1")" \
		"what does not hide them" "set data-root to that directory$flag; or let $ACCOUNT remove them first"
}

# $1 data root, as far as the account sees it.
has_containers_or_volumes() {
	[ -n "$(as_account find -H "$1/containers" "$1/volumes" -mindepth 1 -maxdepth 1 -type d -print -quit 2>/dev/null)" ]
}

# By its unit and daemon.json, as far as there are data of it. $1 data root.
storage_of_stopped() {
	local driver store=driver place root flag
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" | tr -s '[:space:]' ' ' >"$WORK/daemon.json.there" || true
	root=$(data_root_by_flag)
	[ -n "$root" ] || root=$(
		grep -o '"data-root" \{0,1\}: \{0,1\}"[^"]*"' "$WORK/daemon.json.there" | cut -d '"' -f 4 | head -n 1
	)
	root=${root:-$ACCOUNT_HOME/.local/share/docker}
	case $root in
	/*) is_same_place "$root" "$1" || ! has_containers_or_volumes "$root" || other_place "$root" ;;
	esac
	driver=$(
		grep -o '"storage-driver" \{0,1\}: \{0,1\}"[a-z0-9-]*"' "$WORK/daemon.json.there" | cut -d '"' -f 4 | head -n 1
	)
	flag=$(start_of_unit | sed -nE 's/.* (--storage-driver|-s)[= ]+([a-z0-9-]+).*/\2/p')
	driver=${flag:-$driver}
	! grep -q '"containerd-snapshotter" \{0,1\}: \{0,1\}true' "$WORK/daemon.json.there" || store=containerd
	case $store in
	containerd) driver=${driver:-overlayfs} place=containerd/daemon/io.containerd.snapshotter.v1.$driver/snapshots ;;
	*)
		# Where it was not told, the engine takes vfs last.
		[ -n "$driver" ] || ! may_have_own_daemon || [ -n "$(drivers_with_data "$1")" ] || driver=vfs
		place=$driver
		;;
	esac
	[ -z "$driver" ] || ! has_files "$1/$place" || name_of_storage "$driver" "$store"
}

# The account's word becomes a key of its own daemon.json. $1 driver, $2 store.
name_of_storage() {
	! printf '%s\n' "$1" | grep -qxE '[a-z0-9-]{1,32}' || printf '%s %s\n' "$1" "$2"
}

# In the directory's record, before the daemon is stopped: that of an earlier time counts no more. $1 data root.
note_adopted_storage() {
	[ -e "$WORK/adopted" ] || return 0
	rm -f "$(adopted_storage "$1")"
	[ ! -s "$WORK/adopted" ] || write_record "$(adopted_storage "$1")" <"$WORK/adopted"
}

# $1 data root.
keep_adopted_storage() {
	local driver store
	read -r driver store <"$(adopted_storage "$1")"
	printf 'of the daemon that was there before' >"$WORK/driver-reason"
	[ "$driver" != fuse-overlayfs ] || want_packages_of_option fuse-overlayfs
	if [ "$store" = containerd ]; then
		name_image_store
		[ "$driver" = overlayfs ] || name_storage_driver "$driver"
	else
		engine_chooses "$driver" "$1" || name_storage_driver "$driver"
	fi
}
