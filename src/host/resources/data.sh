# The data of the daemon: images, containers and volumes. A data root was absent, empty or found
# before the daemon used it first; that is all that is recorded, in $OWN/data, a line for each:
#   ROOT<tab>absent|empty|found INODE BIRTH MODE     "-" where it is not known yet
# At the end of a destroy the file has those that stay.
#
# The first delete of the daemon decides what becomes of them, while the daemon can still be asked. The
# decision is remembered, so that a delete whose answer was lost decides the same again:
#   delete             what the daemon has made goes
#   keep               all stays
#   keep-unless-empty  all stays, unless the disk shows that nothing is there
# The next "up" forgets it.

data_root() {
	if has daemon.json/data-root; then
		doc daemon.json/data-root
	else
		printf '%s' "$ACCOUNT_HOME/.local/share/docker"
	fi
}

# Before the daemon is started on it: sets DATA_LOOK to what it was, or to nothing where that is recorded.
# A record counts for as long as there is a directory. $1 the data root.
# root as account: a question about its data root.
look_at_data_root() {
	DATA_LOOK=''
	if [ -n "$(recorded_data "$1")" ] && [ "$(home_state "=$1")" != absent ]; then return 0; fi
	DATA_LOOK=$(as_account sh -c "$LOOK_AT_DATA_ROOT_SH" sh "$1" </dev/null) ||
		fail daemon.data-root "account $ACCOUNT cannot write in $1" '' \
			"create $1 and make $ACCOUNT its owner, mount what belongs there, or set another data-root"
}

# The rest of its line. $1 the data root.
recorded_data() {
	local root rest
	if [ ! -e "$OWN/data" ]; then return 0; fi
	while IFS=$TAB read -r root rest; do
		if [ "$root" = "$1" ]; then printf '%s' "$rest"; fi
	done <"$OWN/data"
}

# $1 the data root, $2 the rest of its line, which the account has said.
write_data_line() {
	stop_on_no_data_line "$1" "$2"
	{
		print_other_data_lines "$1"
		printf '%s\t%s\n' "$1" "$2"
	} >"$WORK/data"
	write_record "$OWN/data" <"$WORK/data"
}

# $1 the data root, $2 the rest of its line.
stop_on_no_data_line() {
	case $2 in
	*[!a-z0-9\ -]* | *' ') ;;
	absent' '*' '*' '* | empty' '*' '*' '* | found' '*' '*' '*) return 0 ;;
	esac
	fail "$1" "$ACCOUNT cannot look into it ($(last_words))" '' \
		"see what is mounted there, then run again"
}

# $1 the data root whose line is left out.
print_other_data_lines() {
	local root rest
	if [ ! -e "$OWN/data" ]; then return 0; fi
	while IFS=$TAB read -r root rest; do
		if [ "$root" != "$1" ]; then printf '%s\t%s\n' "$root" "$rest"; fi
	done <"$OWN/data"
}

# What becomes of the data, as the first delete of the daemon has decided; nothing where none has.
fate_of_data() { remembered fate-of-data; }

# Decides it, unless an earlier delete has done so.
decide_fate_of_data() {
	if [ -n "$(fate_of_data)" ]; then return 0; fi
	if wants_data_deleted; then
		remember fate-of-data delete
	elif ! is_applied daemon || daemon_holds_nothing; then
		remember fate-of-data keep-unless-empty
	else
		remember fate-of-data keep
	fi
}

# Delete counts if the delete and the last step that came to its end both say so. After a takeover that
# step was another installation's, whose word does not count.
wants_data_deleted() {
	[ "$(remembered agents.daemon)" != - ] && [ "$(doc on-destroy-data)" = delete ] &&
		grep -qx 'on-destroy-data: "delete"' "$OWN/daemon" 2>/dev/null
}

# True if the daemon answers, and says that it has no containers, images, volumes, plugins, networks of
# the user's, or secrets of a swarm.
daemon_holds_nothing() {
	local list format='{{.Containers}} {{.Images}} {{.Swarm.LocalNodeState}}'
	[ "$(docker_of_account info --format "$format")" = '0 0 inactive' ] || return 1
	for list in 'volume ls' 'plugin ls' 'network ls --filter type=custom'; do
		# shellcheck disable=SC2086 # words of a command
		list=$(docker_of_account $list -q) || return 1
		[ -z "$list" ] || return 1
	done
}

# True if a data root was there before, or is not in the home: it does not go with the home.
has_data_beside_home() {
	local root rest
	if [ ! -e "$OWN/data" ]; then return 1; fi
	while IFS=$TAB read -r root rest; do
		case $root in "$ACCOUNT_HOME"/*) ;; *) return 0 ;; esac
		case $rest in 'absent '* | 'empty '*) ;; *) return 0 ;; esac
	done <"$OWN/data"
	return 1
}

# The daemon has stopped, so that nothing writes there. Removes what it made, or says what stays.
remove_data() {
	local root rest fate
	if [ ! -e "$OWN/data" ]; then return 0; fi
	: >"$WORK/data.stays"
	# shellcheck disable=SC2086 # state, inode, birth and mode
	while IFS=$TAB read -r root rest <&4; do
		fate=$(fate_of_data_root "$root" $rest)
		case $fate in
		gone) continue ;;
		goes)
			remove_data_root "$root" $rest
			continue
			;;
		found)
			say "kept: $root, because it existed before, with the images, containers and volumes in it"
			;;
		another)
			say "kept: $root, because it is not the directory that the daemon was started on"
			;;
		kept)
			say "kept: $root, with images, containers and volumes. To remove them, as $ACCOUNT, with" \
				"rootlesskit and uidmap installed: rootlesskit rm -rf $root"
			;;
		no-rootlesskit)
			say "kept: $root, because $ACCOUNT cannot remove what its containers own without rootlesskit"
			;;
		esac
		printf '%s\t%s\n' "$root" "$rest" >>"$WORK/data.stays"
	done 4<"$OWN/data"
	write_record "$OWN/data" <"$WORK/data.stays"
	if [ -s "$WORK/data.stays" ]; then : >"$WORK/stays"; fi
}

# Prints what becomes of a data root, a word:
#   gone            nothing is there any more
#   goes            what the daemon made in it is removed
#   found           it stays, since it was there before
#   another         it stays, since it is another directory by now
#   kept            it stays, as onDestroy.data Keep has it
#   no-rootlesskit  it stays, since nothing here could remove it
# $1 the data root, $2 to $4 what it was, inode and birth.
# root as account: stat of its data root.
fate_of_data_root() {
	local now
	now=$(as_account sh -c '[ ! -e "$1" ] || stat -L -c "%i %W" -- "$1"' sh "$1" </dev/null) ||
		fail "$1" "$ACCOUNT cannot look into it ($(last_words))" '' \
			"see what is mounted there, then run again"
	if [ -z "$now" ]; then
		echo gone
	elif [ "$2" = found ]; then
		echo found
	elif [ "$3" != - ] && [ "$now" != "$3 $4" ]; then
		echo another
	elif is_data_root_kept "$1"; then
		echo kept
	elif ! command -v rootlesskit >/dev/null; then
		echo no-rootlesskit
	else
		echo goes
	fi
}

# $1 the data root.
# root as account: a question whether its data root holds anything.
is_data_root_kept() {
	case $(fate_of_data) in
	delete) return 1 ;;
	keep) return 0 ;;
	keep-unless-empty) ! as_account sh -c "$LOOK_FOR_DATA_SH" sh "$1" </dev/null ;;
	esac
}

# As the account: as root, a link on the way would lead anywhere. $1 data root, $2 what it was, $5 its
# mode.
# root as account: rm of images, containers and volumes, in its own user namespace. Only if the data root was absent or empty before, and with onDestroy.data: delete, or if it holds nothing of the user's; 30 minutes at most.
remove_data_root() {
	local itself=''
	# A root that was there, empty, may be a disk of its own.
	if [ "$2" = empty ]; then itself=.; fi
	stop_where_mounted_below "$1" "$itself"
	as_account_within 1800 sh -c "$REMOVE_DATA_SH" sh "$1" "$2" "$5" </dev/null >/dev/null ||
		fail "$1" "$ACCOUNT cannot remove the data in it ($(last_words))" '' \
			"remove them yourself, then run again"
	changed "$1: everything that the daemon created there removed"
}
