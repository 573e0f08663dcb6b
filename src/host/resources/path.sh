# Kind path: files, directories and links of root's.
#   absent | file MODE SUM [UID:GID] | dir MODE | link TARGET | other

# $1 the path.
path_state() {
	if [ -h "$1" ]; then
		printf 'link %s' "$(readlink "$1")"
	elif [ ! -e "$1" ]; then
		printf absent
	else
		path_words "$1" "$(stat -c '%F:%a:%u:%g' "$1" 2>/dev/null)"
	fi
}

# $1 path, $2 what stat says of it: type, mode, uid, gid.
path_words() {
	local mode=${2#*:} owner
	owner=${mode#*:}
	mode=${mode%%:*}
	case $2 in
	directory:*) printf 'dir %s' "$mode" ;;
	'regular '*)
		printf 'file %s %s' "$mode" "$(sum_of "$1")"
		if [ "$owner" != 0:0 ]; then printf ' %s' "$owner"; fi
		;;
	*) printf other ;;
	esac
}

path_bytes() { cat "$1"; }

# $1 path, $2 value, $3 the file of its bytes.
# root removes: a file, link or empty directory that belongs to root. Only if its record says that it was not there, and it is as it was left.
# root writes: a file, directory or link of root's, in /etc or /usr/local. Its record is on the disk before.
path_set() {
	local kind mode owner
	# A directory that others can change leads root where they like.
	if others_can_change "$1"; then
		fail "$1" "users other than root can change a directory that leads to it" '' \
			"see 'namei -l $1', and remove that permission, then run again"
	fi
	read -r kind mode _ owner <<-VALUE
		$2
	VALUE
	case $1 in
	/etc/systemd/system/*) note_changed_unit "${1#/etc/systemd/system/}" ;;
	esac
	case $kind in
	# A directory with something in it stays.
	absent) rm -f -d "$1" 2>/dev/null || true ;;
	dir) install -d -m "$mode" "$1" ;;
	link) ln -sfnT "${2#link }" "$1" ;;
	file)
		write_file "$1" "$mode" <"$3"
		if [ -n "$owner" ]; then chown "$owner" "$1"; fi
		;;
	esac
}

# Notes the unit that a file belongs to in $STATE/units-changed, before the file changes. If the run is
# cut off in between, the next one has systemd read the file. $1 the file, below the directory of
# units: itself, or a drop-in of NAME.d/.
# root writes: names of units whose files have changed. Until systemd has read these.
note_changed_unit() {
	local unit=${1%%/*}
	echo "${unit%.d}" >>"$STATE/units-changed"
}

path_settled() { reload_changed_units; }

# systemd reads a unit's files when it loads it. So it reads them anew if it has loaded one of these.
# root units: systemctl daemon-reload. Only if a unit's file has changed.
# root removes: names of units whose files systemd has read.
reload_changed_units() {
	local loaded
	[ -s "$STATE/units-changed" ] || return 0
	# shellcheck disable=SC2046 # names of units
	loaded=$(systemctl list-units --all --plain --no-legend $(cat "$STATE/units-changed"))
	if [ -n "$loaded" ]; then systemctl daemon-reload; fi
	rm -f "$STATE/units-changed"
}

# $1 path, $2 mode, $3 the file with its content.
want_file() {
	want_parents "$1"
	want path "$1" "file $2 $(sum_of "$3")" "$3"
}

# A file that a destroy gives back last. Arguments as above.
want_late_file() {
	want_parents "$1"
	want_late path "$1" "file $2 $(sum_of "$3")" "$3"
}

# $1 path, $2 target.
want_link() {
	want_parents "$1"
	want path "$1" "link $2"
}

# Wants the directories that are missing on the way to a path. $1 the path.
want_parents() {
	local parent=${1%/*}
	if [ -z "$parent" ] || [ -e "$parent" ]; then return 0; fi
	want_parents "$parent"
	want path "$parent" 'dir 755'
}
