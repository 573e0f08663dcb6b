#!/bin/sh
# Makes a repository for apt of the packages in a folder, which were checked when they were downloaded, and records
# their versions. Usage: pool.sh FOLDER SUITE, with the packages in FOLDER/debs.
set -eu
folder=$1 suite=$2
cd "$folder"

for deb in debs/*.deb; do
  dpkg-deb --field "$deb"
  printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -c 1-64)"
done >Packages
{
  printf 'Suite: %s\nCodename: %s\nSHA256:\n' "$suite" "$suite"
  printf ' %s %s Packages\n' "$(sha256sum Packages | cut -c 1-64)" "$(stat -c %s Packages)"
} >Release
awk '$1 == "Package:" { name = $2 } $1 == "Version:" { print name, $2 }' Packages | sort >versions
