# shellcheck shell=dash
# apt: what brings packages.

# Installs, and notes in $STATE/packages.planned what: first the arguments, then a line for each package
# from apt itself (name, old version, direction, new version, file), on the disk before dpkg begins. apt
# marks all that is new as installed automatically before that, too: another mark is somebody else's.
apt_install_packages() {
	(umask 077 && printf '%s\n' "$@" >>"$STATE/packages.planned")
	# apt knows a hook's options by its first word. It also sends its configuration, up to the empty
	# line.
	apt_get install --allow-downgrades -o APT::Get::Mark-Auto=true -o DPkg::Tools::Options::umask::Version=2 \
		-o "DPkg::Pre-Install-Pkgs::=umask 077 && sed '1,/^\$/d' >>$STATE/packages.planned &&
			sync $STATE/packages.planned $STATE" "$@"
}

# apt would remove something for the packages, and was told not to.
apt_is_removal_refused() { grep -q 'remove is disabled' "$WORK/apt.log"; }

# What apt would remove for packages, a line each. Arguments: names, or name=version.
apt_removed_for() {
	apt_get install --simulate --allow-downgrades "$@" || true
	sed -n 's/^Remv \([^ ]*\).*/\1/p' "$WORK/apt.log"
}

# What an installation that was killed, or somebody else's, left half done; and what our apt left in
# /tmp. dpkg waits for others' to end, so that of what is older than this run nothing is in use by
# then.
apt_finish_interrupted() {
	run_dpkg --configure -a
	find /tmp -maxdepth 1 -type d -uid 0 -name 'apt-dpkg-install-??????' -newer "$STATE/packages.before" ! -newer "$WORK/begun" -exec rm -rf {} +
}

# What a full disk left half unpacked lacks what it depends on: apt takes on nothing else before
# that is there. It is completed only, and nobody's package removed for it.
apt_complete_packages() {
	apt_get check || ! grep -q 'Unmet dependencies' "$WORK/apt.log" ||
		apt_install_packages --fix-broken --no-remove || true
}

# Packages of which a removal that was interrupted is not done: dpkg is still told to remove them, or
# has left them half installed, or a power cut without the list of their files.
apt_packages_to_remove() {
	local state name
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}\t${binary:Package}\n' | while IFS='	' read -r state name; do
		case $state in
		[rp][!nc]? | ?H?) printf '%s\n' "$name" ;;
		?i*) has_list_of_files "$name" || printf '%s\n' "$name" ;;
		esac
	done | sort -u
}

# $1 the package.
has_list_of_files() { [ -e "/var/lib/dpkg/info/$1.list" ] || [ -e "/var/lib/dpkg/info/${1%:*}.list" ]; }

# What dpkg was told to remove would go with the next apt-get dselect-upgrade. $1 the package.
apt_forget_removal() {
	# shellcheck disable=SC2016 # dpkg's own variable
	case $(dpkg-query -W -f '${db:Status-Want}' "$1") in
	purge | deinstall) printf '%s install\n' "$1" | dpkg --set-selections ;;
	esac
}

# apt takes them for installed; one that is whole is not fetched again. Arguments: names.
apt_complete_half_installed() {
	local name lost=''
	for name in "$@"; do has_list_of_files "$name" || lost="$lost $name"; done
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$lost" ] || finish_unpacking '.i.' $lost
	finish_unpacking '.H.' "$@"
	if [ -n "$lost" ] || [ -s "$WORK/packages.half" ]; then run_dpkg --configure -a; fi
}

# Removes nothing for them. Arguments: name=version, older or newer than what is there.
apt_install_versions() { apt_get install --allow-downgrades --no-remove "$@"; }

apt_autoremove_protection_file() { printf '/etc/apt/apt.conf.d/99rootless-docker-%s' "$LEASE"; }

apt_autoremove_protection() {
	cat <<'CONF'
// Managed by rootless-docker (Pulumi): autoremove leaves these.
APT::NeverAutoRemove {
  "^(ca-certificates|containerd\.io|dbus-user-session|docker-ce|docker-ce-cli|docker-ce-rootless-extras)$";
  "^(docker-buildx|docker-buildx-plugin|docker-compose|docker-compose-plugin|docker-compose-v2)$";
  "^(docker-cli|docker\.io|fuse-overlayfs|iproute2|iptables|libcap2-bin|passt|procps)$";
  "^(rootlesskit|slirp4netns|uidmap)$";
};
CONF
}

# Where apt itself notes what it has done, for people.
apt_packages_log() { printf /var/log/apt/history.log; }
