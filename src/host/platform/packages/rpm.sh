# rpm: what dnf and zypper have in common.

# The epoch only where there is one, as dnf and zypper show it. A killed upgrade leaves two
# versions, the newer one last.
rpm_installed() {
	rpm -q --qf '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n' "$@" 2>/dev/null |
		grep -v ' is not installed$' | sort -V || true
}

# Packages of ours that need them go, too; rpm leaves what something else needs. Arguments: names.
# root packages: rpm -e of packages that came with the installation.
rpm_remove() {
	local more
	! run_manager rpm -e "$@" || return 0
	more=$(sed -n 's/.* is needed by (installed) \(.*\)-[^-]*-[^-]*$/\1/p' "$WORK/manager.log" |
		grep -xFf "$WORK/ours" | sort -u)
	[ -n "$more" ] || grep -q ' is needed by ' "$WORK/manager.log" || return 1
	# shellcheck disable=SC2086 # names of packages have no blanks
	[ -z "$more" ] || rpm_remove "$@" $more
}
