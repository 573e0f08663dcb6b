# shellcheck shell=sh
# shellcheck disable=SC2016 # scripts of the packages
# shellcheck disable=SC2154 # work: the caller's folder, which goes; stand_in_release
# Sourced: makes packages of rpm, and repositories of them.

# Its files are in $work/NAME already. $1 the package's name, $2 its version, $3 its release, $4 the folder
# for it; then lines of its spec file: first tags, then scripts.
build_rpm() {
  name=$1 version=$2 release=$3 folder=$4
  shift 4
  mkdir -p "$work/$name" "$folder"
  (
    cd "$work/$name" || exit
    find . -path ./etc -prune -o ! -type d -printf '/%P\n'
    find etc ! -type d -printf '%%config(noreplace) /%p\n' 2>/dev/null || true
    # Directories that no other package has.
    find usr/share/doc etc -mindepth 1 -type d ! -name default -printf '%%dir /%p\n' 2>/dev/null || true
    find usr/lib -type d -path '*/perl-base*' -printf '%%dir /%p\n' 2>/dev/null || true
  ) >"$work/$name.files"
  {
    printf '%s\n' '%global __os_install_post %{nil}' '%global debug_package %{nil}' \
      '%global _build_id_links none' '%global _binary_payload w1.gzdio'
    printf 'Name: %s\nVersion: %s\nRelease: %s\nSummary: %s\nLicense: Apache-2.0\nAutoReqProv: no\n' \
      "$name" "$version" "$release" "$name"
    printf '%s\n' "$@" | sed -n '/^%/q; p'
    printf '%%description\n%s\n' "$name"
    printf '%%install\ncp -a %s/. %%{buildroot}\n' "$work/$name"
    printf '%s\n' "$@" | sed -n '/^%/,$p'
    printf '%%files -f %s\n' "$work/$name.files"
  } >"$work/$name.spec"
  rpmbuild -bb --quiet --define "_topdir $work/rpmbuild" --define "_rpmdir $work/built" \
    --define "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" "$work/$name.spec" >&2
  mv "$work"/built/*.rpm "$folder"
  rm -rf "${work:?}/$name" "$work/rpmbuild"
}

# The scripts of units, as systemd's macros write them: presets decide what is enabled, and nothing is
# started. $1 commands that come first, then units.
unit_scripts() {
  first=$1
  shift
  printf '%%post\n%s\n[ $1 -ne 1 ] || systemctl --no-reload preset %s >/dev/null 2>&1 || :\n' "$first" "$*"
  printf '%%preun\n[ $1 -ne 0 ] || systemctl --no-reload disable --now %s >/dev/null 2>&1 || :\n' "$*"
  printf '%%postun\nsystemctl daemon-reload >/dev/null 2>&1 || :\n'
  printf '[ $1 -lt 1 ] || systemctl try-restart %s >/dev/null 2>&1 || :\n' "$*"
}

# A package of the distribution's own, without programs in it. $1 the folder, $2 the name, then lines of its
# spec file. $stand_in_release is the release of all.
stand_in() {
  folder=$1 name=$2
  shift 2
  mkdir -p "$work/$name/usr/share/doc/$name"
  echo "stands for the distribution's $name" >"$work/$name/usr/share/doc/$name/testbed"
  build_rpm "$name" 1.0 "$stand_in_release" "$folder" 'BuildArch: noarch' "$@"
}

# A key that signs packages, and nothing else: its ASCII file is $1.
make_key() {
  GNUPGHOME=$(mktemp -d "$work/gnupg.XXXXXX")
  export GNUPGHOME
  gpg --batch -q --pinentry-mode loopback --passphrase '' --quick-generate-key 'Testbed <testbed@example.com>' rsa2048 sign never
  gpg --batch -q --armor --export >"$1"
}

# Signs the packages in a folder with the last key, and makes a repository of it. $1 the folder.
make_repository() {
  GPG_TTY='' rpmsign --define '_gpg_name testbed@example.com' --define "__gpg $(command -v gpg)" --addsign "$1"/*.rpm >/dev/null
  createrepo_c -q "$1"
}
