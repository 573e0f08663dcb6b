# shellcheck shell=dash
# AppArmor: where the kernel lets only confined programs make user namespaces, rootlesskit gets a profile
# that confines nothing and allows that.

RESTRICTION=kernel.apparmor_restrict_unprivileged_userns

# As AppArmor's own profiles for programs of this kind (abi 4.0 is the first with the rule userns).
apparmor_profile() {
	cat <<PROFILE
abi <abi/4.0>,
include <tunables/global>

profile $(profile_name "$1") $1 flags=(unconfined) {
  userns,
}
PROFILE
}

# $1 the program, or a pattern of such.
profile_name() { printf 'rootless-docker%s' "$(printf '%s' "$1" | tr / . | tr -d '*')"; }

# What rootlesskit the daemon is started with: of archives that of any version, each in a directory of root's. $1
# archives, or anything else.
rootlesskit_to_allow() {
	if [ "$1" = archives ]; then
		printf '%s/docker-*/rootlesskit' "$ENGINES"
	else
		command -v rootlesskit || echo /usr/bin/rootlesskit
	fi
}

profile_loaded() { grep -q "^$(profile_name "$1") " /sys/kernel/security/apparmor/profiles 2>/dev/null; }

# Ubuntu brings one for /usr/bin/rootlesskit. $1 the program, $2 this package's own file.
profile_of_the_host() {
	local profile
	for profile in /etc/apparmor.d/*; do
		if [ ! -f "$profile" ] || [ "$profile" = "$2" ] || [ -e "/etc/apparmor.d/disable/${profile##*/}" ]; then continue; fi
		! grep -v '^ *#' "$profile" | grep -F '{' | tr '" ' '\n' | grep -qxF -- "$1" || return 0
	done
	return 1
}

apparmorprofile_save() { :; }

apparmorprofile_check() {
	grep -q "^${1##*/} " /sys/kernel/security/apparmor/profiles 2>/dev/null || echo 'not loaded'
}

# It is what its file says.
apparmorprofile_now() { ! has_drifted file "$(resource_directory file "$1")" || printf 'edited\n'; }

apparmorprofile_restore() {
	[ -e "$1" ] || return 0
	apparmor_parser --remove "$1" 2>"$WORK/error" || return 0
	changed "AppArmor profile $1 unloaded"
}
