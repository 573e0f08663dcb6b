# shellcheck shell=dash
# Debian packages. What an installation newly brings is claimed, package by package, and purged when
# nobody claims it any more. What was there before is never touched.

# Whatever was wished for it: a held package is installed, too.
installed_version() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1" 2>/dev/null | sed -n 's/^.i  *//p'
}

# Those that a killed installation left half done, too.
installed_packages() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} ${Version}\n' | sed -n 's/^.[^nc]. *//p' | sort
}

# Packages that were removed once, and whose configuration files stayed.
removed_packages() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} \n' | sed -n 's/^.c. *//p'
}

# The baseline: the version in $STATE/packages.before, which is read before apt runs. It outlives a
# run that was killed in between, so that what that run installed is not taken for the host's own.
package_save() {
	awk -v name="$1" -v configured="$2/configured" '
		$1 == name && NF == 1 { printf "" > configured }
		$1 == name && NF == 2 { print $2; exit }' "$STATE/packages.before" >"$2/version"
	if [ ! -s "$2/version" ] || [ ! -e "$STATE/packages.marks" ]; then return 0; fi
	sed -n "s/ $(printf '%s' "${1%%:*}" | sed 's/[.+]/\\&/g')\$//p" "$STATE/packages.marks" >"$2/marks"
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
	left=$(thing_directory package "$1")/left
	note_left "${left%/*}" "version $2"
	sync "$left"
}

# $STATE/packages.first    what was there before this package installed anything: a package that is
#                          not in it came later, and what it recommends is wanted by somebody.
# things/package/ID/auto   that we marked it as installed automatically: marked as manual, it is
#                          wanted by somebody else.

# Reads what is there before apt runs, for package_save.
remember_packages() {
	stop_on_empty_packages_before
	[ ! -e "$STATE/packages.before" ] || return 0
	rm -f "$STATE/packages.planned"
	package_marks | write_record "$STATE/packages.marks"
	{
		installed_packages
		removed_packages
	} | sort | write_record "$STATE/packages.before"
}

# Who wants what is there: "auto NAME" where apt has installed it by itself, "hold NAME". apt marks
# anew what it installs, and a purge forgets both.
package_marks() {
	apt-mark showauto | sed 's/:.*//; s/^/auto /'
	apt-mark showhold | sed 's/:.*//; s/^/hold /'
}

# Version 0.1.0 did not bring it to the disk. Without it, what an interrupted installation brought is not
# told from what was there.
stop_on_empty_packages_before() {
	if [ ! -e "$STATE/packages.before" ] || [ -s "$STATE/packages.before" ]; then return 0; fi
	fail "$STATE/packages.before" "it empty, as a power cut leaves it" \
		"the packages that were there before an installation that was interrupted" \
		"see in /var/log/apt/history.log what that one brought, purge what is not needed, \
remove this file, then run again"
}

# Installs, and notes in $STATE/packages.planned what: first the arguments, then a line for each package
# from apt itself (name, old version, direction, new version, file), on the disk before dpkg begins.
install_packages() {
	(umask 077 && printf '%s\n' "$@" >>"$STATE/packages.planned")
	# apt knows a hook's options by its first word. It also sends its configuration, up to the empty line.
	apt_get install --allow-downgrades -o DPkg::Tools::Options::umask::Version=2 \
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
	while read -r name version; do
		# apt marks anew what it installs.
		rm -f "$(thing_directory package "$name")/auto"
		[ ! -s "$(thing_directory package "$name")/baseline/version" ] || note_version "$name" "$version"
		changed "package $name $version installed"
	done <"$WORK/packages.new"
	rm -f "$STATE/packages.before"
	rm -f "$STATE/packages.planned" "$STATE/packages.marks"
}

# apt marks what a command line names as wanted by somebody. Ours are not: so that the mark tells
# who else wants them. Those of version 0.1.0, too, which did not do this.
mark_packages() {
	local dir names=''
	for dir in "$STATE"/things/package/*; do
		if [ ! -d "$dir/baseline" ] || [ -e "$dir/auto" ] || [ -s "$dir/baseline/version" ]; then continue; fi
		[ -z "$(installed_version "$(thing_name "$dir")")" ] || names="$names $(thing_name "$dir")"
	done
	[ -n "$names" ] || return 0
	# shellcheck disable=SC2086 # a list of package names
	apt-mark auto $names >"$WORK/apt.log" 2>&1 ||
		fail "apt-mark auto" "$(apt_errors)" "these packages marked as installed automatically:$names" "fix what apt-mark says, then run again"
	for dir in $names; do : >"$(thing_directory package "$dir")/auto"; done
	sync -f "$STATE"
}

# So that nobody's `apt-get autoremove` takes away what an installation is made of. A file for each
# lease: another version of this package may have another list.
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
	if [ "$STEP" != engine ] || [ ! -e "$STATE/packages.before" ]; then return 0; fi
	hold_packages
	finish_interrupted
	claim_new_packages
}

# What an installation that was killed, or somebody else's, left half done; and what our apt left in /tmp. dpkg
# waits for others' to end, so that of what is older than this run nothing is in use by then.
finish_interrupted() {
	run_dpkg --configure -a
	find /tmp -maxdepth 1 -type d -uid 0 -name 'apt-dpkg-install-??????' -newer "$STATE/packages.before" ! -newer "$WORK/begun" -exec rm -rf {} +
}

# What a removal that was interrupted has left, of packages that this package brought and that are wanted again:
# dpkg is still told to purge them, and those that it was at work on are half installed, which apt takes for
# installed. They are unpacked once more.
finish_removal() {
	local name half=''
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' | sed -n 's/^[rp][^nc]. *//p; s/^.H. *//p' |
		sort -u >"$WORK/packages.removing"
	while read -r name; do
		[ -d "$(thing_directory package "$name")/baseline" ] || continue
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
		restore_marks "$@"
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
	apt_get install --allow-downgrades "$1=$before" || {
		say "package $1 stays at ${now:-absent}: version $before is not in the package lists any more"
		return 0
	}
	restore_marks "$@"
	changed "package $1 restored to $before"
}

# $1 name, $2 the baseline's directory.
restore_marks() {
	local mark
	[ -e "$2/marks" ] || return 0
	while read -r mark; do
		apt-mark "$mark" "$1" >"$WORK/apt.log" 2>&1 ||
			say "package $1 is not marked '$mark' again, as it was before: $(apt_errors)"
	done <"$2/marks"
}

# One dpkg run for all packages whose last claim is going, when the first of them has its turn. dpkg,
# not apt: it removes only what is named, and leaves what a package of somebody else depends on.
remove_packages_together() {
	local order dir name names='' removed='' purged=''
	[ ! -e "$WORK/packages-removed" ] || return 0
	: >"$WORK/packages-removed"
	hold_packages
	# shellcheck disable=SC2034 # the order was for sort
	while read -r order dir; do
		case $dir in
		"$STATE"/things/package/*)
			if claimed_by_another "$dir" || [ ! -d "$dir/baseline" ] || [ -s "$dir/baseline/version" ]; then
				continue
			elif [ -e "$dir/baseline/configured" ]; then
				removed="$removed $(thing_name "$dir")"
			else
				names="$names $(thing_name "$dir")"
			fi
			;;
		esac
	done <"$WORK/unwanted"
	# shellcheck disable=SC2086 # lists of package names
	{
		staying_packages $names $removed
		names=$(without_staying $names)
		removed=$(without_staying $removed)
		for name in $names; do
			if has_edited_configuration "$name"; then
				removed="$removed $name"
			else
				purged="$purged $name"
			fi
		done
		names=$purged
	}
	[ -n "$names$removed" ] || return 0
	# shellcheck disable=SC2086 # lists of package names
	{
		say "removes $(printf '%s\n' $names $removed | wc -l) packages"
		finish_unpacking '..R' $names $removed
		if [ -n "$removed" ]; then
			# Together: either kind may depend on the other.
			run_dpkg --remove $names $removed
			note_removed '[^nc]' $removed
		fi
		[ -z "$names" ] || purge_packages $names
	}
	run_pending_triggers
}

# Writes down which of the arguments somebody else wants, with the reason: marked as manual after we
# marked it, or recommended by a package that came later, or that stays itself, as does what dpkg
# keeps since one that stays depends on it.
staying_packages() {
	local name
	: >"$WORK/packages.ours"
	for name in "$@"; do
		[ ! -e "$(thing_directory package "$name")/auto" ] || echo "$name" >>"$WORK/packages.ours"
	done
	{ apt-mark showmanual && apt-mark showhold; } >"$WORK/packages.manual"
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Provides}\t${Recommends}\t${Depends}, ${Pre-Depends}\n' |
		awk -F '\t' -v ours="$WORK/packages.ours" -v manual="$WORK/packages.manual" \
			-v first="$STATE/packages.first" -v names="$*" '
			function plain(name) { sub(/^ */, "", name); sub(/[ :(].*/, "", name); return name }
			function stay(name, why) { print name, why; delete going[name]; again = 1 }
			function is(mine, name) { return name == mine || (name, mine) in provided }
			# Of a dependency only what nothing else satisfies.
			function keep_needed(clause,   i, n, one, mine, found) {
				n = split(clause, one, "|")
				for (i = 1; i <= n; i++) {
					one[i] = plain(one[i])
					if (one[i] in elsewhere) return
					for (mine in candidate) if (!(mine in going) && is(mine, one[i])) return
				}
				for (i = 1; i <= n; i++)
					for (mine in going) if (is(mine, one[i])) found[mine]
				for (mine in found) stay(mine, "others need it")
			}
			BEGIN {
				count = split(names, list, " ")
				while (count > 0) { going[plain(list[count])]; candidate[plain(list[count--])] }
				while ((getline <first) > 0) { sub(/[ :].*/, ""); there[$0] }
				while ((getline <ours) > 0) marked[plain($0)]
				while ((getline <manual) > 0)
					if (plain($0) in marked)
						stay(plain($0), "somebody has marked it as manually installed, or held it")
			}
			$1 ~ /^.i/ {
				count = split($3, list, ",")
				while (count > 0) {
					name = plain(list[count--])
					if ($2 in candidate) provided[name, $2]
					else elsewhere[name]
				}
				if (!($2 in candidate)) elsewhere[$2]
				if ($5 != ", ") depends[$2] = $5
				if ($4 != "" && !($2 in there && !($2 in candidate))) recommends[$2] = $4
			}
			END {
				for (again = 1; again;) {
					again = 0
					for (other in depends)
						if (!(other in going)) {
							count = split(depends[other], list, ",")
							while (count > 0) keep_needed(list[count--])
						}
					for (other in recommends) {
						if (other in going) continue
						count = split(recommends[other], list, /[,|]/)
						while (count > 0) {
							name = plain(list[count--])
							for (mine in going)
								if (is(mine, name))
									stay(mine, other " recommends it")
						}
					}
				}
			}' >"$WORK/packages.staying"
}

why_package_stays() {
	sed -n "s/^$(printf '%s' "${1%%:*}" | sed 's/[.+]/\\&/g') //p" "$WORK/packages.staying" 2>/dev/null |
		grep . || printf 'others need it'
}

without_staying() {
	local name
	for name in "$@"; do
		grep -q "^$(printf '%s' "${name%%:*}" | sed 's/[.+]/\\&/g') " "$WORK/packages.staying" || printf '%s ' "$name"
	done
}

# A purge would take somebody's work along.
has_edited_configuration() {
	local file sum edited=''
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' "$1" 2>/dev/null | awk '$2 != "" && $3 != "obsolete"' >"$WORK/conffiles"
	while read -r file sum; do
		[ ! -f "$file" ] || [ "$(md5sum <"$file" | cut -c 1-32)" = "$sum" ] || edited="$edited $file"
	done <"$WORK/conffiles"
	[ -n "$edited" ] || return 1
	say "package $1 is removed without its configuration, which somebody has edited:$edited stays"
}

# dpkg does not remove a package that it was killed in the middle of unpacking, and what it has unpacked lies
# there under other names: it is unpacked once more. $1 dpkg's states, then names.
finish_unpacking() {
	local name version architecture deb states=$1
	shift
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n' "$@" 2>/dev/null |
		sed -n "s/^$states *//p" >"$WORK/packages.half"
	while read -r name version architecture; do
		deb=${name}_$(printf '%s' "$version" | sed 's/:/%3a/g')_$architecture.deb
		if [ -e "/var/cache/apt/archives/$deb" ]; then
			deb=/var/cache/apt/archives/$deb
		else
			(cd "$WORK" && apt_get download "$name=$version") ||
				fail "package $name" "it half unpacked, and $(apt_errors)" "$deb, to unpack it whole" "make the package sources of this host work, then run again"
			deb=$WORK/$deb
		fi
		run_dpkg --unpack "$deb"
	done <"$WORK/packages.half"
}

# A dpkg that was killed leaves triggers of others' packages pending, which the next one does not run by
# itself: ldconfig's, for libraries that are gone.
run_pending_triggers() {
	local pending failed
	run_dpkg --triggers-only --pending
	# dpkg removes all of them on a full disk, and only cannot write that into its status. (A journal alone may
	# be that of somebody else's dpkg, which is at work again.)
	[ -z "$(ls /var/lib/dpkg/updates)" ] || ! grep -qE '^dpkg: (error:|unrecoverable)' "$WORK/dpkg.log" ||
		fail "/var/lib/dpkg/updates" "dpkg's journal there: $(tail -n 1 "$WORK/dpkg.log")" "it in /var/lib/dpkg/status, without which apt does nothing" "mend what dpkg says, then run again"
	failed=$(with_triggers '^.F')
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$failed" ] || run_dpkg --configure $failed
	pending=$(with_triggers '^.[tWF]')
	[ -z "$pending" ] || ! grep -q 'No space left on device' "$WORK/dpkg.log" ||
		fail "triggers of $pending" "them pending: $(grep -m 1 'No space left on device' "$WORK/dpkg.log")" "them run, as after every removal" "free space there, then run again"
	# They may be somebody else's, and broken for a reason of their own, which does not hold up a removal.
	[ -z "$pending" ] ||
		say "triggers of $pending stay pending: $(tail -n 4 "$WORK/dpkg.log" | tr '\n' ' ')"
}

# Packages whose triggers have not run, or failed (F): their own version is configured already, else it was
# their configuration that failed. $1 dpkg's states.
with_triggers() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} ${Version} ${Config-Version}\n' |
		awk -v states="$1" '$1 ~ states && ($1 !~ /^.F/ || $3 == $4) { print $2 }' | paste -s -d ' '
}

# docker.io takes /var/lib/docker along when purged, by a script that its removal puts there: but what
# is there is not ours, whose root daemon never ran.
purge_packages() {
	case " $* " in
	*' docker.io '*)
		if [ -d /var/lib/docker ]; then
			run_dpkg --remove "$@"
			rm -f /var/lib/docker/nuke-graph-directory.sh
			# Not removed, it would put the script there again when purged.
			if installed_packages | grep -q '^docker\.io '; then
				note_removed '[^nc]' docker.io
				# shellcheck disable=SC2046 # a list of package names
				set -- $(printf '%s\n' "$@" | grep -vxF docker.io || true)
			fi
		fi
		;;
	esac
	[ $# -gt 0 ] || return 0
	run_dpkg --purge "$@"
	note_removed '[^n]' "$@"
}

# Tells which packages are gone. Those that others depend on may stay; package_restore looks at each.
# $1 dpkg's states of those that are still there, then names.
note_removed() {
	local state=$1 name gone='' left=''
	shift
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} \n' | sed -n "s/^.$state. *//p" | tr -d ' ' >"$WORK/packages.left"
	for name in "$@"; do
		if grep -qxF -- "$name" "$WORK/packages.left"; then left="$left $name"; else gone="$gone $name"; fi
	done
	[ -z "$gone" ] || changed "packages removed:$gone"
	if [ -z "$left" ] || grep -q 'dependency problems' "$WORK/dpkg.log"; then return 0; fi
	fail "packages$left" "dpkg does not remove them: $(grep -vE '^(\(Reading|Removing|Purging|Processing)' "$WORK/dpkg.log" | tail -n 4 | tr '\n' ' ')" "them gone" "mend what dpkg says, then run again"
}

# Says how it ended in $WORK/dpkg.log. dpkg itself does not wait for another one to end.
run_dpkg() {
	local tries=0
	until dpkg "$@" >"$WORK/dpkg.log" 2>&1 </dev/null || ! grep -q 'lock was locked by another process' "$WORK/dpkg.log"; do
		tries=$((tries + 1))
		[ "$tries" != 1 ] || say_if_dpkg_is_locked
		[ "$tries" -le 300 ] ||
			fail "/var/lib/dpkg/lock-frontend" "it held by another package manager for 5 minutes" "it free" "let the other installation end, then run again"
		sleep 1
	done
}

# apt waits for another package manager by itself, and says so in its log alone.
say_if_dpkg_is_locked() {
	local lock=/var/lib/dpkg/lock-frontend
	! grep -qs ":$(stat -c %i "$lock" 2>/dev/null || echo -) " /proc/locks ||
		say "waits for another package manager, which holds $lock, 5 minutes at most"
}

# apt's output goes to a file: on success nobody reads it, on failure its last errors are shown.
apt_get() {
	say_if_dpkg_is_locked
	# Services of other packages are not restarted for a library of ours.
	NEEDRESTART_SUSPEND=1 apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
		--no-install-recommends "$@" >"$WORK/apt.log" 2>&1 </dev/null
}

apt_errors() { grep -E '^(E|W|dpkg|Err):' "${1-$WORK/apt.log}" | tail -n 4 | tr '\n' ' '; }

# True where the package lists know nothing, or were last refreshed more than a day ago. (The lists
# themselves carry the archive's times, and an image without lists a new directory.)
lists_outdated() {
	[ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ] ||
		[ -n "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin +1440 -print 2>/dev/null)" ]
}

refresh_lists() {
	say "refreshes the package lists"
	# Without translated descriptions: nobody reads them here.
	apt_get update -o Acquire::Languages=none || fail "apt-get update" "$(apt_errors)" "the package lists" "make the package sources of this host work, then run again"
}

# Those of the arguments (names, or name=version) that are not installed, each after a space.
missing_packages() {
	local wanted
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Package}=${Version}\n' 2>/dev/null |
		sed -n 's/^.i  *//p' | tr ' ' '\n' >"$WORK/packages.installed"
	for wanted in "$@"; do
		grep -qxF -- "$wanted" "$WORK/packages.installed" || printf ' %s' "$wanted"
	done
}

# Makes sure of packages: installs those that are missing, and claims what that brings.
# Arguments: names, or name=version.
want_packages() {
	local missing name
	missing=$(missing_packages "$@")
	hold_packages
	finish_removal
	# Also where a killed run had come to the triggers of others' packages, and to no more of ours.
	if [ -n "$missing" ] || [ -e "$STATE/packages.before" ]; then
		remember_packages
		finish_interrupted
	fi
	if [ -n "$missing" ]; then
		say "installs$missing"
		# shellcheck disable=SC2086 # a list of package names
		install_packages $missing || {
			# The lists name packages that the archive has replaced meanwhile.
			refresh_lists
			complete_packages
			# shellcheck disable=SC2086
			install_packages $missing || {
				cp "$WORK/apt.log" "$WORK/apt.failed"
				claim_new_packages
				fail "apt-get install$missing" "$(apt_errors "$WORK/apt.failed")" "these packages" "mend what apt-get says, then run again"
			}
		}
	fi
	claim_new_packages
	# apt marks anew what it installs, also where an interrupted removal had left a part of it.
	for name in $missing; do rm -f "$(thing_directory package "${name%%=*}")/auto"; done
	keep_package_claims "$@"
	if grep -q "^$STATE/things/package/" "$WORK/wanted"; then
		protect_packages
		mark_packages
	fi
	release_packages
}

# What a full disk left half unpacked lacks what it depends on: apt takes on nothing else before that is
# there. It is completed only, and nobody's package removed for it.
complete_packages() {
	apt_get check || ! grep -q 'Unmet dependencies' "$WORK/apt.log" ||
		install_packages --fix-broken --no-remove || true
}

# Packages that earlier runs of this step brought stay claimed as long as the step wants them.
keep_package_claims() {
	local claim
	needed_packages "$@" >"$WORK/packages.needed"
	for claim in "$STATE"/things/package/*/claims/"$LEASE.$STEP"; do
		[ ! -e "$claim" ] || ! package_needed "${claim%/claims/*}" || printf '%s\n' "${claim%/claims/*}" >>"$WORK/wanted"
	done
	# Another lease of this machine brought what this one needs too.
	for claim in "$STATE"/things/package/*/claims/*."$STEP"; do
		if [ ! -e "$claim" ] || [ -e "${claim%/*}/$LEASE.$STEP" ]; then continue; fi
		if [ "$(tail -n +2 "$claim")" = installed ] && package_needed "${claim%/claims/*}"; then
			want package "$(cat "${claim%/claims/*}/name")" installed
		fi
	done
}

# The step daemon wants packages one by one, each for an option of its own that may be dropped: the
# arguments, and what they depend on. For other steps nothing: all that they brought they need.
needed_packages() {
	[ "$STEP" = daemon ] || return 0
	printf '%s\n' "$@"
	apt-cache depends --recurse --installed --important "$@" 2>/dev/null | sed -n 's/^\([a-z0-9][^ :]*\).*/\1/p'
}

# $1 the package's thing. dpkg names the architecture of some, such as libfuse3-4:amd64.
package_needed() {
	[ "$STEP" = daemon ] || return 0
	sed 's/:.*//' "$1/name" | grep -qxFf "$WORK/packages.needed"
}

# Several steps install packages, at the same time where two leases run.
hold_packages() {
	exec 8>"$STATE/locks/packages"
	flock -w 5 8 || {
		say "waits for another run that holds the lock 'packages': it installs, or starts a daemon"
		flock -w 600 8 ||
			fail "lock $STATE/locks/packages" "it held for 10 minutes by another run" "it free" \
				"let the other run end, then run again"
	}
	# A killed run was writing it.
	rm -f "$STATE/packages.before.new"
	[ -s "$STATE/packages.first" ] || installed_packages | write_record "$STATE/packages.first"
}
release_packages() {
	exec 8>&-
	rm -f "$WORK/packages-removed"
}
