# shellcheck shell=dash
# rpm: what dnf and zypper have in common.

# The epoch only where there is one, as dnf and zypper show it. Of two versions, which a killed upgrade
# leaves, the newer one is last.
rpm_installed() {
	rpm -q --qf '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n' "$@" 2>/dev/null |
		grep -v ' is not installed$' | sort -V || true
}

# Kind rpmkey: a key that rpm trusts. Its name is the first line of its text, which begins with the
# numbers of the key itself, but for four characters that rpm may write anew.

# What identifies the key in a text. $1 the file.
rpm_key_name() { awk 'text { print substr($0, 5); exit } /^$/ { text = 1 }' "$1"; }

# The packages as which rpm has it. $1 the key's name.
rpm_key_packages() {
	rpm -q gpg-pubkey --qf '%{NAME}-%{VERSION}-%{RELEASE}\n%{DESCRIPTION}\n' 2>/dev/null |
		awk -v key="$1" '/^gpg-pubkey-/ { name = $0 } substr($0, 5) == key { print name }'
}

rpmkey_state() { if [ -n "$(rpm_key_packages "$1")" ]; then echo trusted; else echo absent; fi; }

# $1 the key's name, $2 the value, $3 the file with its text.
rpmkey_set() {
	if [ "$2" = absent ]; then
		# shellcheck disable=SC2046 # names of packages
		rpm -e --allmatches $(rpm_key_packages "$1") 2>"$WORK/error"
	else
		rpm --import "$3" 2>"$WORK/error"
	fi || fail "rpm" "that it does not take this change of a key: $(tail -n 1 "$WORK/error")" \
		"the key of Docker's packages $2" "fix what rpm says, then run again"
}

rpmkey_label() { printf "the key of Docker's packages in rpm"; }
