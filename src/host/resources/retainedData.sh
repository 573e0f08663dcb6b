# shellcheck shell=dash
# Data of an account that stay when its installation goes.

# True where the file system on which the daemon used the data root is not there. $1 baseline
# directory.
is_away() { is_not_mounted "$(place_used "$1")"; }

# $1 baseline directory.
place_used() { sed -n '2,$p' "$1/used" 2>/dev/null || true; }

# The data roots of an account, those too that another one has by now. $1 the account.
data_roots_of() {
	local dir
	for dir in "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" != "$1" ] || printf '%s\n' "$(resource_name "$dir")"
	done
}

# The records of data roots that this package has set: what an account only says is in nobody's way.
known_data() {
	local dir
	for dir in "$STATE"/things/data/*; do
		[ ! -d "$dir/baseline" ] || [ -e "$dir/baseline/said" ] || printf '%s\n' "$dir"
	done
}

# Directories that an account's data were moved to, for root to remove them: one a line, on the disk
# before they are made. $1 the account.
places_file() { printf '%s/baseline/places' "$(resource_directory account "$1")"; }

# Those that are there still. $1 the account.
left_places() {
	local place
	[ -s "$(places_file "$1")" ] || return 0
	while IFS= read -r place; do
		[ ! -d "$place" ] || printf '%s\n' "$place"
	done <"$(places_file "$1")"
}

# Where files of an account's ids may be: its home, its data roots, and what was moved. $1 the
# account, which is known.
places_of_ids() {
	printf '%s\n' "$ACCOUNT_HOME"
	data_roots_of "$1"
	left_places "$1"
}

# Where links and mounts right in a data root led when it was taken back, as "link PATH" or "mount PATH": once these are
# gone nothing else says that files of the account's ids are there. $1 the account.
elsewhere_file() { printf '%s/baseline/elsewhere' "$(resource_directory account "$1")"; }

# Before anything of a data root is removed. $1 data root.
note_where_data_lead() {
	local file
	file=$(elsewhere_file "$ACCOUNT")
	[ -d "${file%/*}" ] || return 0
	{
		cat "$file" 2>/dev/null || true
		{
			links_in_data "$1" | sed 's/^/link /'
			mounts_in_data "$1" | without_escapes | sed 's/^/mount /'
		} | head -n 60 | grep -E '^(link|mount) /[^[:cntrl:]]+$' || true
	} | awk -v home="$ACCOUNT_HOME/" -v root="$1/" '
		{ path = $0 "/"; sub(/^[a-z]+ /, "", path) }
		index(path, home) != 1 && index(path, root) != 1 && !seen[$0]++' >"$WORK/elsewhere"
	if [ ! -s "$WORK/elsewhere" ] || cmp -s "$WORK/elsewhere" "$file"; then return 0; fi
	write_record "$file" <"$WORK/elsewhere"
}

# The account's word. $1 data root.
links_in_data() {
	# shellcheck disable=SC2016,SC2086 # the inner shell expands them; a list of names
	as_account sh -c 'root=$1
		shift
		[ ! -h "$root" ] || realpath -e -- "$root"
		for name in "$@"; do
			[ ! -h "$root/$name" ] || realpath -e -- "$root/$name"
		done' sh "$1" $ENGINE_NAMES 2>/dev/null || true
}

# Where else what is mounted there is seen: of a bind mount where it comes from. As /proc has it. $1 data root.
mounts_in_data() {
	DATA_ROOT=$(as_account realpath -m -- "$1" | sed 's/ /\\040/g') awk '
		{ device[NR] = $3; top[NR] = $4 == "/" ? "" : $4; at[NR] = $5 == "/" ? "" : $5 }
		END {
			root = ENVIRON["DATA_ROOT"]
			for (i = 1; root != "" && i <= NR; i++) {
				if (index(at[i], root) != 1 || substr(at[i], length(root) + 1) !~ /^(\/[^\/]*)?$/) continue
				for (j = 1; j <= NR; j++)
					if (device[j] == device[i] && index(at[j] "/", root "/") != 1 && index(top[i] "/", top[j] "/") == 1)
						print at[j] substr(top[i], length(top[j]) + 1)
			}
		}' /proc/self/mountinfo
}

# Those of these places where files of its ids are, one a line. What the account has said is looked at as the account.
# $1 the account, which is known.
places_data_led_to() {
	local how place file
	file=$(elsewhere_file "$1")
	[ -s "$file" ] || return 0
	set --
	while read -r how place; do
		if [ "$how" = mount ] && only_root_leads_to "$place"; then
			seen_with_ids as_root "$place" </dev/null
		else
			set -- "$@" "$place"
		fi
	done <"$file" >"$WORK/led-to"
	[ $# = 0 ] || seen_with_ids as_account "$@" >>"$WORK/led-to"
	sort -u "$WORK/led-to"
}

# What is not mounted below these places, in words, or nothing. $1 the account, which is known.
away_below() {
	local place mount
	places_of_ids "$1" | while IFS= read -r place; do
		mount=$(unmounted_below "$place")
		[ -n "$mount" ] || continue
		printf 'nothing is mounted at %s, where /etc/fstab or a unit mounts what may have files of its ids' \
			"$(printf '%s' "$mount" | printable)"
		break
	done
}

# True where data of the account were kept when their last claim went.
has_retained_data() { [ -n "$(retained_data "$1")" ]; }

# True where the account has data that were kept, or that another installation keeps.
others_keep_data() {
	local dir lease
	! has_retained_data "$ACCOUNT" || return 0
	for dir in "$STATE"/things/data/*; do
		if [ "$(cat "$dir/baseline/account" 2>/dev/null)" != "$ACCOUNT" ] || unclaimed "$dir"; then continue; fi
		for lease in $(installations_of "$dir"); do
			[ "$lease" = "$LEASE" ] || ! (LEASE=$lease && retains_data) || return 0
		done
	done
	return 1
}

# Where they are.
retained_data() {
	local dir root
	{
		left_places "$1"
		for dir in "$STATE"/things/data/*; do
			[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
			unclaimed "$dir" || continue
			root=$(resource_name "$dir")
			if [ -e "$root" ] || is_away "$dir/baseline"; then printf '%s\n' "$root"; fi
		done
	} | paste -s -d ' '
}
