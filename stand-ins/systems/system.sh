#!/bin/sh
# Turns a Debian tree into a system as strict as its vendor's image: no program but those that a table allows, the
# package manager with a record of the packages that the table names, and the defaults of that system. What packages
# of the repository bring is taken out of the tree, into a folder. mmdebstrap runs this as root, on the building
# machine. Usage: system.sh SYSTEM TABLE BASE TAKEN ROOT, with the packages that the image has in BASE/base, and the
# folder for what is taken out, which gets the versions of Debian's packages too.
set -eu
system=$1 table=$2 base=$3 taken=$4 root=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=table.sh
. "$(dirname "$table")/table.sh"

record_versions() {
  # shellcheck disable=SC2016 # dpkg's words
  dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Package} ${Version}\n' | sort >"$taken/versions"
}

# A link below /etc/alternatives becomes one that leads to the program itself. No other system has Debian's choices.
resolve_alternatives() {
  for link in "$root"/usr/bin/* "$root"/usr/sbin/*; do
    case $(readlink "$link") in
    /etc/alternatives/*) ln -sfn "$(chroot "$root" readlink -f "${link#"$root"}")" "$link" ;;
    esac
  done
  rm -rf "$root/etc/alternatives" "$root/var/lib/dpkg/alternatives"
}

# Fedora 42 on and Arch have one folder of programs.
merge_sbin() {
  for file in "$root"/usr/sbin/*; do
    if [ -e "$root/usr/bin/${file##*/}" ]; then rm "$file"; else mv "$file" "$root/usr/bin"; fi
  done
  for file in "$root"/usr/bin/*; do
    target=$(readlink "$file") || continue
    case $target in /usr/sbin/* | /sbin/*) ln -sfn "${target##*/}" "$file" ;; esac
  done
  rmdir "$root/usr/sbin"
  ln -s bin "$root/usr/sbin"
  ln -sfn usr/bin "$root/sbin"
}

# Paths as the tree has them.
canonical() {
  if [ -L "$root/usr/sbin" ]; then
    sed -E 's|^/(usr/)?s?bin/|/usr/bin/|'
  else
    sed -E 's|^/(s?bin)/|/usr/\1/|'
  fi
}

programs() { find "$root/usr/bin" "$root/usr/sbin" -mindepth 1 -maxdepth 1 -printf '%p\n' | sed "s|^$root||"; }

# Takes out what packages of the repository bring.
take_out() {
  repository_packages | while read -r name; do
    mkdir -p "$taken/programs/$name"
    paths_of "$name" >"$work/patterns"
    while read -r pattern; do
      # shellcheck disable=SC2086 # a pattern
      for path in "$root"$pattern; do
        if [ ! -e "$path" ] && [ ! -L "$path" ]; then continue; fi
        [ ! -L "$(dirname "$path")" ] || continue
        to=$taken/programs/$name${path#"$root"}
        mkdir -p "$(dirname "$to")"
        mv "$path" "$to"
      done
    done <"$work/patterns"
  done
}

# A link stays where the program that it leads to stays.
delete_programs() {
  debian_packages | while read -r name; do
    cat "$root/var/lib/dpkg/info/$name.list" "$root/var/lib/dpkg/info/$name":*.list 2>/dev/null || true
  done | canonical | sort -u >"$work/kept"
  programs | while read -r path; do
    target=$path
    [ ! -L "$root$path" ] || target=$(chroot "$root" realpath -m "$path")
    if [ ! -e "$root$target" ] || ! printf '%s\n' "$target" "$path" | grep -qxFf "$work/kept"; then
      echo "$path"
    fi
  done >"$work/deleted"
  while read -r path; do rm -r "$root$path"; done <"$work/deleted"
}

release_of() {
  case $system in
  fedora44)
    cat <<'RELEASE'
NAME="Fedora Linux"
VERSION="44 (Cloud Edition)"
ID=fedora
VERSION_ID=44
PRETTY_NAME="Fedora Linux 44 (Cloud Edition)"
PLATFORM_ID="platform:f44"
RELEASE
    ;;
  almalinux10)
    cat <<'RELEASE'
NAME="AlmaLinux"
VERSION="10.1 (Heliotrope Lion)"
ID="almalinux"
ID_LIKE="rhel centos fedora"
VERSION_ID="10.1"
PLATFORM_ID="platform:el10"
PRETTY_NAME="AlmaLinux 10.1 (Heliotrope Lion)"
RELEASE
    ;;
  almalinux9)
    cat <<'RELEASE'
NAME="AlmaLinux"
VERSION="9.7 (Moss Jungle Cat)"
ID="almalinux"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.7"
PLATFORM_ID="platform:el9"
PRETTY_NAME="AlmaLinux 9.7 (Moss Jungle Cat)"
RELEASE
    ;;
  tumbleweed)
    cat <<'RELEASE'
NAME="openSUSE Tumbleweed"
ID="opensuse-tumbleweed"
ID_LIKE="opensuse suse"
VERSION_ID="20261130"
PRETTY_NAME="openSUSE Tumbleweed"
RELEASE
    ;;
  leap16)
    cat <<'RELEASE'
NAME="openSUSE Leap"
VERSION="16.0"
ID="opensuse-leap"
ID_LIKE="suse opensuse"
VERSION_ID="16.0"
PRETTY_NAME="openSUSE Leap 16.0"
RELEASE
    ;;
  archlinux)
    cat <<'RELEASE'
NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
RELEASE
    ;;
  esac
}

identify() {
  rm -f "$root/etc/debian_version" "$root/etc/os-release"
  release_of >"$root/usr/lib/os-release"
  ln -s ../usr/lib/os-release "$root/etc/os-release"
  ln -sf bash "$root/usr/bin/sh"
  ln -sf gawk "$root/usr/bin/awk"
  # Nothing is enabled by itself there.
  echo 'disable *' >"$root/usr/lib/systemd/system-preset/99-default-disable.preset"
}

# $1 the file, $2 the key, $3 its value, $4 what is between them.
define() {
  sed -i -E "/^#?$2[[:space:]=]/d" "$root/$1"
  printf '%s\n' "$2$4$3" >>"$root/$1"
}

set_defaults() {
  # All of these systems have file capabilities there, and no setuid bit.
  chmod 755 "$root/usr/bin/newuidmap" "$root/usr/bin/newgidmap"
  setcap cap_setuid=ep "$root/usr/bin/newuidmap"
  setcap cap_setgid=ep "$root/usr/bin/newgidmap"
  case $system in
  fedora44 | almalinux*)
    define etc/login.defs HOME_MODE 0700 ' '
    define etc/login.defs SUB_UID_MIN 524288 ' '
    define etc/login.defs SUB_GID_MIN 524288 ' '
    define etc/login.defs MAIL_DIR /var/spool/mail ' '
    define etc/default/useradd CREATE_MAIL_SPOOL yes =
    rm -rf "$root/var/mail" "$root/var/spool/mail"
    install -d -m 775 -o root -g mail "$root/var/spool/mail"
    ln -s spool/mail "$root/var/mail"
    sudo_without_local
    ;;
  tumbleweed | leap16)
    define etc/login.defs HOME_MODE 0700 ' '
    mkdir -p "$root/usr/etc/default"
    mv "$root/etc/login.defs" "$root/usr/etc/login.defs"
    mv "$root/etc/default/useradd" "$root/usr/etc/default/useradd"
    sudo_without_local
    # Whoever calls sudo is asked for the password of root.
    printf 'Defaults targetpw\nALL ALL=(ALL) ALL\n' >>"$root/etc/sudoers"
    ;;
  archlinux) sudo_without_local ;;
  esac
  # user@.service of systemd 262 gets no runtime directory in systemd-nspawn 252: logind refuses its session.
  if [ "$(systemd_version)" -ge 258 ]; then
    install -d "$root/usr/lib/systemd/system/user@.service.d"
    printf '[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%%i\n' \
      >"$root/usr/lib/systemd/system/user@.service.d/testbed.conf"
  fi
}

systemd_version() { sed -n 's/^systemd \([0-9]*\).*/\1/p' "$taken/versions"; }

sudo_without_local() {
  cat >"$root/etc/sudoers" <<'SUDOERS'
Defaults !visiblepw
Defaults always_set_home
Defaults env_reset
Defaults secure_path = /sbin:/bin:/usr/sbin:/usr/bin
root ALL=(ALL) ALL
@includedir /etc/sudoers.d
SUDOERS
  chmod 440 "$root/etc/sudoers"
}

# What the manager has of its packages, and no repository yet.
install_packages() {
  mkdir -p "$root/tmp/packages"
  cp "$base/os-key" "$base"/base/* "$root/tmp/packages"
  case $table in
  *dnf.txt)
    mkdir -p "$root/etc/pki/rpm-gpg" "$root/etc/yum.repos.d"
    chroot "$root" sh -c 'rpm -i --nosignature /tmp/packages/*.rpm'
    # AlmaLinux's images have the key in rpm; dnf takes Fedora's in when it first needs it.
    case $system in almalinux*) chroot "$root" rpm --import /tmp/packages/os-key ;; esac
    if [ -e "$root/usr/bin/dnf5" ]; then
      ln -s dnf5 "$root/usr/bin/dnf"
      mkdir -p "$root/usr/lib/sysimage"
      # Debian's choice. "local" needs createrepo_c.
      for plugin in local actions; do
        sed -i 's/^enabled = .*/enabled = 0/' "$root/etc/dnf/libdnf5-plugins/$plugin.conf"
      done
    fi
    ;;
  *zypper.txt)
    mkdir -p "$root/etc/zypp/repos.d" "$root/var/lib/zypp"
    # What came as a dependency. Without the file zypper takes every package for one at its first installation.
    : >"$root/var/lib/zypp/AutoInstalled"
    chroot "$root" sh -c 'rpm -i --nosignature /tmp/packages/*.rpm; rpm --import /tmp/packages/os-key'
    ;;
  *pacman.txt)
    cat >"$root/etc/pacman.conf" <<'CONF'
[options]
DownloadUser = alpm
# Not every kernel has Landlock.
DisableSandboxFilesystem
HoldPkg = pacman glibc
Architecture = auto
SigLevel = Required DatabaseRequired TrustAll
LocalFileSigLevel = Optional

[extra]
Include = /etc/pacman.d/mirrorlist
CONF
    chroot "$root" useradd --system --no-create-home alpm
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

# With dpkg's record. mmdebstrap itself goes on with its own files, and needs a status file.
remove_apt() {
  rm -rf "$root"/usr/lib/apt "$root"/usr/share/debconf "$root"/usr/lib/dpkg "$root"/var/cache/debconf
  rm -rf "$root"/var/lib/dpkg/info "$root"/etc/dpkg
  : >"$root/var/lib/dpkg/status"
}

record_versions
resolve_alternatives
case $system in fedora44 | archlinux) merge_sbin ;; esac
take_out
delete_programs
identify
set_defaults
install_packages
remove_apt
cp "$work/deleted" "$taken/deleted"
