# shellcheck shell=dash
# Kind group: the one that a package makes.

# It is for a socket that is masked here: nobody misses it.
group_check() { :; }

# What the system knows of a name; an empty file where it knows nothing. getent itself does not tell
# that a disk is full: an account that was there before would seem to be this package's. $1 the
# database, $2 name, $3 baseline directory.
save_entry() {
	local entry
	entry=$(getent "$1" "$2") || true
	if [ -n "$entry" ]; then printf '%s\n' "$entry" >"$3/entry"; else : >"$3/entry"; fi
	[ -n "$entry" ] || : >"$3/absent"
}

# The engine's package makes the group for a socket that is masked here, and leaves it behind when purged.
group_save() { save_entry group "$@"; }

# As the packages have made it: without members. Once: what it is later may be somebody's work.
note_group() {
	local dir
	dir=$(resource_directory group "$1")
	if [ -s "$dir/baseline/entry" ] || grep -qs : "$dir/left"; then return 0; fi
	note_left "$dir" "$(getent group "$1" | cut -d : -f 3):"
}

# Its gid, who is in it, and who may change that (gpasswd -A). Of version 0.1.0 the gid is not known.
group_now() {
	local gid members
	if [ -s "$2/entry" ] || ! getent group "$1" >/dev/null; then return 0; fi
	gid=$(getent group "$1" | cut -d : -f 3)
	members=$(getent group "$1" | cut -d : -f 4)$(getent gshadow "$1" | cut -d : -f 3)$(
		getent passwd | awk -F : -v gid="$gid" '$4 == gid { print $1 }'
	)
	[ -n "$members" ] || grep -qs : "${2%/*}/left" || return 0
	printf '%s:%s\n' "$gid" "$members" | paste -s -d ,
}

# What gives its socket to the group, of another engine than ours: a package, its units, or their own; or a unit or
# another file that names the group, or has it; in words. $1 the group.
user_of_group() {
	local package gid
	for package in "$(distribution_package)" "$(other_engine_package)"; do
		[ -z "$(installed_version "$package")" ] || {
			printf 'package %s is there' "$package"
			return 0
		}
	done
	gid=$(getent group "$1" | cut -d : -f 3)
	{
		unit_on_disk docker.socket || unit_on_disk docker.service ||
			grep -o '/run/docker\.sock$' /proc/net/unix | sort -u | grep . ||
			unit_that_says '((Socket)?Group|SupplementaryGroups)' "$1" "$gid" | grep . ||
			file_in_places_of_root -gid "$gid" | shown_paths | grep .
	} | sed 's/$/ is there/' | grep . ||
		files_that_name "$1" "$gid" | head -n 1 | shown_paths | sed 's/$/ names it/' | grep .
}

group_restore() {
	local user
	[ ! -s "$2/entry" ] || return 0
	getent group "$1" >/dev/null || return 0
	user=$(user_of_group "$1") && {
		say "group $1 stays: $user, which is not this package's. Remove it with 'groupdel $1' when nobody needs it"
		return 0
	}
	clear_dead_locks
	groupdel "$1"
	changed "group $1 removed"
}
