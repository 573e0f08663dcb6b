#!/bin/sh
# Makes stand-ins for packages of Fedora's own, without programs in them: a host of the testbed has those
# from Debian. Argument: the folder to fill, with base/ for those that a Fedora has from the beginning, and
# os/, a repository of others.
set -eu
target=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=rpmbuild.sh
. "$(dirname "$0")/rpmbuild.sh"

stand_in_release=1.fc44

stand_in "$target/base" fedora-release 'Provides: system-release' 'Provides: system-release(releasever) = 44'
stand_in "$target/base" bash 'Provides: /bin/sh'
stand_in "$target/base" shadow-utils 'Provides: /usr/sbin/groupadd'
for name in iproute libcap procps-ng systemd tar util-linux xz; do stand_in "$target/base" "$name"; done

for name in container-selinux dbus-daemon fuse-overlayfs libcgroup nftables passt runc slirp4netns; do
  stand_in "$target/os" "$name"
done
stand_in "$target/os" iptables-nft 'Provides: iptables' 'Requires: libnftnl'
stand_in "$target/os" libnftnl
stand_in "$target/os" libseccomp
stand_in "$target/os" podman-docker 'Conflicts: docker-ce' 'Conflicts: moby-engine'
# Somebody's own, which needs one of ours.
stand_in "$target/os" theirs 'Requires: slirp4netns'
make_key "$target/os-key"
make_repository "$target/os"
