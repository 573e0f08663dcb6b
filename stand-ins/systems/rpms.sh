#!/bin/sh
# Makes the packages of a system whose manager works with rpm. Usage:
#   rpms.sh base SYSTEM TABLE TARGET                  TARGET/base: what the image has, without files; and a key
#   rpms.sh repository SYSTEM TABLE TARGET BASE TAKEN ENGINE...
#                                                     TARGET/os: the repository, with the files that system.sh took
#                                                     out; for openSUSE with the engines: a version and a folder each
set -eu
verb=$1 system=$2 table=$3 target=$4
shift 4
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=table.sh
. "$here/table.sh"
# shellcheck source-path=SCRIPTDIR source=../engine/rpmbuild.sh
. "$here/../engine/rpmbuild.sh"
# shellcheck source-path=SCRIPTDIR source=../engine/suseEngine.sh
. "$here/../engine/suseEngine.sh"

case $system in
fedora44) stand_in_release=1.fc44 ;;
almalinux*) stand_in_release=1.el${system#almalinux} ;;
*) stand_in_release=1.1 ;;
esac

# The package that the manager knows the system by.
release_package() {
  folder=$target/base
  case $system in
  fedora44) stand_in "$folder" fedora-release 'Provides: system-release' 'Provides: system-release(releasever) = 44' ;;
  almalinux*)
    stand_in "$folder" almalinux-release 'Provides: system-release' \
      "Provides: system-release(releasever) = ${system#almalinux}"
    ;;
  *) stand_in "$folder" openSUSE-release 'Provides: product() = openSUSE' ;;
  esac
}

# $1 a name. Prints the lines of its spec file.
tags_of() {
  for need in $(needs_of "$1"); do echo "Requires: $need"; done
  for capability in $(provided_by "$1"); do echo "Provides: $capability"; done
}

# $1 the folder, $2 the name, $3 the folder of its files, or nothing.
package() {
  set -- "$1" "$2" "${3-}"
  tags_of "$2" >"$work/tags"
  folder=$1 name=$2 files=$3
  architecture='BuildArch: noarch'
  if [ -n "$(ls -A "$files" 2>/dev/null)" ]; then
    mkdir -p "$work/$name"
    cp -a "$files/." "$work/$name"
    architecture=''
  fi
  set -- "$folder" "$name"
  [ -z "$architecture" ] || set -- "$@" "$architecture"
  while read -r tag; do set -- "$@" "$tag"; done <"$work/tags"
  stand_in_with_files "$@"
}

# As stand_in, and what is in $work/NAME goes with it.
stand_in_with_files() {
  folder=$1 name=$2
  shift 2
  mkdir -p "$work/$name/usr/share/doc/$name"
  echo "stands for the distribution's $name" >"$work/$name/usr/share/doc/$name/testbed"
  build_rpm "$name" 1.0 "$stand_in_release" "$folder" "$@"
}

base() {
  release_package
  for name in $(image_packages); do package "$target/base" "$name"; done
  make_key "$target/os-key"
  gpgconf --kill all
  mv "$GNUPGHOME" "$target/gnupg"
}

# $1 the folder of the base packages, $2 what was taken out, then engines.
repository() {
  base=$1 taken=$2
  shift 2
  for name in $(repository_packages); do package "$target/os" "$name" "$taken/programs/$name"; done
  case $table in *zypper.txt) suse_engine "$target" "$@" ;; esac
  GNUPGHOME=$work/gnupg
  export GNUPGHOME
  cp -a "$base/gnupg" "$GNUPGHOME"
  cp "$base/os-key" "$target/os-key"
  make_repository "$target/os"
  case $table in
  *zypper.txt)
    gpg --batch -q --armor --detach-sign "$target/os/repodata/repomd.xml"
    cp "$target/os-key" "$target/os/repodata/repomd.xml.key"
    ;;
  esac
}

"$verb" "$@"
