# shellcheck shell=dash
# The account's images, containers and volumes, and whether they outlive the installation.

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
		root=$(resource_name "$dir")
		if leads_somewhere "$root" || is_away "$dir/baseline"; then want_data_root "$root"; fi
	done
	say_left_places
	root=$(data_root)
	dir=$(resource_directory data "$root")/baseline
	! is_away "$dir" || data_root_is_away "$root" "$dir" ""
	stop_where_account_cannot_write "$root"
	want_data_root "$root"
}

want_data_root() {
	take_data_root "$1"
	note_used_data "$1"
	case $1 in
	"$ACCOUNT_HOME"/*) want_home_parents "$1" data "$1" "$ACCOUNT" ;;
	*) want data "$1" "$ACCOUNT" ;;
	esac
}

data_check() { as_account test -d "$1" || echo 'no such directory'; }

# One that was another account's: from now on it is this one's, and was there before with all that
# is in it. What is recorded of the other one stays, under a name that no data root gives: its ids are
# kept for it. $1 data root.
take_data_root() {
	local dir before kept
	dir=$(resource_directory data "$1")
	before=$(cat "$dir/baseline/account" 2>/dev/null) || return 0
	[ "$before" != "$ACCOUNT" ] || return 0
	stop_where_another_wants "$dir" data "$1" "$ACCOUNT"
	kept=$dir%of%$before
	rm -rf "$kept"
	mkdir "$kept"
	printf '%s' "$1" | write_record "$kept/name"
	mv -T "$dir/baseline" "$kept/baseline"
	sync_directories "$kept" "$dir" "${dir%/*}"
}

# What somebody has used since an installation kept it was there before, all of it. $1 data root.
note_used_data() {
	local dir
	dir=$(resource_directory data "$1")
	if [ ! -d "$dir/baseline" ] || ! unclaimed "$dir" || ! leads_somewhere "$1"; then
		return 0
	elif [ -e "$dir/baseline/kept" ]; then
		is_used_since "$1" "$dir/baseline/kept" || return 0
	else
		# Version 0.2.0 did not note when that was.
		may_have_own_daemon || return 0
	fi
	say "$1 has been used since an installation kept it: it counts as found, and stays, whatever onDestroy says"
	note_data_of_others "$1"
}

# $1 data root.
note_data_of_others() {
	local dir baseline
	dir=$(resource_directory data "$1")
	baseline=$dir/baseline
	if [ ! -d "$baseline" ] || ! unclaimed "$dir"; then return 0; fi
	data_names "$1" | write_record "$baseline/names"
	rm -f "$baseline/made" "$baseline/absent" "$baseline/engine-names"
	sync_directories "$baseline"
}

# A baseline counts from the daemon's first start on: until then somebody may put a directory there.
data_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	: >"$2/unused"
	if leads_somewhere "$1"; then
		data_names "$1" >"$2/names"
		# One that leads to what the account cannot look at has none.
		as_account stat -L -c %a "$1" >"$2/mode" 2>/dev/null || rm -f "$2/mode"
	else
		: >"$2/absent"
	fi
}

# dockerd has given it another one, which keeps others out: as long as there is anything of an engine's, it stays.
# $1 data root, $2 baseline directory.
restore_data_mode() {
	if [ ! -s "$2/mode" ] || [ -n "$(engine_names_in "$1")" ]; then return 0; fi
	case $(as_account stat -L -c %a "$1" 2>/dev/null) in
	710 | 711)
		as_account chmod "$(cat "$2/mode")" "$1" 2>/dev/null ||
			say "$1 has another mode than the $(cat "$2/mode") that it had before: $ACCOUNT cannot change it"
		;;
	esac
}

# What of a directory has names that the engine gives, a line each; all of it in $WORK/data-names.
engine_names_in() {
	data_names "$1" >"$WORK/data-names"
	# shellcheck disable=SC2086 # a list of names
	printf '%s\n' $ENGINE_NAMES | sort | comm -12 - "$WORK/data-names"
}

# What is in a directory, one name a line: all that the engine gives, and of others, which may be
# any number, some. $1 the directory.
data_names() {
	local names
	names=$(printf '%s' "$ENGINE_NAMES" | tr -s '\t\n' ' ')
	in_directory "$1" timeout -k 5 120 find . -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null |
		awk -v names="$names" '
			BEGIN { count = split(names, list, " "); while (count > 0) engine[list[count--]] }
			$0 in engine || ++others <= 20' | sort
}

# Names that dockerd gives in its data root (moby 19.03 to 29).
ENGINE_NAMES='builder buildkit containerd containers engine-id image network nuke-graph-directory.sh plugins
	rootfs runtimes swarm tmp tmp-old trust volumes
	aufs btrfs devicemapper fuse-overlayfs overlay overlay2 overlayfs vfs zfs'

# A directory that is the same after a boot. $1 the directory.
directory_id() { as_account stat -L -c '%i %.9W' "$1" 2>/dev/null || true; }

# Right before the daemon is started on it: only a directory that this package makes here is its
# own, and may go one day. In the record, "made" is which one that is, and "used" which one
# the daemon was started on last, and where that is mounted. $1 data root.
settle_data_root() {
	local baseline now
	baseline=$(resource_directory data "$1")/baseline
	now=$(directory_id "$1")
	if [ -z "$now" ] || [ -e "$baseline/unused" ] ||
		{ [ -e "$baseline/used" ] && [ "$(head -n 1 "$baseline/used")" != "$now" ]; }; then
		make_data_root "$1" "$baseline"
		now=$(directory_id "$1")
	fi
	{
		printf '%s\n' "$now"
		mount_place "$1"
	} | write_record "$baseline/used"
	rm -f "$baseline/unused"
	sync_directories "$baseline"
	engine_names_in "$1" >"$WORK/names-before"
	[ -e "$baseline/engine-names" ] || sort "$baseline/names" >"$WORK/names-before" 2>/dev/null || true
}

# Right after a start: what the engine has made in its data root, by its names. What comes by such a name later may be
# somebody's. $1 data root.
note_engine_names() {
	local baseline
	baseline=$(resource_directory data "$1")/baseline
	# shellcheck disable=SC2046 # a path, or nothing
	engine_names_in "$1" | comm -13 "$WORK/names-before" - |
		sort -u - $([ ! -e "$baseline/engine-names" ] || echo "$baseline/engine-names") >"$WORK/engine-names"
	cmp -s "$WORK/engine-names" "$baseline/engine-names" ||
		write_record "$baseline/engine-names" <"$WORK/engine-names"
}

# Under another name first: a run that is killed in between leaves nothing that nobody knows of.
# Where there is a directory by then, it is somebody's. $1 data root, $2 baseline directory.
make_data_root() {
	local new=$1.rootless-docker-new
	as_account rmdir "$new" 2>/dev/null || true
	if ! account_has "$1"; then
		rm -f "$2/made"
		# shellcheck disable=SC2016 # the inner shell expands them
		as_account sh -c 'mkdir -p "${1%/*}/" && mkdir -m 711 "$1"' sh "$new" 2>"$WORK/error" ||
			fail daemon.data-root "that $ACCOUNT cannot make $1 ($(tail -n 1 "$WORK/error"))" \
				"a place of its own" "make $1 and give it to $ACCOUNT, or set another data-root"
		write_record "$2/absent" </dev/null
		rm -f "$2/names"
		directory_id "$new" | write_record "$2/made"
		as_account mv -nT "$new" "$1" || true
		as_account rmdir "$new" 2>/dev/null || true
	fi
	[ "$(directory_id "$1")" != "$(cat "$2/made" 2>/dev/null)" ] || return 0
	data_names "$1" | write_record "$2/names"
	rm -f "$2/absent" "$2/made"
}

# $1 data root, $2 baseline directory, $3 what for.
data_root_is_away() {
	fail "$1" "that the file system of $ACCOUNT's data is not mounted" \
		"what was mounted at $(shown_path "$(mounted_at "$(place_used "$2")")") when the daemon was last started$3" \
		"mount it, then run again; or remove $2/used, if it is gone for good, or the data have moved"
}

# What somebody has put in the place of the directory that the daemon used, or was made here.
data_changed() {
	local now
	now=$(directory_id "$1")
	if [ -e "$2/absent" ] && as_account test -h "$1"; then
		printf 'a link now (to %s)' "$(shown_path "$(as_account readlink "$1")")"
	elif [ -e "$2/made" ] && [ "$now" != "$(cat "$2/made")" ]; then
		printf 'another directory than the one that the daemon made'
	elif [ -e "$2/used" ] && [ "$now" != "$(head -n 1 "$2/used")" ]; then
		printf 'another directory than the one that the daemon used'
	fi
}

# The earlier account's, which another one has the name of: its files are of ids that nobody else gets
# as long as this is recorded. $1 data root, $2 baseline directory.
data_of_another() {
	leads_somewhere "$1" || is_away "$2" || return 0
	know_account "$(cat "$2/account")"
	# It may have made one there itself, which it sees; what it may not look at is not its own.
	[ -z "$(directory_id "$1")" ] || [ -z "$(data_changed "$@")" ] || return 0
	say "$1 stays: it has what is left of the data of the earlier $(cat "$2/account"). Remove it by hand when nothing of it is needed"
	# Whoever uses it next finds it there.
	printf 'earlier %s' "$(cat "$2/account")" | write_record "$2/account"
	rm -f "$2/made" "$2/absent"
	return 10
}

data_restore() {
	local changed
	know_account "$(cat "$2/account")" || return 0
	note_disk_to_sync "$1"
	note_where_data_lead "$1"
	remove_what_was_moved
	as_account rmdir "$1.rootless-docker-new" 2>/dev/null || true
	clear_trials "$(nearest_directory "$(dirname "$1")")"
	if is_away "$2"; then
		retains_data || data_root_is_away "$@" ", to remove the data"
		say \
			"$1 stays: its file system, which was mounted at $(shown_path "$(mounted_at "$(place_used "$2")")")," \
			"is not there. The images, containers and volumes on it stay"
		return 10
	fi
	leads_somewhere "$1" || return 0
	changed=$(unmounted_below "$1" | printable)
	if [ -n "$changed" ]; then
		say "$1 stays: nothing is mounted at $changed, where /etc/fstab or a unit mounts something"
		return 10
	fi
	changed=$(data_changed "$@")
	if [ -n "$changed" ]; then
		say "$1 stays: it is $changed. Remove it by hand, with what it holds, when it is not needed"
		return 10
	fi
	# No daemon was started on it.
	if [ -e "$2/unused" ]; then
		[ ! -e "$2/made" ] || as_account rmdir "$1" 2>/dev/null || true
		[ -n "$(file_of_ids "$1")" ] || return 0
		say "$1 stays: it was there before, with files of the ids of $ACCOUNT"
		return 10
	fi
	if retains_data && ! held_nothing "$1"; then
		# It was there before, and nothing in it is of ids that are given back.
		[ -e "$2/absent" ] || [ -n "$(file_of_ids "$1")" ] || return 0
		say "$1 stays ($(size_of "$1") of images, containers and volumes):" \
			"onDestroy.data: Delete removes what the engine made in it$BY_ANOTHER_UP"
		return 10
	fi
	retains_data || say_where_data_lead
	remove_engine_files "$@"
}

# True where the home goes with all that is in it: not with an engine's data of before. $1 data root.
leaves_with_home() {
	case $1 in "$ACCOUNT_HOME"/*) ;; *) return 1 ;; esac
	[ -z "$(engine_names_of_before "$1")" ] && account_goes "$ACCOUNT"
}

# $1 data root.
engine_names_of_before() {
	sort "$(resource_directory data "$1")/baseline/names" 2>/dev/null >"$WORK/names-of-before" || return 0
	engine_names_in "$1" | comm -12 - "$WORK/names-of-before"
}

# Links and mounts are not followed: what is behind them is named, once for a step.
say_where_data_lead() {
	local place
	[ ! -e "$WORK/led-to.said" ] || return 0
	: >"$WORK/led-to.said"
	places_data_led_to "$ACCOUNT" | while IFS= read -r place; do
		say "$(shown_path "$place") stays: a link or a mount in the data of $ACCOUNT leads there." \
			"Remove it by hand when nothing of it is needed"
	done
}

# True where the daemon, when it was stopped, had nothing of the user's in this directory, and in no
# earlier one; and nothing was written there since. $1 data root.
held_nothing() {
	local note=$STATE/leases/$LEASE/no-data
	[ "$(cat "$note" 2>/dev/null)" = "$(real_path "$1")" ] && [ -z "$(data_on_disk "$1")" ] &&
		! may_have_beneath "$1" ! -type d -cnewer "$note"
}

# One that lies there, or nothing: the daemon tells only of what its present storage driver or image
# store sees. $1 data root.
data_on_disk() {
	local content=containerd/daemon/io.containerd.content.v1.content
	{
		look_in_data "$1/containers" -maxdepth 1 -type d
		look_in_data "$1/volumes" -maxdepth 1 -type d
		look_in_data "$1/image" -xdev -type f -path '*/imagedb/content/*'
		look_in_data "$1/$content/blobs" -xdev -type f
	} 2>/dev/null
}

# $1 a directory of the engine's, then what find(1) looks for.
look_in_data() {
	local directory=$1
	shift
	in_directory "$directory" timeout -k 5 120 find . -mindepth 1 "$@" -print -quit || true
}

# True where data roots below a path are another account's, or another installation's too. They are looked for
# as the account, which cannot remove what it cannot reach either: what others have put on the way there may
# hold root for ever. $1 the path.
has_others_data_below() {
	local dir
	{
		printf '%s\n' "$1"
		known_data | while read -r dir; do
			[ "$(cat "$dir/baseline/account")" = "$ACCOUNT" ] && ! claimed_by_another "$dir" ||
				printf '%s\n' "$(resource_name "$dir")"
		done
	} >"$WORK/data-roots"
	account_real_paths "$WORK/data-roots" || return 0
	awk '
		NR == 1 { path = $0 "/" }
		index($0, path) == 1 { below = 1 }
		END { exit !below }' "$WORK/real-paths"
}

# What dockerd made goes, by name; what it did not make, or what was there before it, stays.
# $1 data root, $2 baseline directory.
remove_engine_files() {
	local names made advice='' why='it was there before'
	made=$(resource_directory account "$ACCOUNT")/baseline/made
	own_engine_names "$@" >"$WORK/engine-names"
	remove_data_entries "$1"
	[ ! -e "$2/absent" ] || as_account rmdir "$1" 2>/dev/null || ! only_root_leads_to "$1" ||
		rmdir "$1" 2>/dev/null || true
	if ! leads_somewhere "$1"; then
		[ -n "$(left_places "$ACCOUNT")" ] || changed "$1 removed"
		return 0
	fi
	[ ! -s "$WORK/engine-names" ] || changed "$1: what the engine made in it removed"
	restore_data_mode "$@"
	engine_names_in "$1" | comm -12 "$WORK/engine-names" - >"$WORK/names-left"
	if [ ! -s "$WORK/names-left" ] && { [ ! -s "$WORK/data-names" ] || leaves_with_home "$1"; }; then return 0; fi
	names=$(head -n 5 "$WORK/data-names" | shown_paths | paste -s -d ' ')
	[ ! -e "$2/absent" ] || why="not all in it is the engine's"
	# An account that was there before goes on with its own.
	[ ! -e "$made" ] || advice='. Remove it by hand when nothing of it is needed'
	say "$1 stays ($(size_of "$1")): $why ($names)$advice"
	[ ! -s "$WORK/names-left" ] || return 10
	# The directory itself is the account's, who may go, or in its home.
	if [ -e "$made" ]; then
		if [ -e "$2/absent" ] || [ "${1#"$ACCOUNT_HOME"/}" != "$1" ]; then return 10; fi
	fi
	[ -z "$(file_of_ids "$1")" ] || return 10
}

# What goes of those names: not what was there before, nor what somebody has files in who took such a name since; under
# Delete, what later engines have made goes too. Arguments as above.
own_engine_names() {
	local name
	# Of a directory that was there before, version 0.1.0 did not write down what was in it.
	if [ ! -e "$2/names" ] && [ ! -e "$2/absent" ]; then return 0; fi
	engine_names_in "$1" >"$WORK/engine-names-now"
	sort "$2/names" 2>/dev/null | comm -13 - "$WORK/engine-names-now" | while IFS= read -r name; do
		if retains_data && [ -e "$2/engine-names" ] && ! grep -qx "$name" "$2/engine-names" &&
			may_have_beneath "$1/$name" ! -type d; then continue; fi
		printf '%s\n' "$name"
	done
}

# Those of $WORK/engine-names, but what has another's data root in it. Where the daemon has said that it holds nothing,
# its directories of containers and volumes have no more than these two files of its own. $1 data root.
remove_data_entries() {
	local root=$1 name
	shift
	# shellcheck disable=SC2013 # names without blanks
	for name in $(cat "$WORK/engine-names"); do
		! has_others_data_below "$root/$name" || continue
		case $name in
		containers | volumes)
			if retains_data; then
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

stop_where_account_cannot_write() {
	local directory
	directory=$(nearest_directory "$1")
	as_account test -w "$directory" ||
		fail daemon.data-root "$directory, where account $ACCOUNT cannot write" \
			"a place of its own" "make $1 and give it to $ACCOUNT, or set another data-root"
}

data_of_gone() {
	stays_of_gone "$1" "$3" \
		" ($(size_of "$1") of images, containers and volumes)"
}
