# shellcheck shell=dash
# Kind archive: a directory of root's with what archives hold.

archive_check() { is_archive_whole "$1" || echo 'not all of its files'; }

archive_save() { :; }

# Takes away what was unpacked, as it was unpacked: what somebody has put there, edited or mounted stays.
archive_restore() {
	local name left
	remove_unpacked "$1.new"
	if [ ! -d "$1" ] || [ ! -s "$(archive_record "$1")" ]; then return 0; fi
	if [ -h "$1" ]; then
		say "$1 stays: it is a link now, to $(readlink "$1" | printable)"
		return 0
	fi
	! archive_is_used "$1" || return 10
	archive_files "$1" | grep -xFf "$(archive_record "$1")" | cut -d ' ' -f 3- | while read -r name; do
		rm -f "$1/$name"
	done
	left=$(find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | head -n 5 | some_on_one_line)
	if [ -n "$left" ]; then
		say "$1 stays: it has $left, which is not as this package has unpacked it"
	else
		rmdir "$1"
		changed "$1 removed"
	fi
	sync_directories "${1%/*}"
}

# Those that stayed when their last claim went, because somebody used them: links first, which lead to directories.
sweep_archives() {
	local dir kind SWEPT=''
	for dir in "$STATE"/things/link/* "$STATE"/things/archive/*; do
		case $(resource_name "$dir") in "$ENGINES"/*) ;; *) continue ;; esac
		kind=${dir%/*}
		sweep_resource "${kind##*/}" "$dir"
	done
	[ -n "$SWEPT" ] || return 0
	lead_to_docker
	! unclaimed "$(resource_directory dir "$ENGINES")" || rmdir "$ENGINES" 2>/dev/null || true
}

# Before anything is changed. $1 the directory.
stop_on_foreign_archive() {
	only_root_leads_to "$1" ||
		fail "$1" "that others than root can change what leads to it" "a place of root's: root runs its programs" \
			"give the directories that lead to it to root, for root alone to change"
	if [ -e "$1" ] && [ ! -s "$(archive_record "$1")" ]; then
		fail "$1" "something there that this package has not unpacked" "nothing there" "move it away, then run again"
	fi
}

# Claims it, and begins to unpack it, where what the download needs is there. $1 the directory, $2 what it is known by.
begin_archive() {
	want dir "$ENGINES" directory
	mkdir -p "$ENGINES"
	want archive "$1" "$2"
	! is_archive_whole "$1" || return 0
	# shellcheck disable=SC2046 # a package name, or none
	[ -n "$(missing_packages $(packages_of_url "$(doc repository)"))" ] || begin_unpacking "$1.new"
}

# $1 the directory.
end_archive() {
	! is_archive_whole "$1" || return 0
	end_unpacking || {
		begin_unpacking "$1.new"
		end_unpacking
	}
	place_archives "$1" "$1.new"
	changed "$1 unpacked"
}
