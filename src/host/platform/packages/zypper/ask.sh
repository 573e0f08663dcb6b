# shellcheck shell=dash
# zypper: what there is.

# Versions of a package in the package lists, the newest first. $1 the package.
zypper_available_versions() {
	run_zypper --xmlout search -s --match-exact -t package "$1" || true
	sed -n '/repository="(System/d; s/^<solvable .* edition="\([^"]*\)".*/\1/p' "$WORK/manager.log" | sort -rV -u
}

# Where zypper itself notes what it has done, for people.
zypper_packages_log() { printf /var/log/zypp/history; }
