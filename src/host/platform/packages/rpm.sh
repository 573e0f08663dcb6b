# rpm: what dnf and zypper have in common.

# The epoch only where there is one, as dnf and zypper show it. Of two versions, which a killed
# upgrade leaves, the newer one is last.
rpm_installed() {
	rpm -q --qf '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n' "$@" 2>/dev/null |
		grep -v ' is not installed$' | sort -V || true
}

# What something else depends on, rpm leaves. $1 remove, then names.
rpm_remove() {
	shift
	run_manager rpm -e "$@" || grep -q ' is needed by ' "$WORK/manager.log"
}
