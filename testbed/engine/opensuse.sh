#!/bin/sh
# shellcheck disable=SC2016 # scripts of the packages
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

# The package makes an account, and gives it ids.
remapped='getent passwd dockremap >/dev/null || useradd -r -U -s /bin/false dockremap
for file in /etc/subuid /etc/subgid; do grep -q "^dockremap:" $file || echo dockremap:100000000:100000001 >>$file; done'

while [ $# -gt 0 ]; do
  engine=$1 programs=$2
  shift 2
  root=$work/docker
  install -D -t "$root/usr/bin" "$programs/docker/docker" "$programs/docker/dockerd" "$programs/docker/docker-proxy"
  install -D -m 644 -t "$root/usr/lib/systemd/system" "$programs/units/docker.service" "$programs/units/docker.socket"
  mkdir -p "$root/etc/docker"
  echo '{ "log-level": "warn" }' >"$root/etc/docker/daemon.json"
  build_rpm docker "${engine}_ce" 1.1 "$target/os" \
    'Requires: (apparmor-parser or container-selinux)' 'Requires: ca-certificates-mozilla' 'Requires: runc >= 1.1.9' \
    'Requires: containerd >= 1.7.3' 'Requires: catatonit' 'Requires: e2fsprogs' 'Requires: iproute2' \
    'Requires: iptables' 'Requires: procps' 'Requires: tar' 'Requires: xz' 'Requires: docker-buildx' \
    'Requires(post): shadow' 'Recommends: docker-rootless-extras' 'Conflicts: docker-stable' \
    '%pre' "$remapped" \
    "$(unit_scripts 'getent group docker >/dev/null || groupadd --system docker' docker.service docker.socket)"
  install -D -t "$work/docker-rootless-extras/usr/bin" "$programs"/docker-rootless-extras/dockerd-rootless*
  build_rpm docker-rootless-extras "${engine}_ce" 1.1 "$target/os" 'BuildArch: noarch' \
    "Requires: docker = ${engine}_ce" \
    'Requires: slirp4netns >= 0.4' 'Requires: fuse-overlayfs >= 0.7' 'Requires: rootlesskit' \
    'Conflicts: docker-stable-rootless-extras'
done

for name in containerd containerd-shim-runc-v2; do
  install -D -t "$work/containerd/usr/bin" "$programs/docker/$name"
done
install -D -m 644 -t "$work/containerd/usr/lib/systemd/system" "$programs/units/containerd.service"
build_rpm containerd 2.3.5 1.1 "$target/os" 'Requires: runc >= 1.1.0' "$(unit_scripts : containerd.service)"
install -D -t "$work/runc/usr/bin" "$programs/docker/runc"
build_rpm runc 1.5.1 1.1 "$target/os"
install -D -t "$work/rootlesskit/usr/bin" "$programs/docker-rootless-extras/rootlesskit"
build_rpm rootlesskit 3.1.0 1.1 "$target/os"

make_key "$target/os-key"
make_repository "$target/os"
gpg --batch -q --armor --detach-sign "$target/os/repodata/repomd.xml"
cp "$target/os-key" "$target/os/repodata/repomd.xml.key"
