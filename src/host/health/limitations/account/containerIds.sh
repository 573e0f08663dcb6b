# shellcheck shell=dash
# Which ids a container's users and files may have.

# Id 0 is the account's own, the others are its subordinate ids.
containerIds_limitation() {
	limitation containerIds limited \
		"$(id_file uid) and $(id_file gid) have $(subordinate_total uid) and $(subordinate_total gid) ids for $ACCOUNT: users of a container are 0 to $(subordinate_total uid), its groups 0 to $(subordinate_total gid), and no others" \
		"set subordinateIds.count to the highest id that is needed"
}

# $1 uid or gid.
subordinate_total() { id_total "$(id_file "$1")" "$ACCOUNT" "$ACCOUNT_UID"; }
