#!/bin/sh
# Turns a Debian tree into what stands for another distribution: its os-release, its package manager with a
# record of packages of its own, a shell that is bash, and no apt and no dpkg that could do their work. mmdebstrap
# runs this as root, on the building machine. Usage: distribution.sh NAME FOLDER ROOT, with the packages that it
# has from the beginning in FOLDER/base.
set -eu
name=$1 folder=$2 root=$3

release_of() {
    case $name in
    fedora)
        cat <<'RELEASE'
NAME="Fedora Linux"
VERSION="44 (Server Edition)"
ID=fedora
VERSION_ID=44
PRETTY_NAME="Fedora Linux 44 (Server Edition)"
PLATFORM_ID="platform:f44"
RELEASE
        ;;
    opensuse)
        cat <<'RELEASE'
NAME="openSUSE Leap"
VERSION="16.0"
ID="opensuse-leap"
ID_LIKE="suse opensuse"
VERSION_ID="16.0"
PRETTY_NAME="openSUSE Leap 16.0"
RELEASE
        ;;
    arch)
        cat <<'RELEASE'
NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
RELEASE
        ;;
    esac
}

pretend() {
    rm -f "$root/etc/debian_version" "$root/etc/os-release"
    release_of >"$root/usr/lib/os-release"
    ln -s ../usr/lib/os-release "$root/etc/os-release"
    ln -sf bash "$root/usr/bin/sh"
    # Nothing is enabled by itself there.
    echo 'disable *' >"$root/usr/lib/systemd/system-preset/99-default-disable.preset"
}

install_packages() {
    mkdir -p "$root/tmp/packages"
    cp "$folder/os-key" "$folder"/base/* "$root/tmp/packages"
    case $name in
    fedora)
        mkdir -p "$root/etc/pki/rpm-gpg" "$root/etc/yum.repos.d"
        chroot "$root" sh -c 'rpm -i --nosignature /tmp/packages/*.rpm'
        ;;
    opensuse)
        mkdir -p "$root/etc/zypp/repos.d"
        chroot "$root" sh -c 'rpm -i --nosignature /tmp/packages/*.rpm; rpm --import /tmp/packages/os-key'
        ;;
    arch)
        cat >"$root/etc/pacman.conf" <<'CONF'
[options]
HoldPkg = pacman glibc
Architecture = auto
SigLevel = Required DatabaseRequired TrustAll
LocalFileSigLevel = Optional

[extra]
Include = /etc/pacman.d/mirrorlist
CONF
        install -d -m 755 "$root/etc/pacman.d/gnupg"
        # pacman looks for a keyring of this name.
        : >"$root/etc/pacman.d/gnupg/pubring.gpg"
        : >"$root/etc/pacman.d/mirrorlist"
        chroot "$root" sh -c 'gpg --batch -q --homedir /etc/pacman.d/gnupg --import /tmp/packages/os-key
            gpgconf --homedir /etc/pacman.d/gnupg --kill all
            pacman -U --noconfirm /tmp/packages/*.pkg.tar.gz' >&2
        ;;
    esac
    rm -r "$root/tmp/packages"
}

remove_apt() {
    # shellcheck disable=SC2016 # the program's own words
    for program in "$root"/usr/bin/apt* "$root"/usr/bin/dpkg* "$root"/usr/lib/apt/apt-helper; do
        [ ! -f "$program" ] || printf '#!/bin/sh\necho "$0: not on this system" >&2\nexit 127\n' >"$program"
    done
}

install_packages
pretend
remove_apt
