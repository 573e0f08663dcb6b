# shellcheck shell=dash
# Who has asked for a package, by the marks that the package manager keeps (manual, auto, hold).
#
# things/package/ID/auto   that it is marked as installed automatically since we brought it: marked as
#                          manual, it is wanted by somebody else.
# things/package/ID/theirs that it was, before another run of ours could mark it anew.
# things/package/ID/marks  the marks that our run has left, where it was there before: what somebody
#                          has changed in them since is what comes back.

# Notes which of our packages somebody has asked for by now, and which somebody no longer wants.
note_wishes() {
	local dir
	read_marks manual
	read_marks auto
	for dir in "$STATE"/things/package/*; do
		if [ -e "$dir/auto" ] || [ -e "$dir/theirs" ]; then note_mark "$dir"; fi
		# An interrupted run of ours may have changed them, too.
		[ -e "$STATE/packages.before" ] || settle_marks "$dir"
	done
	sync -f "$STATE"
}

# True where an installation of this machine has brought it, and nobody has asked for it since.
is_brought_here() {
	local dir
	dir=$(resource_directory package "$1")
	[ -d "$dir/baseline" ] && [ ! -s "$dir/baseline/version" ] && [ ! -e "$dir/theirs" ]
}

# True where it is there, and neither an installation has brought it nor Purge had removed it before.
is_package_of_others() {
	[ -n "$(installed_version "$1")" ] && ! is_brought_here "$1" &&
		[ ! -e "$(resource_directory package "$1")/baseline/purged" ]
}

# All that installations have brought.
packages_brought_here() {
	local dir name
	for dir in "$STATE"/things/package/*; do
		[ -d "$dir/baseline" ] || continue
		name=$(resource_name "$dir")
		! is_brought_here "$name" || printf '%s\n' "$name"
	done
}

# By the manual marks from before our run: a manager may give one to what it is told that is there
# already, which mark_packages takes away. Whoever calls it for many brings them to the disk. $1 the package's resource.
note_mark() {
	if is_marked "$(resource_name "$1")" manual; then
		: >"$1/theirs"
	elif is_marked "$(resource_name "$1")" auto; then
		: >"$1/auto"
		rm -f "$1/theirs"
	fi
}

# A manager marks what its command line names, which says nothing of anybody else then. Arguments: names,
# or name=version.
forget_marks() {
	local name dir
	for name in "$@"; do
		dir=$(resource_directory package "${name%%=*}")
		[ -e "$dir/auto" ] || continue
		rm -f "$dir/auto"
		sync_directories "$dir"
	done
}

# Ours that are not marked as installed automatically, and that nobody has asked for: what was there
# in another version of ours, which the manager marks as wanted by somebody, and what version 0.1.0 brought.
mark_packages() {
	local dir names=''
	for dir in "$STATE"/things/package/*; do
		if [ ! -d "$dir/baseline" ] || [ -e "$dir/auto" ] || [ -e "$dir/theirs" ] ||
			[ -s "$dir/baseline/version" ]; then continue; fi
		[ -z "$(installed_version "$(resource_name "$dir")")" ] || names="$names $(resource_name "$dir")"
	done
	[ -n "$names" ] || return 0
	# shellcheck disable=SC2086 # a list of package names
	mark_as_ours $names ||
		fail "$PACKAGE_MANAGER" "$(package_errors)" \
			"these packages marked as installed automatically:$names" \
			"fix what $PACKAGE_MANAGER says, then run again"
	for dir in $names; do : >"$(resource_directory package "$dir")/auto"; done
	sync -f "$STATE"
}

# $1 the package, $2 a file of package_marks.
marks_of() { sed -n "s/ $(printf '%s' "${1%%:*}" | sed 's/[.+]/\\&/g')\$//p" "$2"; }

# After our run has installed what was there before. What it brings anew it marks as installed
# automatically; of what was there in another version, it leaves what is there now.
note_left_marks() {
	local dir old
	for dir in "$STATE"/things/package/*; do
		[ -e "$dir/baseline/marks" ] || continue
		old=$(planned_from "$(resource_name "$dir")")
		case $old in
		'') continue ;;
		-) echo auto ;;
		*)
			package_marks >"$WORK/packages.marked"
			marks_of "$(resource_name "$dir")" "$WORK/packages.marked"
			;;
		esac >"$WORK/marks"
		write_record "$dir/marks" <"$WORK/marks"
	done
}

# Takes marks that somebody has changed since our run left them for what was there before. $1 the
# package's resource.
settle_marks() {
	local mark from
	if [ ! -e "$1/marks" ] || [ ! -e "$1/baseline/marks" ]; then return 0; fi
	package_marks >"$WORK/packages.marked"
	marks_of "$(resource_name "$1")" "$WORK/packages.marked" >"$WORK/marks"
	for mark in auto hold; do
		from=$1/baseline/marks
		[ "$(grep -x "$mark" "$WORK/marks")" = "$(grep -x "$mark" "$1/marks")" ] || from=$WORK/marks
		grep -x "$mark" "$from" || true
	done | write_record "$1/baseline/marks"
}

# $1 name, $2 the baseline's directory.
restore_marks() {
	local mark origin=manual
	[ -e "$2/marks" ] || return 0
	! grep -qx auto "$2/marks" || origin=auto
	for mark in "$origin" $(grep -x hold "$2/marks"); do
		mark_as "$mark" "$1" ||
			say "package $1 is not marked '$mark' again, as it was before: $(package_errors)"
	done
}
