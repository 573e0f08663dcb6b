# What the step daemon wants in the home: the lines of home_table. It is looked at before anything is
# composed, since a daemon that is there goes on or is refused, and read again right before it is written.

# systemd writes it when the prune timer has run.
PRUNE_STAMP=.local/share/systemd/timers/stamp-docker-prune.timer

# One look at all paths of the step, and at what leads to them. In $WORK/earlier/NAME there is then
# for each file that the daemon or systemd reads where its bytes are, and their sum.
see_home_of_daemon() {
	local path root
	root=$(data_root)
	set -- "=$ACCOUNT_HOME/.docker/config.json" "=$root"
	while read -r path; do
		set -- "$@" "$ACCOUNT_HOME/$path"
	done <<-PATHS
		$(home_paths | grep -v '^[.]ssh')
	PATHS
	case $root in
	"$ACCOUNT_HOME"/*) set -- "$@" "$root" ;;
	esac
	see_paths "$@"
	each_home_path note_earlier
}

# Arguments as each_home_path has them.
note_earlier() {
	local name=${2##*/}
	case $1 in
	start | unit) ;;
	*) return 0 ;;
	esac
	look_up "$2"
	case $SEEN_VALUE in
	file*) printf '%s %s\n' "$SEEN_FILE" "${SEEN_VALUE##* }" >"$WORK/earlier/$name" ;;
	link*)
		if is_wanted_path "$5"; then
			fail "$2" "it is a symbolic link, but has to be a regular file" '' \
				"replace the link with the file itself, or remove it, then run again"
		fi
		echo /dev/null >"$WORK/earlier/$name"
		;;
	*) echo /dev/null >"$WORK/earlier/$name" ;;
	esac
}

# The file with the bytes from before: /dev/null where there was none. $1 its name.
earlier_file() {
	local file
	read -r file _ <"$WORK/earlier/$1"
	printf '%s' "$file"
}

# The sum of a file that was composed, or nothing. $1 its name.
new_sum() {
	local sum name
	while read -r sum name; do
		if [ "$name" = "$1" ]; then printf '%s' "$sum"; fi
	done <"$WORK/sums"
}

# True where files have the bytes from before. Arguments: their names.
are_as_before() {
	local name sum
	for name in "$@"; do
		read -r _ sum <"$WORK/earlier/$name"
		if [ "$sum" != "$(new_sum "$name")" ]; then return 1; fi
	done
}

# $1 the data root.
want_in_home() {
	each_home_path want_home_path
	case $1 in
	"$ACCOUNT_HOME"/*) want_home_directory "${1%/*}" ;;
	esac
}

# Arguments as each_home_path has them.
want_home_path() {
	if ! is_wanted_path "$5"; then return 0; fi
	case $1 in
	start | unit | file) want_home_file "$2" "$3" "$4" ;;
	link) want_home_link "$2" "$ACCOUNT_HOME/$4" ;;
	member) want_member "$2" "$3" "$4" ;;
	directory) want_home_directory "$2" ;;
	esac
}

# The files from before, with which the daemon starts again.
want_earlier_files() { each_home_path want_earlier_file; }

# Arguments as each_home_path has them.
want_earlier_file() {
	if [ "$1" = start ] && is_wanted_path "$5"; then
		want_home_file "$2" "$3" "$(earlier_file "${2##*/}")"
	fi
}
