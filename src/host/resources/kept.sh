# shellcheck shell=dash
# What stays when its last installation goes: since when, and whether somebody has used it since.

data_kept() { note_kept "$1"; }
account_kept() { note_kept "$1"; }

# $1 the resource's directory.
note_kept() { date | write_record "$1/baseline/kept"; }

# True also where not all can be looked at. Trials of storage drivers change no more than what is in a directory; one that
# was moved there brings its files with their earlier times. $1 a directory, $2 the record of when it was kept.
is_used_since() {
	: >"$WORK/now"
	# The clock may have been ahead.
	[ "$2" -nt "$WORK/now" ] || may_have_beneath "$1" -cnewer "$2" '(' ! -type d -o ! -newer "$2" ')'
}

# True also where not all can be looked at. $1 a directory, then what find(1) looks for.
may_have_beneath() { [ -n "$(find_beneath "$@" -print -quit || echo unknown)" ]; }
