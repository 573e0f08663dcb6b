# The systems that this package knows, and what differs between them.

# Columns: os-release's ID and version, or rolling; the package manager; the folder and the suite of
# Docker's repository, or -. Then: whether a package of the distribution's is a rootless engine, and
# its packages of the CLI's plugins Buildx and Compose, or -. Read on 2026-11-30:
#
# Folders and suites: distros.json of https://github.com/docker/docker-ce-packaging (2026-08-20),
# and the pages below https://docs.docker.com/engine/install. Rocky and AlmaLinux take rhel. Fedora
# 45 came after that copy: its folder is asked for (docker/for-linux#1567), nobody here has seen it.
# Rootless engines: Debian's docker.io (https://packages.debian.org), Ubuntu's from 26.04 on
# (canonical/ubuntu-server-documentation#731), openSUSE's docker-rootless-extras, also in SLES 15
# from SP4 on (os-autoinst/os-autoinst-distri-opensuse#22564). Fedora's moby-engine has no
# rootlesskit, Arch's docker no dockerd-rootless.sh, and RHEL has no engine.
# Plugins: Debian's docker-compose is one since 13; Ubuntu's is docker-compose-v2
# (https://packages.ubuntu.com); SLES has no docker-buildx (docker.spec, bsc#1233819).
SYSTEMS='
debian 11 apt-get debian bullseye yes - -
debian 12 apt-get debian bookworm yes - -
debian 13 apt-get debian trixie yes docker-buildx docker-compose
ubuntu 22.04 apt-get ubuntu jammy no docker-buildx docker-compose-v2
ubuntu 24.04 apt-get ubuntu noble no docker-buildx docker-compose-v2
ubuntu 26.04 apt-get ubuntu resolute yes docker-buildx docker-compose-v2
fedora 43 dnf fedora 43 no - -
fedora 44 dnf fedora 44 no - -
fedora 45 dnf fedora 45 no - -
rhel 9 dnf rhel 9 no - -
rhel 10 dnf rhel 10 no - -
centos 9 dnf centos 9 no - -
centos 10 dnf centos 10 no - -
opensuse-leap 15 zypper - - yes docker-buildx docker-compose
opensuse-leap 16 zypper - - yes docker-buildx docker-compose
opensuse-tumbleweed rolling zypper - - yes docker-buildx docker-compose
sles 15 zypper - - yes - -
sles 16 zypper - - yes - -
arch rolling pacman - - no docker-buildx docker-compose
'

# For people: "debian 11, 12, 13; ubuntu 22.04, 24.04, 26.04" and so on.
names_of_known_systems() {
	echo "$SYSTEMS" | awk '
		!NF { next }
		$1 != name { printf "%s%s %s", (name == "" ? "" : "; "), $1, $2; name = $1; next }
		{ printf ", %s", $2 }'
}

# The line of this system, or of the one that it is built from; nothing of one that is not known.
known_system() {
	local names line
	names="$(os_release ID) $(os_release ID_LIKE)"
	case " $names " in
	*' ubuntu '*) echo "$SYSTEMS" | grep "^ubuntu .* $(os_release UBUNTU_CODENAME) " || true ;;
	*)
		if [ -e /etc/debian_version ]; then
			line=${SYSTEMS#*"${NEWLINE}debian $(debian_release) "}
			if [ "$line" != "$SYSTEMS" ]; then printf 'debian - %s' "${line%%"$NEWLINE"*}"; fi
		else
			echo "$SYSTEMS" | awk -v names="$names" -v version="$(os_release VERSION_ID)" \
				"$KNOWN_SYSTEM_AWK"
		fi
		;;
	esac
}

# Once a run. A system that is not known is refused later, in apt's words.
know_system() {
	KNOWN_SYSTEM=$(known_system)
	PACKAGE_MANAGER=$(of_known_system 3)
	PACKAGE_MANAGER=${PACKAGE_MANAGER:-apt-get}
}

# $1 the number of the column.
of_known_system() {
	local column=$1
	# shellcheck disable=SC2086 # the columns
	set -- $KNOWN_SYSTEM
	if [ $# -ge "$column" ]; then
		shift $((column - 1))
		printf '%s\n' "$1"
	fi
}

has_docker_repository() { [ "$(of_known_system 4)" != - ]; }
