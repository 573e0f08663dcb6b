# shellcheck shell=dash
# What a removal of packages is about to take away, a name a line in $STATE/packages.removing before it begins. rpm and
# pacman take a package for installed until its last file is gone; dpkg itself knows one that is half removed.

# Arguments: names.
note_removal() {
	{
		cat "$STATE/packages.removing" 2>/dev/null || true
		printf '%s\n' "$@"
	} | sort -u | write_record "$STATE/packages.removing"
}

# They are gone. Arguments: names.
forget_removed() {
	printf '%s\n' "$@" >"$WORK/removed"
	{ grep -vxFf "$WORK/removed" "$STATE/packages.removing" || true; } | keep_removing
}

# The names on stdin are what is left of it. It stays as old as it is: what was killed then is older than what came since.
keep_removing() {
	cat >"$WORK/removing"
	if [ -s "$WORK/removing" ]; then
		touch -r "$STATE/packages.removing" "$WORK/removing"
		write_record "$STATE/packages.removing" <"$WORK/removing"
		touch -r "$WORK/removing" "$STATE/packages.removing"
	else
		rm -f "$STATE/packages.removing"
	fi
}
