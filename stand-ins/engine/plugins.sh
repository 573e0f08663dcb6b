#!/bin/sh
# Takes the programs of the CLI's plugins from Debian's packages. Arguments: the folder to fill with docker-buildx and
# docker-compose, then lines of sources.list for the suite that has them.
set -eu
target=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main'
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
printf '%s\n' "$@" >"$work/sources.list"
: >"$work/status"
# Beside this machine's own settings, such as a proxy, and without its packages.
export APT_CONFIG="$work/apt.conf"
cat >"$APT_CONFIG" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$work/state";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Sandbox::User "root";
CONF
apt-get -q update >/dev/null
cd "$work"
apt-get -q download docker-buildx docker-compose >/dev/null
for deb in *.deb; do dpkg-deb -x "$deb" "$work/root"; done
install -t "$target" "$work"/root/usr/libexec/docker/cli-plugins/*
