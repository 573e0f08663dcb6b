#!/bin/sh
# Builds the programs of a current engine from their Go modules, laid out as the vendor's static archives
# are. Arguments: the folder to fill, and the engine's version. Only registries of modules and packages
# are asked.
set -eu
target=$1 version=$2
moby=github.com/moby/moby/v2
export GOBIN="$target/docker" GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
mkdir -p "$GOBIN" "$target/docker-rootless-extras"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

# Docker's releases are not tagged in the module: this one is of 29.8.1's day.
stamp="-w -X $moby/dockerversion.Version=$version -extldflags -static"
CGO_ENABLED=1 go install -tags "netgo osusergro static_build nri_no_wasm" -ldflags "$stamp" \
  $moby/cmd/dockerd@v2.0.0-beta.24 $moby/cmd/docker-proxy@v2.0.0-beta.24
containerd=github.com/containerd/containerd/v2
CGO_ENABLED=0 go install -tags "urfave_cli_no_docs osusergo netgo static_build no_btrfs" \
  -ldflags "-s -w -X $containerd/version.Version=v2.3.5" \
  $containerd/cmd/containerd@v2.3.5 $containerd/cmd/containerd-shim-runc-v2@v2.3.5 $containerd/cmd/ctr@v2.3.5
CGO_ENABLED=0 GOBIN="$target/docker-rootless-extras" \
  go install github.com/rootless-containers/rootlesskit/v3/cmd/rootlesskit@v3.1.0

# runc needs libseccomp, which stays out of this machine.
apt-get -q download libseccomp-dev >/dev/null || { apt-get -q update && apt-get -q download libseccomp-dev; } >/dev/null
dpkg -x libseccomp-dev_*.deb seccomp
CGO_ENABLED=1 PKG_CONFIG_PATH=$(dirname "$(find "$work/seccomp" -name libseccomp.pc)") \
  CGO_CFLAGS="-I$work/seccomp/usr/include" CGO_LDFLAGS="-L$(dirname "$(find "$work/seccomp" -name libseccomp.a)")" \
  go install -trimpath -tags "urfave_cli_no_docs seccomp netgo osusergo" -ldflags "-extldflags -static" \
  github.com/opencontainers/runc@v1.5.1

# The command line client has its module file under another name.
mkdir module
cd module
go mod init example.com/engine 2>/dev/null
folder() {
  go mod download "$1@$2"
  go list -m -f '{{.Dir}}' "$1@$2"
}
cli=$(folder github.com/docker/cli "v$version+incompatible")
containerd_unit=$(folder $containerd v2.3.5)/containerd.service
scripts=$(folder $moby v2.0.0-beta.24)/contrib
cp -r "$cli" "$work/cli"
chmod -R u+w "$work/cli"
cd "$work/cli"
cp vendor.mod go.mod
cp vendor.sum go.sum
CGO_ENABLED=0 go build -mod=mod -tags osusergo \
  -ldflags "-w -X github.com/docker/cli/cli/version.Version=$version" -o "$GOBIN/docker" ./cmd/docker
install -D -m 644 -t "$target/units" "$scripts/init/systemd/docker.service" "$scripts/init/systemd/docker.socket"
sed 's|/usr/local/bin/|/usr/bin/|' "$containerd_unit" >"$target/units/containerd.service"
install -m 755 "$scripts/dockerd-rootless.sh" "$scripts/dockerd-rootless-setuptool.sh" "$target/docker-rootless-extras"
