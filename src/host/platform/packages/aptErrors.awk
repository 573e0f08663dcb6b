# Prints the errors of apt and dpkg in their output, each with the lines that belong to it.

# dpkg indents what belongs to an error.
/^ / && in_error {
	print
	next
}

{ in_error = 0 }

/^(E|W|Err|dpkg|debconf):/ || / : (PreDepends|Depends|Breaks|Conflicts): / {
	print
	in_error = 1
}
