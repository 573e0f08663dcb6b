# shellcheck shell=sh
# shellcheck disable=SC2016 # scripts of the packages
# shellcheck disable=SC2154 # work: the caller's folder, which goes
# Sourced: packages of openSUSE's engine, with the names, relations and paths that its package sources have
# (docker.spec).

# $1 the folder whose os/ is filled, then for each version the engine's version and the folder of its programs, the
# newest last.
suse_engine() {
  target=$1
  shift
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
}
