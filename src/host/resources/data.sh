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

# As the account: what a directory is, or will be. Status 3 where the account cannot write there.
LOOK_AT_DATA_ROOT='root=$1
if [ -e "$root" ]; then
	[ -d "$root" ] && [ -w "$root" ] || exit 3
	state=found
	[ "$(find "$root/." -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)" ] || state=empty
	exec stat -L -c "$state %i %W %a" -- "$root"
fi
until [ -e "$root" ]; do root=${root%/*} && root=${root:-/}; done
[ -d "$root" ] && [ -w "$root" ] || exit 3
echo absent - - -'

# Before the daemon is started on it: DATA_LOOK is what it was, or empty where that is recorded. A
# record counts for as long as there is a directory. $1 the data root.
look_at_data_root() {
	DATA_LOOK=''
	if [ -n "$(recorded_data "$1")" ] && [ "$(home_state "=$1")" != absent ]; then return 0; fi
	DATA_LOOK=$(as_account sh -c "$LOOK_AT_DATA_ROOT" sh "$1" </dev/null) ||
		fail daemon.data-root "$1, where account $ACCOUNT cannot write" "a place of its own" \
			"make $1 and give it to $ACCOUNT, mount what belongs there, or set another data-root"
}

# The rest of its line. $1 the data root.
recorded_data() {
	local root rest
	[ -e "$OWN/data" ] || return 0
	while IFS=$TAB read -r root rest; do
		[ "$root" != "$1" ] || printf '%s' "$rest"
	done <"$OWN/data"
}

# $1 the data root, $2 the rest of its line, which the account has said.
write_data_line() {
	local root rest record=$OWN/data
	case $2 in *[!a-z0-9\ -]* | *' ') set -- "$1" '' ;; esac
	case $2 in absent' '*' '*' '* | empty' '*' '*' '* | found' '*' '*' '*) ;; *) fail "$1" \
		"that $ACCOUNT does not say what is there ($(last_words))" "an answer" "run again" ;;
	esac
	{
		[ ! -e "$record" ] || while IFS=$TAB read -r root rest; do
			[ "$root" = "$1" ] || printf '%s\t%s\n' "$root" "$rest"
		done <"$record"
		printf '%s\t%s\n' "$1" "$2"
	} | write_record "$record"
}

# Decides what becomes of the data, unless an earlier delete has done so.
decide_fate_of_data() {
	[ -z "$(remembered fate-of-data)" ] || return 0
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

# As the account: ends with 1 where something of the user's lies there. The daemon tells only of
# what its present storage driver or image store sees.
LOOK_FOR_DATA='cd -- "$1" || exit 0
for path in containers/* volumes/*/_data image/*/imagedb/content/*/* \
	containerd/daemon/io.containerd.content.v1.content/blobs/*/*; do
	[ ! -e "$path" ] || exit 1
done'

# Not empty where the account's step removes the home, with the data in it.
HOME_GOES=''

# True where a data root was there before, or is not in the home.
data_outlive_home() { grep -qsvE "^$ACCOUNT_HOME/.*$TAB(absent|empty) " "$OWN/data"; }

# The daemon has stopped, so that nothing writes there. Removes what it made, or says what stays.
remove_data() {
	local root rest record=$OWN/data
	[ -e "$record" ] || return 0
	: >"$WORK/data.stays"
	while IFS=$TAB read -r root rest <&4; do
		# shellcheck disable=SC2086 # state, inode, birth and mode
		remove_data_root "$root" $rest || printf '%s\t%s\n' "$root" "$rest" >>"$WORK/data.stays"
	done 4<"$record"
	write_record "$record" <"$WORK/data.stays"
	[ -n "$HOME_GOES" ] || [ ! -s "$WORK/data.stays" ] || : >"$WORK/stays"
}

# False where it stays. $1 data root, $2 to $5 the rest of its line.
remove_data_root() {
	local now
	now=$(as_account sh -c '[ ! -e "$1" ] || stat -L -c "%i %W" -- "$1"' sh "$1" </dev/null) ||
		fail "$1" "that $ACCOUNT does not say what is there ($(last_words))" "an answer" \
			"see what is mounted there, then run again"
	if [ -z "$now" ]; then return 0; fi
	if [ "$2" = found ]; then
		say "stays: $1, which was there before, with the images, containers and volumes in it"
		return 1
	elif [ "$3" != - ] && [ "$now" != "$3 $4" ]; then
		say "stays: $1, another directory than the one that the daemon was started on"
		return 1
	fi
	case $(remembered fate-of-data) in
	delete)
		# It goes with the home, and its line when that is gone.
		case $1-$HOME_GOES in "$ACCOUNT_HOME"/*-yes) return 1 ;; esac
		;;
	keep)
		say_that_data_stay "$1"
		return 1
		;;
	keep-unless-empty)
		as_account sh -c "$LOOK_FOR_DATA" sh "$1" </dev/null || {
			say_that_data_stay "$1"
			return 1
		}
		;;
	esac
	remove_in_rootlesskit "$1" "$2" "$5"
}

# $1 the data root.
say_that_data_stay() {
	say "stays: $1, with images, containers and volumes. To remove them, as $ACCOUNT, with" \
		"rootlesskit and uidmap installed: rootlesskit rm -rf $1"
}

# As the account, in a user namespace of its own, where its subordinate ids are its too: as root, a
# link on the way would lead anywhere. False where that cannot be. $1 data root, $2 what it was, $3
# its mode.
remove_in_rootlesskit() {
	# A root that was there, empty, may be a disk of its own.
	stop_where_mounted_below "$1" "$([ "$2" != empty ] || echo .)"
	command -v rootlesskit >/dev/null || {
		say "stays: $1: without rootlesskit $ACCOUNT cannot remove what its containers own"
		return 1
	}
	# RootlessKit keeps its state in /tmp otherwise, where that of a killed run would stay.
	as_account_within 1800 sh -c 'state=$XDG_RUNTIME_DIR/rootless-docker
		[ -d "$XDG_RUNTIME_DIR" ] || state=$HOME/.rootless-docker
		rm -rf "$state"
		rootlesskit --state-dir="$state" sh -c '\''
			[ "$2" != absent ] || exec rm -rf --one-file-system -- "$1"
			find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf --one-file-system {} +
			chmod "$3" "$1"'\'' sh "$@"
		status=$?
		rm -rf "$state"
		exit "$status"' sh "$@" </dev/null >/dev/null ||
		fail "$1" "data that $ACCOUNT cannot remove ($(last_words))" "them gone" \
			"remove them by hand, then run again"
	changed "$1: what the daemon made removed"
}
