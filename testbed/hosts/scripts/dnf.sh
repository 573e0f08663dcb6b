#!/bin/sh
# Turns a Debian tree into what stands for a Fedora: its os-release, dnf and rpm as package managers, a shell
# that is bash, and no apt and no dpkg that could do their work. mmdebstrap runs this as root, on the building
# machine. Usage: dnf.sh FOLDER_OF_RPMS ROOT
set -eu
rpms=$1 root=$2

pretend_fedora() {
    rm -f "$root/etc/debian_version" "$root/etc/os-release"
    cat >"$root/usr/lib/os-release" <<'RELEASE'
NAME="Fedora Linux"
VERSION="44 (Server Edition)"
ID=fedora
VERSION_ID=44
PRETTY_NAME="Fedora Linux 44 (Server Edition)"
PLATFORM_ID="platform:f44"
RELEASE
    ln -s ../usr/lib/os-release "$root/etc/os-release"
    ln -sf bash "$root/usr/bin/sh"
    # Nothing is enabled by itself there.
    echo 'disable *' >"$root/usr/lib/systemd/system-preset/99-default-disable.preset"
}

install_rpms() {
    mkdir -p "$root/tmp/rpms" "$root/etc/pki/rpm-gpg" "$root/etc/yum.repos.d"
    cp "$rpms"/*.rpm "$root/tmp/rpms"
    chroot "$root" sh -c 'rpm -i --nosignature /tmp/rpms/*.rpm'
    rm -r "$root/tmp/rpms"
}

remove_apt() {
    # shellcheck disable=SC2016 # the program's own words
    for program in "$root"/usr/bin/apt* "$root"/usr/bin/dpkg* "$root"/usr/lib/apt/apt-helper; do
        [ ! -f "$program" ] || printf '#!/bin/sh\necho "$0: not on this system" >&2\nexit 127\n' >"$program"
    done
}

install_rpms
pretend_fedora
remove_apt
