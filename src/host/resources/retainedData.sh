# shellcheck shell=dash
# Data of an account that stay when its installation goes.

# True where the file system on which the daemon used the data root is not there. $1 baseline directory.
is_away() { is_not_mounted "$(place_used "$1")"; }

# $1 baseline directory.
place_used() { sed -n '2,$p' "$1/used" 2>/dev/null || true; }

# True where data of the account were kept when their last claim went.
data_stayed() { [ -n "$(stayed_data "$1")" ]; }

# Where they are.
stayed_data() {
	local dir root
	for dir in "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
		unclaimed "$dir" || continue
		root=$(thing_name "$dir")
		if [ -e "$root" ] || is_away "$dir/baseline"; then printf '%s ' "$root"; fi
	done | sed 's/ $//'
}
