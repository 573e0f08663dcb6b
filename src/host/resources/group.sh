# Kind group: the one that the engine's packages make for their socket, and leave behind when they
# are purged.

# absent, present, or present with who is in it.
group_state() {
	local entry
	entry=$(getent group "$1") || {
		echo absent
		return 0
	}
	entry=${entry##*:}
	printf 'present%s\n' "${entry:+ with $entry}"
}

group_same() { [ "$2" != absent ]; }

group_label() { printf 'group %s' "$1"; }

# The packages take it as they find it. groupdel refuses one that is the first of an account.
group_set() {
	if [ "$2" = absent ]; then
		groupdel "$1" 2>"$WORK/error" || say "group $1 stays: $(tail -n 1 "$WORK/error")"
	else
		getent group "$1" >/dev/null || groupadd --system "$1"
	fi
}
