# shellcheck shell=dash
# apt and dpkg at work: how they are run, and what they say.

# What packages' own scripts write they do not sync: a power cut left /etc/pam.d empty, and nobody could log in. It is
# on the disk as soon as dpkg says that a package is installed, or gone.
# shellcheck disable=SC2016 # a program of dpkg's shell
SYNC_EACH_PACKAGE='while read -r about package state; do case $state in *installed) sync -f /etc ;; esac; done'

# Says how it ended in $WORK/dpkg.log. dpkg itself does not wait for another one to end.
run_dpkg() {
	local tries=0
	until dpkg --status-logger="$SYNC_EACH_PACKAGE" "$@" >"$WORK/dpkg.log" 2>&1 </dev/null ||
		! grep -q 'lock was locked by another process' "$WORK/dpkg.log"; do
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
		-o Dpkg::Options::=--status-logger="$SYNC_EACH_PACKAGE" \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
		-o APT::Get::AutomaticRemove=false --no-install-recommends "$@" >"$WORK/apt.log" 2>&1 </dev/null || status=$?
	keep_marks
	return "$status"
}

# With what the lists lack: "apt-get update" ends with 0 where a source does not answer.
apt_package_errors() {
	{
		grep -E '^(E|W|dpkg|Err|debconf):' "$WORK/apt.log" | tail -n 4
		tail -n 2 "$WORK/apt.unreached" 2>/dev/null
	} | tr '\n' ' '
}

apt_refresh_lists() {
	say "refreshes the package lists"
	# Without translated descriptions: nobody reads them here.
	apt_get update -o Acquire::Languages=none || fail "apt-get update" "$(apt_package_errors)" \
		"the package lists" "make the package sources of this host work, then run again"
	grep '^W: Failed to fetch' "$WORK/apt.log" >"$WORK/apt.unreached" || true
}

# Debian's helper, which keeps its own record of what is enabled, works for maintainer scripts only.
# $1 the unit.
apt_enable_unit_of_package() {
	DPKG_MAINTSCRIPT_PACKAGE=docker.io deb-systemd-helper enable "$1" >/dev/null 2>&1 || true
}

# Runs a command line after everything that dpkg does, by a file of its configuration.
apt_after_packages_file() { printf '/etc/dpkg/dpkg.cfg.d/rootless-docker'; }

# $1 the command line.
apt_after_packages() {
	printf '# Managed by rootless-docker (Pulumi): package upgrades lose file capabilities.\npost-invoke="%s"\n' "$1"
}
