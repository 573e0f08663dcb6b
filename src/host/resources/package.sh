# shellcheck shell=dash
# Kind package. What an installation newly brings is claimed, package by package, and purged when
# nobody claims it any more. What was there before is never touched.

# One that was purged as rootfulDocker says may be back as this package's own.
package_check() { [ "$2" = purged ] || [ -n "$(installed_version "$1")" ] || echo 'not installed'; }

# The baseline: the version in $STATE/packages.before, which is read before packages are installed. It outlives a
# run that was killed in between, so that what that run installed is not taken for the host's own.
package_save() {
	awk -v name="$1" -v configured="$2/configured" '
		$1 == name && NF == 1 { printf "" > configured }
		$1 == name && NF == 2 { print $2; exit }' "$STATE/packages.before" >"$2/version"
	if [ ! -s "$2/version" ] || [ ! -e "$STATE/packages.marks" ]; then return 0; fi
	marks_of "$1" "$STATE/packages.marks" >"$2/marks"
}

# Of a package that was there before: another version than that, and than any that this package left
# there. Version 0.1.0 did not write down which it left.
package_now() {
	local now
	if [ ! -s "$2/version" ] || ! grep -qs '^version ' "${2%/*}/left"; then return 0; fi
	now=$(installed_version "$1")
	if [ -z "$now" ] || [ "$now" = "$(cat "$2/version")" ]; then return 0; fi
	printf 'version %s\n' "$now"
}

# What this package leaves in the place of one that was there. $1 name, $2 the version, or none.
note_version() {
	local left
	left=$(resource_directory package "$1")/left
	note_left "${left%/*}" "version $2"
	sync "$left"
}

# $STATE/packages.first    what was there before this package installed anything: a package that is
#                          not in it came later, and what it recommends is wanted by somebody.

# Reads what is there before packages are installed, for package_save.
remember_packages() {
	stop_on_empty_packages_before
	note_wishes
	[ ! -e "$STATE/packages.before" ] || return 0
	rm -f "$STATE/packages.planned" "$STATE/packages.half"
	package_marks | write_record "$STATE/packages.marks"
	{
		installed_packages
		removed_packages
	} | sort | write_record "$STATE/packages.before"
}

# Version 0.1.0 did not bring it to the disk. Without it, what an interrupted installation brought
# is not told from what was there.
stop_on_empty_packages_before() {
	if [ ! -e "$STATE/packages.before" ] || [ -s "$STATE/packages.before" ]; then return 0; fi
	fail "$STATE/packages.before" "it empty, as a power cut leaves it" \
		"the packages that were there before an installation that was interrupted" \
		"see in $(packages_log) what that one brought, purge what is not needed, \
remove this file, then run again"
}

# Claims what our runs have brought since remember_packages: in this run, or in one that was killed.
claim_new_packages() {
	local name version
	[ -e "$STATE/packages.before" ] || return 0
	stop_on_empty_packages_before
	installed_packages | comm -13 "$STATE/packages.before" - >"$WORK/packages.since"
	planned_packages <"$WORK/packages.since" >"$WORK/packages.new"
	[ -s "$STATE/packages.planned" ] || [ ! -e "$STATE/packages.planned" ] || [ ! -s "$WORK/packages.since" ] ||
		say "$STATE/packages.planned is empty, as a power cut leaves it: these stay, if it was this package that brought them: $(cut -d ' ' -f 1 "$WORK/packages.since" | paste -s -d ' ')"
	while read -r name version; do claim package "$name" installed; done <"$WORK/packages.new"
	settle_claims
	[ -e "$WORK/packages.manual" ] || read_marks manual
	read_marks auto
	while read -r name version; do
		grep -q "^$name [^ ]" "$STATE/packages.before" || note_mark "$(resource_directory package "$name")"
		[ ! -s "$(resource_directory package "$name")/baseline/version" ] || note_version "$name" "$version"
		changed "package $name $version installed"
	done <"$WORK/packages.new"
	note_left_marks
	sync -f "$STATE"
	rm -f "$STATE/packages.before"
	rm -f "$STATE/packages.planned" "$STATE/packages.marks"
}

# So that nobody's autoremove takes away what an installation is made of. A file for each
# installation: another version of this package may have another list.
protect_packages() {
	[ -n "$(autoremove_protection_file)" ] || return 0
	autoremove_protection >"$WORK/protection"
	want_file "$(autoremove_protection_file)" 644 "$WORK/protection"
}

# Before a revert: what a killed installation of the engine brought is taken back with the rest.
claim_interrupted_packages() {
	[ -e "$STATE/packages.before" ] || return 0
	hold_packages
	finish_interrupted
	claim_new_packages
}

# What a removal that was interrupted has left, of packages that this package brought and that are
# wanted again: the manager may still be told to purge them, and those that it was at work on are half
# installed, which it takes for installed. They are unpacked once more.
finish_removal() {
	local name half=''
	packages_to_remove >"$WORK/packages.removing"
	while read -r name; do
		[ -d "$(resource_directory package "$name")/baseline" ] || continue
		half="$half $name"
		forget_removal "$name"
	done <"$WORK/packages.removing"
	[ -n "$half" ] || return 0
	say "completes what an interrupted removal has left of$half"
	# shellcheck disable=SC2086 # a list of package names
	complete_half_installed $half
}

# Packages that an interrupted removal has left without some of their files, and their manager takes for installed: those
# that stay claimed are installed again, with what they need.
complete_removed() {
	local name dir said names=''
	[ -e "$STATE/packages.removing" ] || return 0
	while read -r name; do
		dir=$(resource_directory package "$name")
		if [ -d "$dir/baseline" ] && package_needed "$dir"; then names="$names $name"; fi
	done <"$STATE/packages.removing"
	[ -n "$names" ] || return 0
	remember_packages
	say "installs$names again, of which an interrupted removal has taken files"
	# shellcheck disable=SC2086 # a list of package names
	forget_marks $names
	# shellcheck disable=SC2086 # a list of package names
	reinstall_packages $names || {
		said=$(package_errors)
		claim_new_packages
		fail "packages$names" "files gone that an interrupted removal has taken, and $PACKAGE_MANAGER: $said" "them whole" \
			"fix what $PACKAGE_MANAGER says, or remove these packages yourself, then run again"
	}
	changed "packages installed again:$names"
}

package_restore() {
	local before now marked=''
	before=$(cat "$2/version")
	now=$(installed_version "$1")
	if [ "$before" = "$now" ]; then
		[ -e "$2/unmarked" ] || settle_marks "${2%/*}"
		if [ -e "$2/unmarked" ] || [ -e "${2%/*}/marks" ]; then restore_marks "$@"; fi
		return 0
	elif [ -z "$before" ]; then
		forget_removal "$1"
		# The manager does not know of such a use: its autoremove would take it.
		if grep -qsxF -- "${1%%:*}" "$WORK/packages.in-use" && mark_as manual "$1"; then
			marked=' (marked as manually installed now)'
		fi
		say "package $1 stays: $(why_package_stays "$1")$marked"
		return 0
	fi
	[ -z "$now" ] || [ -e "$2/unmarked" ] || settle_marks "${2%/*}"
	# From here on its marks are the manager's, also where this is killed.
	write_record "$2/unmarked" </dev/null
	if [ -z "$now" ] && [ -e "$2/purged" ] && install_purged_together; then
		:
	elif install_versions "$1=$before"; then
		changed "package $1 restored to $before"
	elif is_removal_refused; then
		say "package $1 stays at ${now:-absent}: version $before takes the place of" \
			"$(removed_for "$1=$before" | paste -s -d ' '), which this package has not brought"
		[ -n "$now" ] || return 0
	else
		say "package $1 stays at ${now:-absent}: version $before is not in the package lists any more"
		[ -n "$now" ] || return 0
	fi
	restore_marks "$@"
}

# Each alone would bring what it needs, in another version than it was there. Once for a release: false where they are
# not several, or not all to be had.
install_purged_together() {
	local order dir name wanted=''
	[ ! -e "$WORK/packages.together" ] || return 1
	: >"$WORK/packages.together"
	# shellcheck disable=SC2034 # the order was for sort
	while read -r order dir; do
		case $dir in "$STATE"/things/package/*) ;; *) continue ;; esac
		name=$(resource_name "$dir")
		if [ ! -e "$dir/baseline/purged" ] || [ ! -s "$dir/baseline/version" ] || claimed_by_another "$dir" ||
			[ -n "$(installed_version "$name")" ]; then continue; fi
		wanted="$wanted $name=$(cat "$dir/baseline/version")"
		# Their marks are the manager's from here on.
		write_record "$dir/baseline/unmarked" </dev/null
	done <"$WORK/unwanted"
	case $wanted in *=*=*) ;; *) return 1 ;; esac
	# shellcheck disable=SC2086 # a list of package names
	install_versions $wanted || return 1
	for name in $wanted; do changed "package ${name%%=*} restored to ${name#*=}"; done
}

# Makes sure of packages: installs those that are missing, and claims what that brings.
# Arguments: names, or name=version.
want_packages() { ensure_packages all '' "$@"; }

# The same, where some that this step brought may go. $1 their names, then names, or name=version.
want_packages_without() { ensure_packages all "$@"; }

# The same for an option that may be dropped: of what this step brought, only these and what they
# depend on stay claimed. Arguments: names.
want_packages_of_option() { ensure_packages these '' "$@"; }

# $1 all or these: which packages of earlier runs stay claimed where they are there; $2 those of them that do not;
# then names, or name=version.
ensure_packages() {
	local missing said kept=$1 dropped=$2
	shift 2
	missing=$(missing_packages "$@")
	hold_packages
	finish_removal
	# Also where a killed run had come to the triggers of others' packages, and to no more of ours.
	if [ -n "$missing" ] || [ -e "$STATE/packages.before" ]; then
		remember_packages
		finish_interrupted
		missing=$(missing_packages "$@")
	fi
	if [ -n "$missing" ]; then
		# shellcheck disable=SC2086 # a list of package names
		forget_marks $missing
		say "installs$missing"
		# shellcheck disable=SC2086 # a list of package names
		install_beside $missing || {
			# The lists name packages that the archive has replaced meanwhile.
			refresh_lists
			complete_packages
			# shellcheck disable=SC2086
			install_beside $missing || {
				said=$(package_errors)
				claim_new_packages
				fail "$PACKAGE_MANAGER install$missing" "$said" "these packages" \
					"fix what $PACKAGE_MANAGER says, then run again"
			}
		}
	fi
	note_kept_packages "$kept" "$dropped" "$@"
	complete_removed
	claim_new_packages
	keep_package_claims
	if [ -n "$(find "$WORK/wanted" -name 'package:*' -print -quit)" ]; then
		protect_packages
		mark_packages
	fi
	release_packages
}

# Nothing is removed for them but what this installation alone has brought. Arguments: names, or
# name=version.
install_beside() {
	local name theirs=''
	! install_packages --no-remove "$@" || return 0
	is_removal_refused || return 1
	removed_for "$@" >"$WORK/packages.replaced"
	while read -r name; do
		is_own_package "$name" || theirs="$theirs $name (not brought by this installation alone),"
	done <"$WORK/packages.replaced"
	# shellcheck disable=SC2046 # a list of package names
	staying_packages replaced $(cat "$WORK/packages.replaced")
	theirs=$theirs$(sed 's/ / (/; s/^/ /; s/$/),/' "$WORK/packages.staying" | tr -d '\n')
	[ -z "$theirs" ] ||
		fail "$PACKAGE_MANAGER install $*" "that it removes$(printf '%s' "${theirs%,}" | printable)" "nobody else's removed" \
			"remove them yourself where nobody needs them, or choose another engine.source"
	# The manager marks them as manual before it removes them, which nobody has asked for.
	# shellcheck disable=SC2046 # a list of package names
	forget_marks $(cat "$WORK/packages.replaced")
	install_packages "$@"
}

# True where this installation alone has brought it, and nobody has asked for it since.
is_own_package() {
	is_brought_here "$1" && [ "$(installations_of "$(resource_directory package "$1")")" = "$LEASE" ]
}

# Which packages stay claimed, for package_needed. $1 all or these, $2 those that do not, then names, or name=version.
note_kept_packages() {
	local kept=$1 dropped=$2
	shift 2
	rm -f "$WORK/packages.needed" "$WORK/packages.dropped"
	[ "$kept" != these ] || needed_packages "$@" >"$WORK/packages.needed"
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$dropped" ] || note_dropped_packages "$dropped" "$@"
}

# Packages that earlier runs of this step brought stay claimed as long as the step wants them.
keep_package_claims() {
	local claim
	for claim in "$STATE"/things/package/*/claims/"$LEASE.$STEP"; do
		if [ -z "$(installed_version "$(resource_name "${claim%/claims/*}")")" ]; then continue; fi
		[ ! -e "$claim" ] || ! package_needed "${claim%/claims/*}" || note_wanted "${claim%/claims/*}"
	done
	# Another installation of this machine brought what this one needs too.
	for claim in "$STATE"/things/package/*/claims/*."$STEP"; do
		if [ ! -e "$claim" ] || [ -e "${claim%/*}/$LEASE.$STEP" ]; then continue; fi
		if [ "$(tail -n +2 "$claim")" = installed ] && package_needed "${claim%/claims/*}"; then
			want package "$(cat "${claim%/claims/*}/name")" installed
		fi
	done
}

# Into $WORK/packages.dropped: the packages that may go, and what they depend on that those which stay do not need.
# Where none are named that stay, nobody knows what those need, and only the packages themselves may go. $1 the names of
# those that may go, then names, or name=version, of those that stay.
note_dropped_packages() {
	local dropped=$1
	shift
	# shellcheck disable=SC2046,SC2086 # lists of package names
	if [ $# = 0 ]; then
		printf '%s\n' $dropped
	else
		needed_packages $(printf '%s\n' "$@" | cut -d = -f 1) >"$WORK/packages.kept"
		needed_packages $dropped | grep -vxFf "$WORK/packages.kept" || true
	fi >"$WORK/packages.dropped"
}

# True where all are, or one of $WORK/packages.needed, but none of $WORK/packages.dropped. $1 the package's
# resource. Some names have the architecture, such as libfuse3-4:amd64.
package_needed() {
	sed 's/:.*//' "$1/name" >"$WORK/package"
	if [ -e "$WORK/packages.dropped" ] && grep -qxFf "$WORK/package" "$WORK/packages.dropped"; then return 1; fi
	[ ! -e "$WORK/packages.needed" ] || grep -qxFf "$WORK/package" "$WORK/packages.needed"
}
