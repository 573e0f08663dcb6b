# Mounts: root never removes a tree through one.

# Ends the step where something is mounted below a path that is to be removed. Escapes of mountinfo
# are octal. $1 the path, $2 "." where the path may be a mount itself.
stop_where_mounted_below() {
	local mount
	mount=$(above=$(realpath -m "$1")/ itself=${2-} awk '
		function decoded(text,   before, code) {
			while (match(text, /\\[0-7][0-7][0-7]/)) {
				code = substr(text, RSTART + 1, 3)
				before = before substr(text, 1, RSTART - 1) \
					sprintf("%c", substr(code, 1, 1) * 64 + substr(code, 2, 1) * 8 + substr(code, 3))
				text = substr(text, RSTART + 4)
			}
			return before text
		}
		{ mount = decoded($5) }
		index(mount "/", ENVIRON["above"]) != 1 { next }
		ENVIRON["itself"] == "." && mount "/" == ENVIRON["above"] { next }
		{ print mount; exit }' /proc/self/mountinfo)
	[ -z "$mount" ] || fail "$1" "something mounted at $(shown "$mount")" \
		"nothing mounted there when it is removed" "unmount it, then run again"
}
