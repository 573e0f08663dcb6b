# shellcheck shell=dash
# rpm: what is installed.

# As dnf and zypper show it: the epoch only where there is one.
RPM_VERSION='%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}'

# Of one that is there twice, since an upgrade was killed, the newer one.
rpm_installed_version() {
	! rpm -q --qf "$RPM_VERSION\n" "$1" >"$WORK/rpm" 2>/dev/null || sort -V "$WORK/rpm" | tail -n 1
}

# Those of the arguments that are installed, each with its version.
rpm_versions_of() { rpm -q --qf "%{NAME} $RPM_VERSION\n" "$@" 2>/dev/null | grep -v ' is not installed$' || true; }

# With keys, which rpm takes for packages: of these the version is a part of the name.
rpm_installed_packages() {
	rpm -qa --qf "%{NAME} %{VERSION} $RPM_VERSION\n" |
		sed 's/^\(gpg-pubkey\) \([^ ]*\) /\1-\2 /; t; s/^\([^ ]*\) [^ ]*/\1/' | sort
}

# Those of the arguments, names, that lack a file.
rpm_packages_without_files() {
	local name
	for name in "$@"; do
		! rpm -V --nodeps --noscripts --nofiledigest "$name" 2>/dev/null | grep -q '^missing' || printf '%s\n' "$name"
	done
}

rpm_missing_packages() { missing_by rpm_installed_version "$@"; }

rpm_packages_of_files() { owners_of_files rpm -qf --qf '%{NAME}\n'; }

rpm_files_of_packages() { rpm -q --qf '[%{=NAME}\t%{FILENAMES}\n]' "$@" 2>/dev/null | grep '	/' || true; }

rpm_configuration_files() { rpm -qc "$@" | grep '^/' || true; }

# True where a package has the file with these bytes. $1 the file.
rpm_is_shipped() { rpm -qf "$1" >/dev/null 2>&1 && ! rpm -Vf "$1" | grep -q "^..5.* $1\$"; }

# Installed packages and what they depend on, however far; and the keys. Arguments: names.
rpm_needed_packages() {
	rpm_package_relations >"$WORK/relations"
	needed_by_relations "$@"
	rpm_installed_packages | sed -n 's/^\(gpg-pubkey-[^ ]*\) .*/\1/p'
}
