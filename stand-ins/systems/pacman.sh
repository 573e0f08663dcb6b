#!/bin/sh
# Makes the packages of Arch, as makepkg and repo-add would. Usage:
#   pacman.sh base SYSTEM TABLE TARGET                TARGET/base: what the image has, without files; and a key
#   pacman.sh repository SYSTEM TABLE TARGET BASE TAKEN
#                                                     TARGET/os: the repository, with the files that system.sh took out
set -eu
verb=$1 table=$3 target=$4
shift 4
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=table.sh
. "$here/table.sh"
# shellcheck source-path=SCRIPTDIR source=../engine/rpmbuild.sh
. "$here/../engine/rpmbuild.sh"
mkdir -p "$work/database"

# $1 the folder, $2 the name, $3 the folder of its files, or nothing.
package() {
  folder=$1 name=$2 files=${3-} version=1.0-1
  root=$work/$name file=$name-$version-any.pkg.tar.gz
  mkdir -p "$folder" "$root/usr/share/licenses/$name"
  [ -z "$files" ] || cp -a "$files/." "$root"
  echo "stands for Arch's $name" >"$root/usr/share/licenses/$name/testbed"
  {
    printf '%s\n' "pkgname = $name" "pkgbase = $name" "pkgver = $version" 'pkgdesc = stand-in' 'builddate = 1' \
      'packager = Testbed <testbed@example.com>' 'size = 100' 'arch = any'
    for need in $(needs_of "$name"); do echo "depend = $need"; done
    for capability in $(provided_by "$name"); do echo "provides = $capability"; done
  } >"$root/.PKGINFO"
  tar -C "$root" --sort name --owner 0 --group 0 -cz -f "$folder/$file" .PKGINFO usr
  describe "$folder" >"$work/desc"
  mkdir "$work/database/$name-$version"
  mv "$work/desc" "$work/database/$name-$version/desc"
}

# The repository's line of the package that was made last. $1 the folder.
describe() {
  printf '%%FILENAME%%\n%s\n\n%%NAME%%\n%s\n\n%%BASE%%\n%s\n\n%%VERSION%%\n%s\n\n' "$file" "$name" "$name" "$version"
  printf '%%CSIZE%%\n%s\n\n%%ISIZE%%\n100\n\n' "$(stat -c %s "$1/$file")"
  printf '%%SHA256SUM%%\n%s\n\n%%ARCH%%\nany\n\n%%BUILDDATE%%\n1\n\n' "$(sha256sum <"$1/$file" | cut -c 1-64)"
  [ -z "$(needs_of "$name")" ] || printf '%%DEPENDS%%\n%s\n\n' "$(needs_of "$name" | tr ' ' '\n')"
}

base() {
  for name in $(image_packages); do package "$target/base" "$name"; done
  make_key "$target/os-key"
  gpgconf --kill all
  mv "$GNUPGHOME" "$target/gnupg"
}

# $1 the folder of the base packages, $2 what was taken out.
repository() {
  for name in $(repository_packages); do package "$target/os" "$name" "$2/programs/$name"; done
  GNUPGHOME=$work/gnupg
  export GNUPGHOME
  cp -a "$1/gnupg" "$GNUPGHOME"
  cp "$1/os-key" "$target/os-key"
  (cd "$work/database" && tar --owner 0 --group 0 -cz -f "$target/os/extra.db" -- *)
  for path in "$target"/os/*; do gpg --batch -q --detach-sign "$path"; done
}

"$verb" "$@"
