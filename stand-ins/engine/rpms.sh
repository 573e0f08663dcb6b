#!/bin/sh
# shellcheck disable=SC2016 # scripts of the packages
# Makes a repository as Docker's own for Fedora is, of packages with its names, relations, paths and scripts
# (docker-ce-packaging), signed with a key of its own. Arguments: the folder to fill, the folder of the CLI's
# plugins, then for each version the engine's version and the folder of its programs, the newest last.
set -eu
target=$1 plugins=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source-path=SCRIPTDIR source=rpmbuild.sh
. "$(dirname "$0")/rpmbuild.sh"
packages=$target/fedora/44/$(uname -m)/stable

while [ $# -gt 0 ]; do
  engine=$1 programs=$2
  shift 2
  root=$work/docker-ce
  install -D -t "$root/usr/bin" "$programs/docker/dockerd" "$programs/docker/docker-proxy"
  install -D -m 644 -t "$root/usr/lib/systemd/system" "$programs/units/docker.service" "$programs/units/docker.socket"
  build_rpm docker-ce "$engine" 1.fc44 "$packages" 'Epoch: 3' \
    'Requires: /usr/sbin/groupadd' 'Requires: docker-ce-cli' 'Requires: container-selinux' 'Requires: systemd' \
    'Requires: (iptables-nft or iptables)' 'Requires: nftables' 'Requires: libcgroup' \
    'Requires: containerd.io >= 2.1.5' 'Requires: tar' 'Requires: xz' 'Requires(post): /bin/sh' \
    'Recommends: docker-ce-rootless-extras' 'Conflicts: docker' 'Conflicts: docker-io' 'Conflicts: docker-ee' \
    "$(unit_scripts 'getent group docker >/dev/null || groupadd --system docker' docker.service docker.socket)"
  install -D -t "$work/docker-ce-cli/usr/bin" "$programs/docker/docker"
  build_rpm docker-ce-cli "$engine" 1.fc44 "$packages" 'Epoch: 1' \
    'Conflicts: docker' 'Conflicts: docker-io' 'Conflicts: docker-ee' 'Conflicts: docker-ee-cli' \
    '%post' 'getent group docker >/dev/null || groupadd --system docker'
  install -D -t "$work/docker-ce-rootless-extras/usr/bin" "$programs"/docker-rootless-extras/*
  build_rpm docker-ce-rootless-extras "$engine" 1.fc44 "$packages" 'Requires: docker-ce' 'Conflicts: rootlesskit'
done

root=$work/containerd.io
for name in containerd containerd-shim-runc-v2 ctr runc; do install -D -t "$root/usr/bin" "$programs/docker/$name"; done
install -D -m 644 -t "$root/usr/lib/systemd/system" "$programs/units/containerd.service"
mkdir -p "$root/etc/containerd"
echo 'disabled_plugins = ["cri"]' >"$root/etc/containerd/config.toml"
build_rpm containerd.io 2.3.5 1.fc44 "$packages" 'Requires: container-selinux' 'Requires: libseccomp' \
  'Provides: containerd' 'Provides: runc' 'Obsoletes: containerd' 'Obsoletes: runc' 'Conflicts: containerd' 'Conflicts: runc' \
  "$(unit_scripts : containerd.service)"

for name in buildx compose; do
  install -D -t "$work/docker-$name-plugin/usr/libexec/docker/cli-plugins" "$plugins/docker-$name"
done
build_rpm docker-buildx-plugin 0.37.0 1.fc44 "$packages" 'Enhances: docker-ce-cli'
build_rpm docker-compose-plugin 5.5.1 1.fc44 "$packages" 'Enhances: docker-ce-cli' 'Recommends: docker-buildx-plugin'

make_key "$target/fedora/gpg"
gpg --batch --with-colons --fingerprint | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1 >"$target/fingerprint"
make_repository "$packages"
# Of the RHEL family nothing differs here but the folder.
ln -s 44 "$target/fedora/43"
mkdir -p "$target/rhel"
cp "$target/fedora/gpg" "$target/rhel/gpg"
for release in 9 10; do ln -s ../fedora/44 "$target/rhel/$release"; done
ln -s rhel "$target/centos"
