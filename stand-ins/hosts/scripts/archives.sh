#!/bin/sh
# Downloads packages that hosts of the testbed will want, with their dependencies, into a folder.
# mmdebstrap runs this with its apt configuration, so versions are those of the image's suite.
# Usage: archives.sh FOLDER PACKAGE...
set -eu
folder=$1
shift

# The folder is root's: without this, apt warns that its user _apt can't write there.
fetch() {
    APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --quiet --quiet --yes --download-only \
        -o Dir::Cache::archives="$folder" -o APT::Sandbox::User=root install "$1" || true
}

mkdir -p "$folder/partial"
# One at a time: a suite that lacks one of them still gets the others.
for package in "$@"; do
    fetch "$package"
done
rm -rf "$folder/partial" "$folder/lock"
