# shellcheck shell=dash
# The systems that this package knows, and what differs between them.

# Of each: os-release's ID and version, or rolling; the package manager; the folder and the suite that Docker's
# repository has for it, or -; whether a package of the distribution's is a rootless engine; and its packages of the
# CLI's plugins Buildx and Compose, or -. Where each was read, on 2026-11-30:
#
# Folders and suites: distros.json of https://github.com/docker/docker-ce-packaging (2026-08-20), and the pages below
# https://docs.docker.com/engine/install. Rocky and AlmaLinux take rhel, as Rocky's own documentation does. Fedora 45
# came after that copy: its folder is asked for (docker/for-linux#1567), and nobody here has seen it.
# An engine that is rootless: Debian's docker.io has dockerd-rootless.sh (https://packages.debian.org), Ubuntu's from
# 26.04 on (canonical/ubuntu-server-documentation#731). openSUSE's docker-rootless-extras is in Tumbleweed, Leap 15.6,
# SLES 15 from SP4 on, and 16 (os-autoinst/os-autoinst-distri-opensuse#22564). Fedora's moby-engine has no rootlesskit,
# Arch's docker no dockerd-rootless.sh (docker-rootless-extras is in the AUR alone), and RHEL has no engine.
# Plugins: Debian's docker-compose is one since 13 (https://packages.debian.org/docker-compose); Ubuntu's is none, and
# docker-compose-v2 is (https://packages.ubuntu.com); SLES has no docker-buildx (docker.spec, bsc#1233819).
known_systems() {
	cat <<'SYSTEMS'
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
SYSTEMS
}

# For people: "debian 11, 12, 13; ubuntu 22.04, 24.04, 26.04" and so on.
names_of_known_systems() {
	known_systems | awk '
		$1 != name { printf "%s%s %s", (NR > 1 ? "; " : ""), $1, $2; name = $1; next }
		{ printf ", %s", $2 }'
}

# The line of this system, or of the one that it is built from; nothing of one that is not known.
known_system() {
	if is_ubuntu; then
		known_systems | awk -v suite="$(os_release UBUNTU_CODENAME)" '$1 == "ubuntu" && $5 == suite'
	elif [ -e /etc/debian_version ]; then
		known_systems | awk -v release="$(debian_release)" '$1 == "debian" && $2 == release'
	else
		known_systems | awk -v names="$(os_release ID) $(os_release ID_LIKE)" -v version="$(os_release VERSION_ID)" '
			BEGIN { count = split(names, name, " "); sub(/\..*/, "", version) }
			$2 == version || $2 == "rolling" { line[$1] = $0 }
			END { for (i = 1; i <= count; i++) if (name[i] in line) { print line[name[i]]; exit } }'
	fi
}

# Once a run, after root's own environment is set. One that is not known is refused later, in apt's words.
know_system() {
	KNOWN_SYSTEM=$(known_system)
	PACKAGE_MANAGER=$(of_known_system 3)
	PACKAGE_MANAGER=${PACKAGE_MANAGER:-apt-get}
}

# $1 the number of the column.
of_known_system() { printf '%s\n' "$KNOWN_SYSTEM" | cut -d ' ' -f "$1"; }

# The distribution whose packages these are, and its suite, as archives name them: of a system that
# is built from another one, that one's.
archive_system() { of_known_system 4; }

archive_suite() { of_known_system 5; }

has_docker_repository() { [ "$(archive_system)" != - ]; }

has_rootless_engine() { [ "$(of_known_system 6)" = yes ]; }
