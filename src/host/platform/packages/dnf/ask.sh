# shellcheck shell=dash
# dnf: what there is.

# Versions of a package in the package lists, the newest first. $1 the package.
dnf_available_versions() {
	run_dnf -q repoquery --showduplicates --qf '%{evr}\n' "$1" || true
	grep -xE '[0-9][^ ]*' "$WORK/manager.log" | sed 's/^0://' | sort -rV -u
}

# Where dnf itself notes what it has done, for people.
dnf_packages_log() { printf "'dnf history'"; }
