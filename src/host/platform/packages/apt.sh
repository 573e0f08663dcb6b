# shellcheck shell=dash
# Debian packages: what is installed, and apt and dpkg at work. What they bring is not claimed here.

# $1 the file.
is_shipped() {
	local sum
	[ -f "$1" ] && [ ! -h "$1" ] || return 1
	sum=$(md5sum <"$1" | cut -c 1-32)
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' | grep -qF -- " $1 $sum"
}

# Whatever was wished for it: a held package is installed, too.
installed_version() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1" 2>/dev/null | sed -n 's/^.i  *//p'
}

# Packages of which somebody else than this installation's account runs a program, such as a Docker
# daemon, with a tab, its path, a tab, and who: root's first.
packages_of_programs() {
	running_programs "$(own_uid)" |
		sort -n | cut -f 2- >"$WORK/programs"
	cut -f 1 "$WORK/programs" | sort -u | packages_of_files |
		awk -F '\t' -v programs="$WORK/programs" '
			BEGIN { while ((getline line <programs) > 0) {
				split(line, part, FS)
				if (!(part[1] in who)) who[part[1]] = part[2] } }
			{ print $0 FS who[$2] }'
}

own_uid() { (know_account "$(cat "$STATE/leases/$LEASE/account-name" 2>/dev/null)" && printf '%s' "$ACCOUNT_UID"); }

# The programs of this machine that run: uid, path, user, with tabs. A container may have others at
# these paths; of one that was replaced meanwhile, only where its process has its root says it. A
# process's directory is its user's, also where what is in it is not, and comes before what is in it.
# $1 a uid whose programs do not count, or nothing.
running_programs() {
	local process='' uid='' user='' id owner text
	find /proc -mindepth 1 -maxdepth 2 -path '/proc/[!0-9]*' -prune -o -name '[0-9]*' -printf '%p %U %u\n' \
		-o -name exe -lname '/*' ! -lname '*[[:cntrl:]*?\\[]*' -printf '= = %l\n' 2>/dev/null |
		while read -r id owner text; do
			if [ "$id" != = ]; then
				process=$id uid=$owner user=$text
			elif [ "$uid" != "$1" ] && is_program_of "$process" "$text"; then
				printf '%s\t%s\t%s\n' "$uid" "${text% (deleted)}" "$user"
			fi
		done
}

# $1 the process's directory, $2 where its exe leads.
is_program_of() {
	case $2 in
	*' (deleted)') [ "$1/root" -ef / ] ;;
	*) [ "$1/exe" -ef "$2" ] ;;
	esac
}

# The packages of files on stdin, or of patterns for them: each with a tab and the file.
packages_of_files() {
	xargs -d '\n' -r dpkg-query -S 2>/dev/null |
		sed -n 's/^\([a-z0-9][a-z0-9.+-]*\)[:a-z0-9-]*: \(.*\)/\1\t\2/p'
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

# Who wants what is there: "auto NAME" where apt has installed it by itself, else "manual NAME", and
# "hold NAME". What apt-mark shows, which needs half a second for each.
all_marks() {
	local native
	native=$(dpkg --print-architecture)
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Architecture}\n' |
		awk -F '\t' -v marks="$MARKS" -v native="$native" '
			function note() { if (said["Auto-Installed"] == 1) auto[said["Package"], said["Architecture"]]; delete said }
			BEGIN {
				while ((getline line <marks) > 0)
					if (split(line, part, ": ") == 2) said[part[1]] = part[2]
					else note()
				note()
			}
			$1 ~ /^h/ { print "hold " $2 }
			$1 ~ /^.[^nc]/ { print (($2, $3 == "all" ? native : $3) in auto ? "auto " : "manual ") $2 }'
}

# What apt marks anew when it installs, and a purge forgets.
package_marks() { all_marks | sed '/^manual /d'; }

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
				fail "package $name" "it half unpacked, and $(apt_errors)" \
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

# Says how it ended in $WORK/dpkg.log. dpkg itself does not wait for another one to end.
run_dpkg() {
	local tries=0
	until dpkg "$@" >"$WORK/dpkg.log" 2>&1 </dev/null || ! grep -q 'lock was locked by another process' "$WORK/dpkg.log"; do
		tries=$((tries + 1))
		[ "$tries" != 1 ] || say_if_dpkg_is_locked
		[ "$tries" -le 300 ] ||
			fail "/var/lib/dpkg/lock-frontend" "it held by another package manager for 5 minutes" \
				"it free" "let the other installation end, then run again"
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
	local status=0
	say_if_dpkg_is_locked
	keep_marks
	# Services of other packages are not restarted for a library of ours.
	NEEDRESTART_SUSPEND=1 apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
		--no-install-recommends "$@" >"$WORK/apt.log" 2>&1 </dev/null || status=$?
	keep_marks
	return "$status"
}

# The same for marks. Arguments: apt-mark's.
apt_mark() {
	local status=0
	keep_marks
	apt-mark "$@" >"$WORK/apt.log" 2>&1 || status=$?
	keep_marks
	return "$status"
}

# Which packages apt has installed by itself. apt writes it anew before dpkg begins, and does not
# sync it.
MARKS=/var/lib/apt/extended_states

# $STATE/packages.states is a copy of it, from before or after the last apt of ours.
keep_marks() {
	[ -s "$MARKS" ] || return 0
	sync "$MARKS"
	sync_directories "${MARKS%/*}"
	write_record "$STATE/packages.states" <"$MARKS"
}

# Puts them back where a power cut has left the file empty: all packages would be wanted by
# somebody. What an interrupted installation of ours was about to bring was marked so, too.
mend_marks() {
	[ -e "$MARKS" ] && [ ! -s "$MARKS" ] && [ -s "$STATE/packages.states" ] || return 0
	{
		cat "$STATE/packages.states"
		[ ! -e "$STATE/packages.planned" ] || marks_of_planned
	} | write_path as_root "$MARKS" 644
	say "$MARKS was empty, as a power cut leaves it: it is again as it was at the last run"
}

# A package of all architectures has the machine's own one there.
marks_of_planned() {
	local native
	native=$(dpkg --print-architecture)
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Architecture}\n' | sed -n 's/^.[^nc]. *//p' |
		awk -v planned="$STATE/packages.planned" -v native="$native" '
			BEGIN { while ((getline line <planned) > 0)
				if (split(line, word, " ") > 3 && word[2] == "-") { sub(/:.*/, "", word[1]); ours[word[1]] } }
			$1 in ours {
				print "Package: " $1 "\nArchitecture: " ($2 == "all" ? native : $2) "\nAuto-Installed: 1\n"
			}'
}

# The packages with a mark, in $WORK/packages.MARK. $1 manual or auto.
read_marks() { all_marks | sed -n "s/^$1 //p" >"$WORK/packages.$1"; }

# As they were when they were read. $1 the package, $2 manual or auto.
is_marked() { grep -qxF -- "${1%%:*}" "$WORK/packages.$2"; }

apt_errors() { grep -E '^(E|W|dpkg|Err):' "$WORK/apt.log" | tail -n 4 | tr '\n' ' '; }

# True where the package lists know nothing, or were last refreshed more than a day ago. (The lists
# themselves carry the archive's times, and an image without lists a new directory.)
lists_outdated() {
	[ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ] ||
		[ -n "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin +1440 -print 2>/dev/null)" ]
}

refresh_lists() {
	say "refreshes the package lists"
	# Without translated descriptions: nobody reads them here.
	apt_get update -o Acquire::Languages=none || fail "apt-get update" "$(apt_errors)" \
		"the package lists" "make the package sources of this host work, then run again"
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

# Several steps install packages, at the same time where two installations run.
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
	mend_marks
	[ -s "$STATE/packages.first" ] || installed_packages | write_record "$STATE/packages.first"
}

release_packages() { exec 8>&-; }

# A purge removes them with all edits. Debian's policy has no blanks in their names.
configuration_files() {
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' "$@" | awk '$1 != "" && $3 != "obsolete" { print $1 }'
}
