#!/bin/sh
# Makes stand-ins for packages of openSUSE's own, and packages of its engine with the names, relations and paths
# that its package sources have (docker.spec): a host of the testbed has other programs from Debian. Arguments:
# the folder to fill, with base/ for packages that an openSUSE has from the beginning, and os/, a repository
# of others; then for each version the engine's version and the folder of its programs, the newest last.
set -eu
target=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=rpmbuild.sh
. "$(dirname "$0")/rpmbuild.sh"
# shellcheck source-path=SCRIPTDIR source=suseEngine.sh
. "$(dirname "$0")/suseEngine.sh"
stand_in_release=1.1

for name in ca-certificates-mozilla dbus-1 e2fsprogs iproute2 iptables libcap-progs procps systemd tar util-linux xz; do
  stand_in "$target/base" "$name"
done
stand_in "$target/base" openSUSE-release 'Provides: product() = openSUSE'
stand_in "$target/base" bash 'Provides: /bin/sh'
stand_in "$target/base" shadow 'Provides: /usr/sbin/groupadd'

for name in apparmor-parser catatonit fuse-overlayfs libslirp0 passt; do stand_in "$target/os" "$name"; done
stand_in "$target/os" docker-buildx 'Requires: docker >= 19.03.0_ce' 'Conflicts: docker-stable-buildx'
stand_in "$target/os" docker-compose 'Requires: docker' 'Requires: docker-compose-switch'
stand_in "$target/os" docker-compose-switch
stand_in "$target/os" docker-stable 'Provides: docker = 24.0.9_ce' 'Conflicts: docker'
stand_in "$target/os" slirp4netns 'Requires: libslirp0'
# Somebody's own: one that needs one of ours, one that cannot be there beside it, and one that takes its time.
stand_in "$target/os" theirs 'Requires: slirp4netns'
stand_in "$target/os" theirs-too 'Conflicts: slirp4netns'
stand_in "$target/os" slow 'Requires(post): /bin/sh' '%post' 'sleep 8'

suse_engine "$target" "$@"
make_key "$target/os-key"
make_repository "$target/os"
gpg --batch -q --armor --detach-sign "$target/os/repodata/repomd.xml"
cp "$target/os-key" "$target/os/repodata/repomd.xml.key"
