# shellcheck shell=dash
# dnf: who has asked for a package, by the reason that it keeps for each.

# "manual NAME" where somebody has asked for it, or rpm alone knows it; else "auto NAME".
dnf_all_marks() {
	run_dnf -q -C --disablerepo='*' repoquery --installed --qf '%{name} %{reason}\n' || true
	awk 'NF > 1 { print (tolower($2) ~ /^(dependency|weak|group)/ ? "auto " : "manual ") $1 }' "$WORK/dnf.log"
}

# $1 auto or manual, then packages. dnf 4 calls these marks remove and install.
dnf_mark_as() {
	local mark=$1
	shift
	case $mark in
	auto) mark_reason dependency remove "$@" ;;
	manual) mark_reason user install "$@" ;;
	esac
}

# As of a group of packages: dnf removes these no more than what somebody has asked for, and it is another
# mark than that. Arguments: packages.
dnf_mark_as_ours() {
	if is_dnf_5; then
		run_dnf mark group rootless-docker "$@"
	else
		run_dnf mark group "$@"
	fi
}

# $1 the reason as dnf 5 calls it, $2 as dnf 4 does, then packages. Keys have none.
mark_reason() {
	local reason=$1
	is_dnf_5 || reason=$2
	shift 2
	run_dnf mark "$reason" "$@"
}

is_dnf_5() { dnf --version 2>/dev/null | grep -q '^dnf5 '; }

# dnf's record is a database, which a power cut does not empty.
dnf_mend_marks() { :; }
