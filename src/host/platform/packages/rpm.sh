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
	if run_manager rpm -e "$@"; then return 0; fi
	more=$(sed -n 's/.* is needed by (installed) \(.*\)-[^-]*-[^-]*$/\1/p' "$WORK/manager.log" |
		grep -xFf "$WORK/ours" | sort -u)
	if [ -z "$more" ]; then
		grep -q ' is needed by ' "$WORK/manager.log" || return 1
		return 0
	fi
	# shellcheck disable=SC2086 # names of packages have no blanks
	rpm_remove "$@" $more
}
