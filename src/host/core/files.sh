# Files of root's, written at once or not at all. One sync of a file system beats one of each file.

# Writes stdin to a record of the agent's own: after a power cut it is the earlier one or the new
# one. $1 path.
# root writes: a record below /var/lib/rootless-docker. By another name and a rename, synced; the account cannot reach that directory.
write_record() {
	(umask 077 && dd of="$1.new" conv=fsync status=none)
	mv -fT "$1.new" "$1"
	sync "${1%/*}" 2>/dev/null || sync
}

# Writing begins beside the run, so that its later syncs are short.
begin_sync() { sync -f "$STATE" /usr >/dev/null 2>&1 3>&- 9>&- & }

# All that this run has changed, before Pulumi is told that the step is done.
sync_host() {
	sync -f "$STATE" /etc /usr /usr/local 2>/dev/null || sync
	[ ! -d "${ACCOUNT_HOME:-none}" ] || sync -f "$ACCOUNT_HOME" 2>/dev/null || sync
}

# Writes stdin to a file of root's. The content is on the disk before the name is. $1 path, $2 mode.
# root writes: a file of root's, under another name first: those that path_set makes, the agent, and zypper's list AutoInstalled. path_set has refused a way that another user can change.
write_file() {
	local new=$1.rootless-docker-new
	(umask 077 && dd of="$new" conv=fsync status=none)
	chmod "$2" "$new"
	mv -fT "$new" "$1"
}

sum_of() {
	local sum
	sum=$(sha256sum <"$1")
	printf '%s' "${sum%% *}"
}

# True if the directory above has the name, whether or not root can look at what that is. $1 the path.
is_listed() {
	# Without options ls reads the directory alone, and looks at no file.
	# shellcheck disable=SC2010 # the names of homes are words
	ls -a -- "${1%/*}/" 2>/dev/null | grep -qxF -e "${1##*/}"
}

# A line of a file that may not be there. $1 the file.
words_of_file() {
	local line=''
	[ ! -e "$1" ] || read -r line <"$1" || true
	printf '%s' "$line"
}

# Those of some paths that others than root can change, or what leads to them, through whichever
# links; a line each. A path that is not there counts for what leads to it. Arguments: the paths.
paths_of_others() {
	[ $# -gt 0 ] || return 0
	namei -l "$@" 2>/dev/null | awk "$PATHS_OF_OTHERS_AWK"
}

# Directories that root alone can change, as far as this run has asked.
SAFE_DIRECTORIES=$STATE

# True where others than root can change what leads to a path. $1 the path.
others_can_change() {
	case " $SAFE_DIRECTORIES " in *" ${1%/*} "*) return 1 ;; esac
	[ -z "$(paths_of_others "${1%/*}/")" ] || return 0
	SAFE_DIRECTORIES="$SAFE_DIRECTORIES ${1%/*}"
	return 1
}
