# shellcheck shell=dash
# apt: what takes packages away.

# dpkg does not remove a package that it was killed in the middle of unpacking, and what it has
# unpacked lies there under other names: it is unpacked once more. $1 dpkg's states, then names.
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
				fail "package $name" "it not whole, and $(apt_package_errors)" \
					"$deb, to unpack it whole" \
					"make the package sources of this host work, then run again"
			deb=$WORK/$deb
		fi
		run_dpkg --unpack "$deb"
	done <"$WORK/packages.half"
}

# A dpkg that was killed leaves triggers of others' packages pending, which the next one does not
# run by itself: ldconfig's, for libraries that are gone.
run_pending_triggers() {
	local pending failed
	run_dpkg --triggers-only --pending
	# dpkg removes all of them on a full disk, and only cannot write that into its status. (A
	# journal alone may be that of somebody else's dpkg, which is at work again.)
	[ -z "$(ls /var/lib/dpkg/updates)" ] || ! grep -qE '^dpkg: (error:|unrecoverable)' "$WORK/dpkg.log" ||
		fail "/var/lib/dpkg/updates" "dpkg's journal there: $(tail -n 1 "$WORK/dpkg.log")" \
			"it in /var/lib/dpkg/status, without which apt does nothing" \
			"fix what dpkg says, then run again"
	failed=$(with_triggers '^.F')
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$failed" ] || run_dpkg --configure $failed
	pending=$(with_triggers '^.[tWF]')
	[ -z "$pending" ] || ! grep -q 'No space left on device' "$WORK/dpkg.log" ||
		fail "triggers of $pending" \
			"them pending: $(grep -m 1 'No space left on device' "$WORK/dpkg.log")" \
			"them run, as after every removal" "free space there, then run again"
	# They may be somebody else's, and broken for a reason of their own, which does not hold up a
	# removal.
	[ -z "$pending" ] ||
		say "triggers of $pending stay pending: $(tail -n 4 "$WORK/dpkg.log" | tr '\n' ' ')"
}

# Packages whose triggers have not run, or failed (F): their own version is configured already, else
# it was their configuration that failed. $1 dpkg's states.
with_triggers() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} ${Version} ${Config-Version}\n' |
		awk -v states="$1" '$1 ~ states && ($1 !~ /^.F/ || $3 == $4) { print $2 }' | paste -s -d ' '
}

# Tells which packages are gone. Those that others depend on may stay. $1 dpkg's states of those that
# are still there, then names.
note_removed() {
	local state=$1 name gone='' left=''
	shift
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} \n' | sed -n "s/^.$state. *//p" | tr -d ' ' >"$WORK/packages.left"
	for name in "$@"; do
		if grep -qxF -- "$name" "$WORK/packages.left"; then left="$left $name"; else gone="$gone $name"; fi
	done
	[ -z "$gone" ] || changed "packages removed:$gone"
	sed -n 's/^dpkg: dependency problems prevent removal of \([^: ]*\).*/\1/p' "$WORK/dpkg.log" >"$WORK/packages.blocked"
	# shellcheck disable=SC2086 # a list of package names
	left=$(printf '%s\n' $left | cut -d : -f 1 | grep . | grep -vxFf "$WORK/packages.blocked" |
		sed 's/^/ /' | tr -d '\n')
	[ -n "$left" ] || return 0
	fail "packages$left" "dpkg does not remove them: $(dpkg_error)" "them gone" "fix what dpkg says, then run again"
}

# The first that dpkg says, with its reason on the next line, but for packages that others depend on; or its last words.
dpkg_error() {
	local error
	error=$(awk '
		error != "" && !/^ dependency problems/ { if (/^ /) error = error $0; exit }
		{ error = /^dpkg: error/ ? $0 : "" }
		END { print error }' "$WORK/dpkg.log")
	[ -n "$error" ] ||
		error=$(grep -vE '^(\(Reading|Removing|Purging|Processing)' "$WORK/dpkg.log" | tail -n 4 | tr '\n' ' ')
	printf '%s' "$error"
}

# Removes what is named, and nothing that depends on it. Two lists of names: $1 with their
# configuration, $2 without.
apt_remove_packages() {
	# An administrator's hooks of apt's, which may make it writable, are not dpkg's.
	[ -w /usr ] ||
		fail /usr "it read-only" "it writable while packages are removed" "remount it, then run again"
	# shellcheck disable=SC2086 # lists of package names
	{
		finish_unpacking '..R' $1 $2
		if [ -n "$2" ]; then
			# Together: either kind may depend on the other.
			run_dpkg --remove $1 $2
			note_removed '[^nc]' $2
		fi
		[ -z "$1" ] || purge_packages $1
	}
	run_pending_triggers
}

# docker.io takes /var/lib/docker along when purged, by a script that its removal puts there: but
# what is there is not ours, whose root daemon never ran.
purge_packages() {
	case " $* " in
	*' docker.io '*)
		if [ -d /var/lib/docker ]; then
			run_dpkg --remove "$@"
			rm -f /var/lib/docker/nuke-graph-directory.sh
			# Not removed, it would put the script there again when purged.
			if apt_installed_packages | grep -q '^docker\.io '; then
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

# Asked for in so many words: held ones go too. Arguments: names.
apt_purge_held() { apt_get purge --allow-change-held-packages "$@"; }

# What depends on packages, and would be purged with them, a name a line. Arguments: names.
apt_dependents_of() {
	apt_get purge --simulate --allow-change-held-packages "$@" || true
	sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' "$WORK/apt.log" | grep -vxF "$(printf '%s\n' "$@")" || true
}
