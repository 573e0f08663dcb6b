# shellcheck shell=dash
# Debian packages. What an installation newly brings is claimed, package by package, and purged when
# nobody claims it any more. What was there before is never touched.

# One that was purged as rootfulDocker says may be back as this package's own.
package_check() { [ "$2" = purged ] || [ -n "$(installed_version "$1")" ] || echo 'not installed'; }

# The baseline: the version in $STATE/packages.before, which is read before apt runs. It outlives a
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

# Reads what is there before apt runs, for package_save.
remember_packages() {
	stop_on_empty_packages_before
	note_wishes
	[ ! -e "$STATE/packages.before" ] || return 0
	rm -f "$STATE/packages.planned"
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
		"see in /var/log/apt/history.log what that one brought, purge what is not needed, \
remove this file, then run again"
}

# Installs, and notes in $STATE/packages.planned what: first the arguments, then a line for each package
# from apt itself (name, old version, direction, new version, file), on the disk before dpkg begins. apt
# marks all that is new as installed automatically before that, too: another mark is somebody else's.
install_packages() {
	(umask 077 && printf '%s\n' "$@" >>"$STATE/packages.planned")
	# apt knows a hook's options by its first word. It also sends its configuration, up to the empty
	# line.
	apt_get install --allow-downgrades -o APT::Get::Mark-Auto=true -o DPkg::Tools::Options::umask::Version=2 \
		-o "DPkg::Pre-Install-Pkgs::=umask 077 && sed '1,/^\$/d' >>$STATE/packages.planned &&
			sync $STATE/packages.planned $STATE" "$@"
}

# Of the packages on stdin (name and version), those that our apt brought: somebody else may have
# installed others meanwhile. One that was there is ours only where its version was asked for.
planned_packages() {
	[ -e "$STATE/packages.planned" ] || return 0
	awk -v before="$STATE/packages.before" -v planned="$STATE/packages.planned" '
		function plain(name) { sub(/:.*/, "", name); return name }
		FILENAME == before { if (NF == 2) there[$1] = 1; next }
		FILENAME == planned && NF == 1 { if (split($1, word, "=") == 2) asked[plain(word[1])] = 1; next }
		FILENAME == planned { if ($4 != "-") ours[$1] = 1; next }
		plain($1) in ours && (!($1 in there) || plain($1) in asked)
	' "$STATE/packages.before" "$STATE/packages.planned" -
}

# Claims what our apt has brought since remember_packages: in this run, or in one that was killed.
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
	rm -f "$STATE/packages.before"
	rm -f "$STATE/packages.planned" "$STATE/packages.marks"
}

# So that nobody's `apt-get autoremove` takes away what an installation is made of. A file for each
# installation: another version of this package may have another list.
protect_packages() {
	cat >"$WORK/apt.conf" <<'CONF'
// Managed by rootless-docker (Pulumi): autoremove leaves these.
APT::NeverAutoRemove {
  "^(dbus-user-session|docker-cli|docker\.io|fuse-overlayfs|iproute2|iptables|libcap2-bin|passt|procps)$";
  "^(rootlesskit|slirp4netns|uidmap)$";
};
CONF
	want_file "/etc/apt/apt.conf.d/99rootless-docker-$LEASE" 644 "$WORK/apt.conf"
}

# Before a revert: what a killed installation of the engine brought is taken back with the rest.
claim_interrupted_packages() {
	[ -e "$STATE/packages.before" ] || return 0
	hold_packages
	finish_interrupted
	claim_new_packages
}

# What an installation that was killed, or somebody else's, left half done; and what our apt left in
# /tmp. dpkg waits for others' to end, so that of what is older than this run nothing is in use by
# then.
finish_interrupted() {
	run_dpkg --configure -a
	find /tmp -maxdepth 1 -type d -uid 0 -name 'apt-dpkg-install-??????' -newer "$STATE/packages.before" ! -newer "$WORK/begun" -exec rm -rf {} +
}

# What a removal that was interrupted has left, of packages that this package brought and that are
# wanted again: dpkg is still told to purge them, and those that it was at work on are half
# installed, which apt takes for installed. They are unpacked once more.
finish_removal() {
	local name half=''
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' | sed -n 's/^[rp][^nc]. *//p; s/^.H. *//p' |
		sort -u >"$WORK/packages.removing"
	while read -r name; do
		[ -d "$(resource_directory package "$name")/baseline" ] || continue
		half="$half $name"
		printf '%s install\n' "$name" | dpkg --set-selections
	done <"$WORK/packages.removing"
	[ -n "$half" ] || return 0
	say "completes what an interrupted removal has left of$half"
	# shellcheck disable=SC2086 # a list of package names
	finish_unpacking '.H.' $half
	[ ! -s "$WORK/packages.half" ] || run_dpkg --configure -a
}

package_restore() {
	local before now
	before=$(cat "$2/version")
	now=$(installed_version "$1")
	if [ "$before" = "$now" ]; then
		[ -e "$2/unmarked" ] || settle_marks "${2%/*}"
		if [ -e "$2/unmarked" ] || [ -e "${2%/*}/marks" ]; then restore_marks "$@"; fi
		return 0
	elif [ -z "$before" ]; then
		# What dpkg was told to purge would go with the next apt-get dselect-upgrade.
		# shellcheck disable=SC2016 # dpkg's own variable
		case $(dpkg-query -W -f '${db:Status-Want}' "$1") in
		purge | deinstall) printf '%s install\n' "$1" | dpkg --set-selections ;;
		esac
		say "package $1 stays: $(why_package_stays "$1")"
		return 0
	fi
	[ -z "$now" ] || [ -e "$2/unmarked" ] || settle_marks "${2%/*}"
	# From here on its marks are apt's, also where this is killed.
	write_record "$2/unmarked" </dev/null
	if apt_get install --allow-downgrades "$1=$before"; then
		changed "package $1 restored to $before"
	else
		say "package $1 stays at ${now:-absent}: version $before is not in the package lists any more"
		[ -n "$now" ] || return 0
	fi
	restore_marks "$@"
}

# Makes sure of packages: installs those that are missing, and claims what that brings.
# Arguments: names, or name=version.
want_packages() { ensure_packages all "$@"; }

# The same for an option that may be dropped: of what this step brought, only these and what they
# depend on stay claimed. Arguments: names.
want_packages_of_option() { ensure_packages these "$@"; }

# $1 all or these: which packages of earlier runs stay claimed; then names, or name=version.
ensure_packages() {
	local missing said kept=$1
	shift
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
		install_packages $missing || {
			# The lists name packages that the archive has replaced meanwhile.
			refresh_lists
			complete_packages
			# shellcheck disable=SC2086
			install_packages $missing || {
				said=$(apt_errors)
				claim_new_packages
				fail "apt-get install$missing" "$said" "these packages" \
					"fix what apt-get says, then run again"
			}
		}
	fi
	claim_new_packages
	keep_package_claims "$kept" "$@"
	if grep -q "^$STATE/things/package/" "$WORK/wanted"; then
		protect_packages
		mark_packages
	fi
	release_packages
}

# What a full disk left half unpacked lacks what it depends on: apt takes on nothing else before
# that is there. It is completed only, and nobody's package removed for it.
complete_packages() {
	apt_get check || ! grep -q 'Unmet dependencies' "$WORK/apt.log" ||
		install_packages --fix-broken --no-remove || true
}

# Packages that earlier runs of this step brought stay claimed as long as the step wants them. $1
# all or these, then names.
keep_package_claims() {
	local claim kept=$1
	shift
	rm -f "$WORK/packages.needed"
	[ "$kept" = all ] || {
		printf '%s\n' "$@"
		apt-cache depends --recurse --installed --important "$@" 2>/dev/null |
			sed -n 's/^\([a-z0-9][^ :]*\).*/\1/p'
	} >"$WORK/packages.needed"
	for claim in "$STATE"/things/package/*/claims/"$LEASE.$STEP"; do
		[ ! -e "$claim" ] || ! package_needed "${claim%/claims/*}" || printf '%s\n' "${claim%/claims/*}" >>"$WORK/wanted"
	done
	# Another installation of this machine brought what this one needs too.
	for claim in "$STATE"/things/package/*/claims/*."$STEP"; do
		if [ ! -e "$claim" ] || [ -e "${claim%/*}/$LEASE.$STEP" ]; then continue; fi
		if [ "$(tail -n +2 "$claim")" = installed ] && package_needed "${claim%/claims/*}"; then
			want package "$(cat "${claim%/claims/*}/name")" installed
		fi
	done
}

# True where all are, or one of $WORK/packages.needed. $1 the package's resource. dpkg names the
# architecture of some, such as libfuse3-4:amd64.
package_needed() {
	[ -e "$WORK/packages.needed" ] || return 0
	sed 's/:.*//' "$1/name" | grep -qxFf "$WORK/packages.needed"
}
