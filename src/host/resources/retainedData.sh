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

# What is not mounted below these places, in words, or nothing. $1 the account, which is known.
away_below() {
	local place mount
	places_of_ids "$1" | while IFS= read -r place; do
		mount=$(unmounted_below "$place")
		[ -n "$mount" ] || continue
		printf 'nothing is mounted at %s, where /etc/fstab or a unit mounts what may have files of its ids' \
			"$(shown_path "$mount")"
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
			if leads_somewhere "$root" || is_away "$dir/baseline"; then printf '%s\n' "$root"; fi
		done
	} | paste -s -d ' '
}
