#!/bin/sh
# Makes stand-ins for packages of Arch's own, without their programs, as makepkg and repo-add would: a host of the
# testbed has those from Debian. Each has one of another name. Argument: the folder to fill, with base/ for packages
# that an Arch has from the beginning, and os/, a repository of others, each signed.
set -eu
target=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=rpmbuild.sh
. "$(dirname "$0")/rpmbuild.sh"
mkdir -p "$target/base" "$target/os" "$work/database"

# $1 the folder, $2 the name, then lines of its .PKGINFO, such as 'depend = NAME'.
package() {
  folder=$target/$1 name=$2 version=1.0-1
  shift 2
  root=$work/$name file=$name-$version-any.pkg.tar.gz
  mkdir -p "$root/usr/share/doc/$name" "$root/usr/bin" "$root/etc"
  printf '#!/bin/sh\n' >"$root/usr/bin/$name-testbed"
  chmod 755 "$root/usr/bin/$name-testbed"
  echo "stands for Arch's $name" >"$root/usr/share/doc/$name/testbed"
  [ ! -e "$work/large" ] || mv "$work/large" "$root/usr/share/doc/$name"
  echo "# of $name" >"$root/etc/$name-testbed.conf"
  {
    printf '%s\n' "pkgname = $name" "pkgbase = $name" "pkgver = $version" 'pkgdesc = stand-in' 'builddate = 1' \
      'packager = Testbed <testbed@example.com>' 'size = 100' 'arch = any' "backup = etc/$name-testbed.conf"
    [ $# = 0 ] || printf '%s\n' "$@"
  } >"$root/.PKGINFO"
  install=''
  if [ -e "$work/install" ]; then
    mv "$work/install" "$root/.INSTALL"
    install=.INSTALL
  fi
  # shellcheck disable=SC2086 # a name, or none
  tar -C "$root" --sort name --owner 0 --group 0 -cz -f "$folder/$file" .PKGINFO $install etc usr
  mkdir "$work/database/$name-$version"
  {
    printf '%%FILENAME%%\n%s\n\n%%NAME%%\n%s\n\n%%BASE%%\n%s\n\n%%VERSION%%\n%s\n\n' "$file" "$name" "$name" "$version"
    printf '%%CSIZE%%\n%s\n\n%%ISIZE%%\n100\n\n' "$(stat -c %s "$folder/$file")"
    printf '%%SHA256SUM%%\n%s\n\n%%ARCH%%\nany\n\n%%BUILDDATE%%\n1\n\n' "$(sha256sum <"$folder/$file" | cut -c 1-64)"
    for field in depend conflict provides; do
      printf '%s\n' "$@" | sed -n "s/^$field = //p" | awk -v field="$field" '
        BEGIN { name["depend"] = "DEPENDS"; name["conflict"] = "CONFLICTS"; name["provides"] = "PROVIDES" }
        NR == 1 { print "%" name[field] "%" } { print } END { if (NR) print "" }'
    done
  } >"$work/database/$name-$version/desc"
}

for name in bash dbus iproute2 iptables libcap procps-ng shadow systemd util-linux; do package base "$name"; done
rm -r "$work/database"/*

package os docker 'depend = bash'
for name in fuse-overlayfs passt; do package os "$name"; done
# It is unpacked for a while, and after a small file; and its removal can be held where its files are gone alone.
echo 'post_remove() { [ ! -e /run/held ] || sleep 60; }' >"$work/install"
mkdir "$work/large"
truncate -s 200M "$work/large/zeros"
package os libslirp
package os slirp4netns 'depend = libslirp' 'depend = bash'
# Somebody's own: one that needs one of ours, one that cannot be there beside it, and one that takes its time.
package os theirs 'depend = slirp4netns'
package os theirs-too 'conflict = slirp4netns'
echo 'post_install() { sleep 8; }' >"$work/install"
package os slow

make_key "$target/os-key"
(cd "$work/database" && tar --owner 0 --group 0 -cz -f "$target/os/extra.db" -- *)
for file in "$target"/os/*; do gpg --batch -q --detach-sign "$file"; done
