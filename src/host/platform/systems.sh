# shellcheck shell=dash
# The systems that this package knows, and what differs between them.

# Of each: os-release's ID and version, or rolling; the package manager; the folder and the suite
# that Docker's repository has for it (https://download.docker.com/linux), or -; whether a package
# of the distribution's is a rootless engine; and its packages of the CLI's plugins Buildx and
# Compose, or -. Ubuntu's docker.io has no dockerd-rootless.sh before 26.04, Fedora's moby-engine
# no rootlesskit, and Arch's docker no dockerd-rootless.sh; RHEL has neither. Debian's
# docker-compose is a plugin since 13 (https://packages.debian.org/docker-compose), Ubuntu's is
# none (docker-compose-v2 is), and SLES has no docker-buildx (docker.spec of
# https://src.opensuse.org, bsc#1233819).
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
	local names
	names="$(os_release ID) $(os_release ID_LIKE)"
	case " $names " in
	*' ubuntu '*) known_systems | grep "^ubuntu .* $(os_release UBUNTU_CODENAME) " || true ;;
	*)
		if [ -e /etc/debian_version ]; then
			known_systems | grep "^debian $(debian_release) " || true
		else
			known_systems | awk -v names="$names" -v version="$(os_release VERSION_ID)" '
				BEGIN { count = split(names, name, " "); sub(/\..*/, "", version) }
				$2 == version || $2 == "rolling" { line[$1] = $0 }
				END {
					for (i = 1; i <= count; i++)
						if (name[i] in line) { print line[name[i]]; exit }
				}'
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
	[ $# -lt "$column" ] || {
		shift $((column - 1))
		printf '%s\n' "$1"
	}
}

# The distribution whose packages these are, and its suite, as archives name them: of a system that
# is built from another one, that one's.
archive_system() { of_known_system 4; }

archive_suite() { of_known_system 5; }

has_docker_repository() { [ "$(archive_system)" != - ]; }

has_rootless_engine() { [ "$(of_known_system 6)" = yes ]; }
