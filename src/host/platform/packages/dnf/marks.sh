# shellcheck shell=dash
# dnf: who has asked for a package, by the reason that it keeps for each.

# "manual NAME" where somebody has asked for it, or rpm alone knows it; else "auto NAME".
dnf_all_marks() {
	run_dnf -q -C --disablerepo='*' repoquery --installed --qf '%{name} %{reason}\n' || true
	awk 'NF > 1 { print (tolower($2) ~ /^(dependency|weak|group)/ ? "auto " : "manual ") $1 }' "$WORK/manager.log"
}

# $1 auto or manual, then packages. dnf 4 calls these marks remove and install.
dnf_mark_as() {
	local mark=$1
	shift
	case $mark in
	auto) if is_dnf_5; then mark=dependency; else mark=remove; fi ;;
	manual) if is_dnf_5; then mark=user; else mark=install; fi ;;
	esac
	mark_packages_as "$mark" "$@"
}

# As of a group of packages: dnf removes these no more than what somebody has asked for, and it is another
# mark than that. Arguments: packages.
dnf_mark_as_ours() {
	if is_dnf_5; then
		mark_packages_as "group rootless-docker" "$@"
	else
		mark_packages_as group "$@"
	fi
}

# $1 the mark, as dnf's command has it, then packages. Keys have none.
mark_packages_as() {
	local mark=$1 name names=''
	shift
	for name in "$@"; do
		case $name in
		gpg-pubkey-*) ;;
		*) names="$names $name" ;;
		esac
	done
	# shellcheck disable=SC2086 # words, and a list of package names
	[ -z "$names" ] || run_dnf mark $mark $names
}

is_dnf_5() { dnf --version 2>/dev/null | grep -q '^dnf5 '; }
