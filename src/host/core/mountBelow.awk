# Prints the first mount below a path, from /proc/self/mountinfo. Environment: above, the path with
# a "/" at its end; itself, "." if the path may be a mount itself.

{ mount = decoded($5) }

index(mount "/", ENVIRON["above"]) != 1 { next }
ENVIRON["itself"] == "." && mount "/" == ENVIRON["above"] { next }

{
	print mount
	exit
}

# Without the kernel's escapes, such as \040 for a blank.
function decoded(text,   before, code) {
	while (match(text, /\\[0-7][0-7][0-7]/)) {
		code = substr(text, RSTART + 1, 3)
		before = before substr(text, 1, RSTART - 1) character(code)
		text = substr(text, RSTART + 4)
	}
	return before text
}

# The character of three octal digits.
function character(code) {
	return sprintf("%c", 64 * substr(code, 1, 1) + 8 * substr(code, 2, 1) + substr(code, 3))
}
