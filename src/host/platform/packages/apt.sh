# apt and dpkg. manager.sh says what each function is for.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

apt_installed() { dpkg_packages i "$@"; }

# Packages in a state of dpkg's, a line each: name, blank, version. $1 the state, then names, or
# none for all. A held package is installed, too.
dpkg_packages() {
	local state=$1 status name
	shift
	dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' "$@" 2>/dev/null |
		while read -r status name; do
			case $status in ?"$state"*) printf '%s\n' "$name" ;; esac
		done
}

apt_versions() { apt-cache madison "$1" | cut -d '|' -f 2 | tr -d ' ' | awk '!seen[$0]++'; }

# No lists, or older than a day by their directory: their own times are the archive's.
apt_outdated() {
	[ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ] ||
		[ -n "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin +1440 -print 2>/dev/null)" ]
}

# Without translated descriptions: nobody reads them here.
apt_refresh() { apt_get update -o Acquire::Languages=none; }

# Services of other packages are not restarted for a library of ours, and nobody is asked anything.
# root packages: apt-get install, remove, autoremove, update. Packages that were there before are removed only with rootfulDocker: purge. Signatures are checked by apt.
apt_get() {
	export NEEDRESTART_SUSPEND=1
	run_manager apt-get -q -y -o Dpkg::Use-Pty=0 -o APT::Get::AutomaticRemove=false \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
		--no-install-recommends "$@"
}

apt_plan() {
	apt_get --simulate install --allow-downgrades "$@" || true
	sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/remove \2/p' "$WORK/manager.log" >"$WORK/plan"
}

# apt itself writes down the new packages before dpkg begins: what a kill leaves of them is known.
# apt knows a hook's options by its first word, here ".". All that is new is marked as installed
# automatically.
apt_run() {
	local verb=$1 hook
	shift
	case $verb in
	install)
		printf '%s' "$LIST_NEW_PACKAGES_SH" >"$WORK/list-new-packages"
		hook=". $WORK/list-new-packages >>$STATE/packages && sync $STATE/packages"
		apt_get install --no-remove --allow-downgrades -o APT::Get::Mark-Auto=true \
			-o DPkg::Tools::Options::.::Version=2 -o "DPkg::Pre-Install-Pkgs::=$hook" "$@"
		;;
	download) apt_get install --download-only --allow-downgrades "$@" ;;
	remove) apt_remove "$@" ;;
	purge) apt_get purge --allow-change-held-packages "$@" ;;
	esac
}

# With their configuration, but where somebody has edited it. dpkg leaves what others depend on.
# root removes: scripts of docker.io that would delete /var/lib/docker. Only of a package that is removed next.
apt_remove() {
	local edited
	edited=$(apt_edited "$@")
	# docker.io's purge would empty /var/lib/docker, whose data are not ours.
	case " $* " in
	*' docker.io '*)
		rm -f /usr/share/docker.io/contrib/nuke-graph-directory.sh \
			/var/lib/docker/nuke-graph-directory.sh
		;;
	esac
	if [ -n "$edited" ]; then
		say "kept: the configuration of $edited, because somebody has edited it"
		dpkg_remove --remove "$@" || return 1
		set -- $(printf '%s\n' "$@" | grep -vxF "$(printf '%s\n' $edited)" || true)
		[ $# -gt 0 ] || return 0
	fi
	dpkg_remove --purge "$@"
}

# True where dpkg has left nothing but what other packages depend on.
# root packages: dpkg --remove and --purge, where apt-get cannot.
dpkg_remove() {
	run_manager dpkg "$@" || awk '
		/^dpkg: error/ { errors++ }
		/^ dependency problems - not removing/ { needed++ }
		END { exit !(needed && errors == needed) }' "$WORK/manager.log"
}

# Packages with a configuration file that is not as it came.
apt_edited() {
	local file
	dpkg-query -W -f '${Conffiles}\n' "$@" 2>/dev/null | awk 'NF == 2 { print $2 "  " $1 }' |
		md5sum -c --quiet 2>/dev/null | sed -n 's/: FAILED$//p' | while IFS= read -r file; do
		dpkg-query -S "$file" | sed -n 's/^\([^ :,]*\):.*/\1/p'
	done | sort -u | paste -s -d ' '
}

# Also what an interrupted removal has left the configuration of. A package that is only
# recommended or suggested is not needed. Lists of what is not here would take half a second.
apt_orphans() {
	apt_get --simulate autoremove --purge -o APT::AutoRemove::RecommendsImportant=false \
		-o APT::AutoRemove::SuggestsImportant=false -o Dir::Etc::SourceList=/dev/null \
		-o Dir::Etc::SourceParts=/dev/null -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= ||
		fail "apt-get autoremove" "it failed ($(package_errors))" '' \
			"fix what apt-get reports, then run again"
	sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' "$WORK/manager.log"
	dpkg_packages c | cut -d ' ' -f 1
}

# A package that was killed while it was unpacked can be neither configured nor removed: it is
# unpacked once more, with what it needs. Other managers do that by themselves.
# root packages: dpkg --configure -a. Only after a run that was killed with packages.
complete_packages() {
	local halves
	[ "$PACKAGE_MANAGER" = apt-get ] || return 0
	# With these apt does nothing.
	set -- /var/lib/dpkg/updates/[0-9]*
	if [ ! -e "$1" ] && [ -z "$(half_installed_packages)" ]; then return 0; fi
	say "completes packages that an interrupted installation left unfinished"
	run_manager dpkg --configure -a || true
	enable_brought_pam_profile
	[ -n "$(half_installed_packages)" ] || return 0
	halves=$(half_installed_packages | sed -n 's/^..R  *//p')
	apt_run install --fix-broken --reinstall $halves ||
		say "apt-get cannot complete them: $(package_errors)"
}

# pam-auth-update notes that it has seen a profile, and then enables it in /etc/pam.d. Where it was
# killed in between, it leaves that profile out for good, and no login gets a session of systemd's.
# root packages: pam-auth-update --enable systemd. Only where this program brought libpam-systemd, after a run that was killed with packages.
enable_brought_pam_profile() {
	if ! grep -qxF libpam-systemd "$STATE/packages"; then return 0; fi
	run_manager pam-auth-update --package --enable systemd ||
		say "pam-auth-update cannot enable the profile of libpam-systemd: $(package_errors)"
}

# Packages that dpkg has not brought to an end, a line each: state and name. The second letter says how
# far it came (half installed, unpacked, half configured, triggers awaited or pending); an R in the
# third place, that it has to be installed again. "dpkg --audit" also names packages that are whole.
half_installed_packages() {
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' 2>/dev/null |
		grep -E '^(.[HUFWt]|..R)' || true
}

apt_errors() { awk "$APT_ERRORS_AWK" "$WORK/manager.log" | sed 's/  */ /g'; }
