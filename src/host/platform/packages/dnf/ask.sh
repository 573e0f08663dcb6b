# shellcheck shell=dash
# rpm: what is installed.

# As dnf shows it: the epoch only where there is one.
RPM_VERSION='%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}'

# Of one that is there twice, since an upgrade was killed, the newer one.
dnf_installed_version() {
	! rpm -q --qf "$RPM_VERSION\n" "$1" >"$WORK/rpm" 2>/dev/null || sort -V "$WORK/rpm" | tail -n 1
}

# Those of the arguments that are installed, each with its version.
dnf_versions_of() { rpm -q --qf "%{NAME} $RPM_VERSION\n" "$@" 2>/dev/null | grep -v ' is not installed$' || true; }

# With keys, which rpm takes for packages: of these the version is a part of the name.
dnf_installed_packages() {
	rpm -qa --qf "%{NAME} %{VERSION} $RPM_VERSION\n" |
		sed 's/^\(gpg-pubkey\) \([^ ]*\) /\1-\2 /; t; s/^\([^ ]*\) [^ ]*/\1/' | sort
}

# rpm keeps nothing of what is removed.
dnf_removed_packages() { :; }

# Those of the arguments (names, or name=version) that are not installed, each after a space. A version
# may be another package's, of the same release: its epoch does not count.
dnf_missing_packages() {
	local wanted version
	for wanted in "$@"; do
		version=$(dnf_installed_version "${wanted%%=*}")
		case $wanted in
		*=*) [ "${version#*:}" = "$(without_epoch "${wanted#*=}")" ] || printf ' %s' "$wanted" ;;
		*) [ -n "$version" ] || printf ' %s' "$wanted" ;;
		esac
	done
}

without_epoch() { printf '%s' "${1#*:}"; }

# As dnf understands it: name=version is name-version there. Arguments: names, or name=version.
dnf_specs() {
	local wanted
	for wanted in "$@"; do
		case $wanted in
		*=*) printf '%s-%s ' "${wanted%%=*}" "$(without_epoch "${wanted#*=}")" ;;
		*) printf '%s ' "$wanted" ;;
		esac
	done
}

# The packages of files on stdin, or of patterns for those of units: each with a tab and the file.
dnf_packages_of_files() {
	local file
	while read -r file; do
		case $file in
		'*/'*) file=/usr/${file#??} ;;
		esac
		! rpm -qf --qf '%{NAME}\n' "$file" >"$WORK/rpm" 2>/dev/null || sed "s|\$|	$file|" "$WORK/rpm"
	done
}

dnf_configuration_files() { rpm -qc "$@" | grep '^/' || true; }

# True where a package has the file with these bytes. $1 the file.
dnf_is_shipped() { rpm -qf "$1" >/dev/null 2>&1 && ! rpm -Vf "$1" | grep -q "^..5.* $1\$"; }

# rpm keeps an edited one beside its place when it removes the package.
dnf_has_edited_configuration() { false; }

# dnf refreshes its lists by itself.
dnf_lists_outdated() { false; }

# Installed packages and what they depend on, however far; and the keys. Arguments: names.
dnf_needed_packages() {
	dnf_package_relations >"$WORK/relations"
	printf '%s\n' "$@" | awk -F '\t' '
		FILENAME == "-" { needed[$0]; next }
		{ count[$2] = split($5, clause, ", "); for (i in clause) clauses[$2, i] = clause[i] }
		END {
			for (again = 1; again;) {
				again = 0
				for (name in count) if (name in needed)
					for (i = 1; i <= count[name]; i++) {
						n = split(clauses[name, i], one, " [|] ")
						while (n > 0) if (!(one[n] in needed)) { needed[one[n]]; again = 1 } else n--
					}
			}
			for (name in needed) print name
		}' "$WORK/relations" -
	dnf_installed_packages | sed -n 's/^\(gpg-pubkey-[^ ]*\) .*/\1/p'
}

# Versions of a package in the package lists, the newest first. $1 the package.
dnf_available_versions() {
	run_dnf -q repoquery --showduplicates --qf '%{evr}\n' "$1" || true
	grep -xE '[0-9][^ ]*' "$WORK/dnf.log" | sed 's/^0://' | sort -rV -u
}

# rpm knows no such thing.
dnf_mode_override() { :; }

dnf_mode_override_program() { :; }

dnf_mode_override_removal() { :; }
