# shellcheck shell=dash
# Keys that sign packages, by OpenPGP (RFC 9580). gpg is not on every machine.

# The fingerprints of the primary keys in a file, a line each, as gpg shows them: of version 4, the
# SHA-1 of the packet with its length before it. Another version, a file that is no key, or one with
# anything else in it, which another program might take for a key, is 'unknown'. What was read, as bytes, is
# in $WORK/key.bytes.
key_fingerprints() {
	local tag start length
	if ! key_bytes "$1" >"$WORK/key.bytes" || ! openpgp_packets "$WORK/key.bytes" >"$WORK/key.packets"; then
		echo unknown
		return 0
	fi
	while read -r tag start length; do
		case $tag in
		# A primary key; below, its signatures, names, pictures and subkeys.
		6) ;;
		2 | 13 | 14 | 17) continue ;;
		*)
			echo unknown
			continue
			;;
		esac
		if [ "$(tail -c "+$start" "$WORK/key.bytes" | head -c 1 | od -An -tu1 | tr -d ' ')" != 4 ]; then
			echo unknown
			continue
		fi
		{
			# shellcheck disable=SC2059 # bytes
			printf "\\231\\$(printf '%03o' $((length / 256)))\\$(printf '%03o' $((length % 256)))"
			tail -c "+$start" "$WORK/key.bytes" | head -c "$length"
		} | sha1sum | cut -c 1-40 | tr '[:lower:]' '[:upper:]'
	done <"$WORK/key.packets"
}

# A key may be in ASCII: one block, of base64 between an empty line and a checksum.
key_bytes() {
	case $(grep -ac 'BEGIN PGP' "$1") in
	0) cat "$1" ;;
	1)
		tr -d '\r' <"$1" | sed -n '/^-----BEGIN PGP PUBLIC KEY BLOCK-----$/,/^-----END PGP/p' |
			sed '1,/^$/d; /^-----END PGP/d; /^=/d' | base64 -d 2>/dev/null
		;;
	*) return 1 ;;
	esac
}

# Of a file its packets: tag, where its body begins (the first byte is 1), and how long that is.
openpgp_packets() {
	od -An -v -tu1 -w1 "$1" | awk '
		function number(from, bytes,   sum) { while (bytes-- > 0) sum = sum * 256 + byte[from++]; return sum }
		{ byte[NR] = $1 }
		END {
			for (at = 1; at <= NR; at = body + size) {
				if (byte[at] < 128) exit 1
				if (byte[at] >= 192) {
					tag = byte[at] - 192
					if (byte[at + 1] < 192) { size = byte[at + 1]; body = at + 2 }
					else if (byte[at + 1] < 224) { size = (byte[at + 1] - 192) * 256 + byte[at + 2] + 192; body = at + 3 }
					else if (byte[at + 1] == 255) { size = number(at + 2, 4); body = at + 6 }
					else exit 1
				} else {
					tag = int((byte[at] - 128) / 4)
					bytes = 2 ^ (byte[at] % 4)
					if (bytes == 8) exit 1
					size = number(at + 1, bytes)
					body = at + 1 + bytes
				}
				if (body + size > NR + 1) exit 1
				print tag, body, size
			}
		}'
}
