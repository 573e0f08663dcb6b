# shellcheck shell=dash
# What stays when its last installation goes: since when, and whether somebody has used it since.

data_kept() { note_kept "$1"; }
account_kept() { note_kept "$1"; }

# $1 the resource's directory.
note_kept() { date | write_record "$1/baseline/kept"; }

# True also where not all can be looked at. A directory that was moved there brings its files with their earlier times,
# but its own is new: with a trial alone, what is in it is new, too. $1 a directory, $2 the record of when it was kept.
is_used_since() {
	: >"$WORK/now"
	# The clock may have been ahead.
	[ ! "$2" -nt "$WORK/now" ] || return 0
	places_of_trials "$1" >"$WORK/places-of-trials"
	{ find_beneath "$1" -cnewer "$2" '(' -newer "$2" -printf '%y %P\n' -o -printf 'moved %P\n' ')' ||
		echo unknown; } |
		grep -vxFf "$WORK/places-of-trials" | awk 'NR == 1' | grep -q .
}

# Where storage drivers are tried: data roots, and what leads there. Lines of find(1): type, blank, path from the
# directory. $1 the directory.
places_of_trials() {
	local dir path
	printf 'd \n'
	known_data | while IFS= read -r dir; do
		path=$(resource_name "$dir")
		while [ "${path#"$1"/}" != "$path" ]; do
			printf 'd %s\n' "${path#"$1"/}"
			path=${path%/*}
		done
	done
}

# True also where not all can be looked at. $1 a directory, then what find(1) looks for.
may_have_beneath() { [ -n "$(find_beneath "$@" -print -quit || echo unknown)" ]; }
