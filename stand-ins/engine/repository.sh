#!/bin/sh
# shellcheck disable=SC2016 # scripts of the packages
# Makes a repository as Docker's own is, of packages with its names, relations, paths and scripts
# (docker-ce-packaging), signed with a key of its own. Arguments: the folder to fill, the folder of the CLI's
# plugins, then for each version the engine's version and the folder of its programs, the newest last.
set -eu
target=$1 plugins=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
architecture=$(dpkg --print-architecture)
suffix='1~debian.13~trixie'

# $1 the package's name, $2 its version, then its control fields. Its files are in $work/NAME already.
build() {
  name=$1 version=$2
  shift 2
  mkdir -p "$work/$name/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: Docker <support@docker.com>\n' "$name" "$version" "$architecture"
    printf 'Section: admin\nPriority: optional\n'
    printf '%s\n' "$@" "Description: $name"
  } >"$work/$name/DEBIAN/control"
  dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/$name" \
    "$target/debian/pool/${name}_${version#*:}_$architecture.deb" >/dev/null
  rm -rf "${work:?}/$name"
}

# A unit that its package enables and starts, by debhelper's scripts. $1 the package, $2 commands that
# come first, then units.
start_units() {
  scripts=$work/$1/DEBIAN first=$2
  shift 2
  mkdir -p "$scripts"
  {
    printf '#!/bin/sh\nset -e\n[ "$1" = configure ] || exit 0\n%s\n' "$first"
    for unit in "$@"; do
      printf 'deb-systemd-helper unmask %s >/dev/null || true\n' "$unit"
      printf 'if deb-systemd-helper --quiet was-enabled %s; then deb-systemd-helper enable %s >/dev/null || true; fi\n' "$unit" "$unit"
    done
    printf 'if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; '
    printf 'if [ -n "$2" ]; then action=restart; else action=start; fi; deb-systemd-invoke $action %s >/dev/null || true; fi\n' "$*"
  } >"$scripts/postinst"
  printf '#!/bin/sh\nset -e\nif [ "$1" = remove ] && [ -d /run/systemd/system ]; then deb-systemd-invoke stop %s >/dev/null || true; fi\n' "$*" >"$scripts/prerm"
  {
    printf '#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi\n'
    printf 'if [ "$1" = purge ]; then deb-systemd-helper purge %s >/dev/null || true; deb-systemd-helper unmask %s >/dev/null || true; fi\n' "$*" "$*"
  } >"$scripts/postrm"
  chmod 755 "$scripts"/*
}

mkdir -p "$target/debian/pool"
while [ $# -gt 0 ]; do
  engine=$1 programs=$2
  shift 2
  root=$work/docker-ce
  install -D -t "$root/usr/bin" "$programs/docker/dockerd" "$programs/docker/docker-proxy"
  install -D -m 644 -t "$root/usr/lib/systemd/system" "$programs/units/docker.service" "$programs/units/docker.socket"
  mkdir -p "$root/etc/default" "$root/etc/docker" "$root/DEBIAN"
  echo '# DOCKER_OPTS="--dns 8.8.8.8"' >"$root/etc/default/docker"
  echo /etc/default/docker >"$root/DEBIAN/conffiles"
  # shellcheck disable=SC2016 # the package's own words
  start_units docker-ce '[ -n "$2" ] || getent group docker >/dev/null || groupadd --system docker' docker.service docker.socket
  build docker-ce "5:$engine-$suffix" 'Pre-Depends: init-system-helpers (>= 1.54~)' \
    'Depends: containerd.io (>= 2.1.5), docker-ce-cli, iptables' \
    'Recommends: ca-certificates, docker-ce-rootless-extras, procps' \
    'Conflicts: docker.io' 'Replaces: docker-ce-cli (<< 5:28.0.0)'
  install -D -t "$work/docker-ce-cli/usr/bin" "$programs/docker/docker"
  build docker-ce-cli "5:$engine-$suffix" 'Recommends: docker-buildx-plugin, docker-compose-plugin' \
    'Conflicts: docker.io, docker-cli' 'Breaks: docker-ce (<< 5:0)' 'Replaces: docker-ce (<< 5:0)'
  install -D -t "$work/docker-ce-rootless-extras/usr/bin" "$programs"/docker-rootless-extras/*
  build docker-ce-rootless-extras "5:$engine-$suffix" 'Depends: dbus-user-session' 'Enhances: docker-ce' \
    'Conflicts: rootlesskit' 'Breaks: rootlesskit' 'Replaces: rootlesskit'

  archives=$target/static/stable/$(uname -m)
  mkdir -p "$archives"
  for name in docker docker-rootless-extras; do
    tar -C "$programs" --owner 0 --group 0 -c "$name" | gzip -1 >"$archives/$name-$engine.tgz"
  done
done

# One whose daemon does not start.
mkdir -p "$work/docker" "$work/docker-rootless-extras"
cp -r "$programs/docker" "$programs/docker-rootless-extras" "$work"
printf '#!/bin/sh\n[ "$1" != --version ] || echo "Docker version 0.0.1, build 0"\nexit 1\n' >"$work/docker/dockerd"
for name in docker docker-rootless-extras; do
  tar -C "$work" --owner 0 --group 0 -c "$name" | gzip -1 >"$archives/$name-0.0.1.tgz"
  rm -r "${work:?}/$name"
done

root=$work/containerd.io
for name in containerd containerd-shim-runc-v2 ctr runc; do install -D -t "$root/usr/bin" "$programs/docker/$name"; done
install -D -m 644 -t "$root/usr/lib/systemd/system" "$programs/units/containerd.service"
mkdir -p "$root/etc/containerd" "$root/DEBIAN"
echo 'disabled_plugins = ["cri"]' >"$root/etc/containerd/config.toml"
echo /etc/containerd/config.toml >"$root/DEBIAN/conffiles"
start_units containerd.io : containerd.service
build containerd.io "2.3.5-$suffix" 'Provides: containerd, runc' 'Conflicts: containerd, runc' 'Replaces: containerd, runc'

for name in buildx compose; do
  install -D -t "$work/docker-$name-plugin/usr/libexec/docker/cli-plugins" "$plugins/docker-$name"
done
build docker-buildx-plugin "0.37.0-$suffix" 'Replaces: docker-ce-cli' 'Enhances: docker-ce-cli'
build docker-compose-plugin "5.5.1-$suffix" 'Recommends: docker-buildx-plugin (>= 0.17.0)' 'Enhances: docker-ce-cli' \
  'Conflicts: docker-compose' 'Replaces: docker-compose' 'Breaks: docker-compose'

# Archives of one pool: what a suite is called is all that differs.
export GNUPGHOME="$work/gnupg"
mkdir -m 700 "$GNUPGHOME"
gpg --batch -q --pinentry-mode loopback --passphrase '' --quick-generate-key 'Testbed <testbed@example.com>' rsa2048 sign never
gpg --batch -q --armor --export >"$target/debian/gpg"
gpg --batch --with-colons --fingerprint | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1 >"$target/fingerprint"
ln -s debian "$target/ubuntu"
cd "$target/debian"
for deb in pool/*.deb; do
  dpkg-deb -f "$deb"
  printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -c 1-64)"
done >"$work/Packages"
for suite in bullseye bookworm trixie jammy noble resolute; do
  mkdir -p "dists/$suite/stable/binary-$architecture"
  cp "$work/Packages" "dists/$suite/stable/binary-$architecture/Packages"
  {
    printf 'Origin: Docker\nLabel: Docker CE\nSuite: %s\nCodename: %s\nDate: %s\n' "$suite" "$suite" "$(date -Ru)"
    printf 'Architectures: %s\nComponents: stable\nSHA256:\n' "$architecture"
    printf ' %s %s stable/binary-%s/Packages\n' "$(sha256sum <"$work/Packages" | cut -c 1-64)" "$(stat -c %s "$work/Packages")" "$architecture"
  } | gpg --batch -q --clearsign >"dists/$suite/InRelease"
done
