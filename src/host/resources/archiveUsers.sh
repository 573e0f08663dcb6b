# shellcheck shell=dash
# Who else than installations has its engine from archives.

# True where somebody else uses it or may do so, which is said once a run. $1 the directory of an archive, or an
# installation's link.
archive_is_used() {
	local why
	[ -d "$1" ] || return 1
	! grep -qsxF -- "$1" "$WORK/archives-staying" || return 0
	why=$(use_of_archive "$1")
	[ -n "$why" ] || return 1
	say "$1 stays: $why. The next up or destroy of an engine removes it when nobody does"
	printf '%s\n' "$1" >>"$WORK/archives-staying"
}

# Why it is used, or nothing. $1 as for archive_is_used.
use_of_archive() {
	local link why
	why=$(running_programs "$(own_uid)" |
		awk -F '\t' -v dir="$(realpath "$1")/" 'index($2, dir) == 1 { print $3 " runs a program of it"; exit }')
	if [ -h "$1" ] || [ -z "$why" ]; then
		why=$(own_daemons ours "$1" | cut -f 2 | paste -s -d ';' | sed 's/;/; /g')
	fi
	for link in "$ENGINES"/*; do
		if [ -n "$why" ] || [ ! -h "$link" ] || [ "$(readlink "$link")" != "$1" ]; then continue; fi
		why="$link leads to it"
	done
	printf '%s' "$why"
}
