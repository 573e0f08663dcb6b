# Syncs what is written. One sync of a file system beats one of each file.

# Writes stdin to a record of the agent's own: after a power cut it is the earlier one or the new
# one. $1 path.
write_record() {
	(umask 077 && dd of="$1.new" conv=fsync status=none)
	mv -fT "$1.new" "$1"
	sync "${1%/*}" 2>/dev/null || sync
}

# All that this run has changed, before Pulumi is told that the step is done.
sync_host() {
	sync -f "$STATE" /etc /usr /usr/local 2>/dev/null || sync
	[ ! -d "${ACCOUNT_HOME:-none}" ] || sync -f "$ACCOUNT_HOME" 2>/dev/null || sync
}
