# Kind apparmor: a profile in the kernel. Where only confined programs may make user namespaces, as
# on Ubuntu since 24.04, rootlesskit gets one that confines nothing and allows that.

RESTRICTION=kernel.apparmor_restrict_unprivileged_userns

is_userns_restricted() { [ "$(sysctl_state "$RESTRICTION")" = 1 ]; }

# $1 the profile's file, which has its name.
apparmor_state() {
	if grep -qs "^${1##*/} " /sys/kernel/security/apparmor/profiles; then
		echo loaded
	else
		echo absent
	fi
}

apparmor_label() { printf 'AppArmor profile %s' "${1##*/}"; }

# $1 the profile's file, $2 loaded or absent.
apparmor_set() {
	case $2 in
	absent) unload_profile "$1" ;;
	*) load_profile "$1" ;;
	esac
}

# Unloading reads the file: it is wanted before this, and so restored after it. $1 the file.
# root kernel: apparmor_parser --remove of this package's profile.
unload_profile() {
	if ! apparmor_parser --remove "$1" 2>"$WORK/error"; then
		say "$1 is still loaded: $(tail -n 1 "$WORK/error")"
		STAYS_AS_IT_IS=yes
	fi
}

# $1 the file.
# root kernel: apparmor_parser --replace of this package's profile.
load_profile() {
	apparmor_parser --replace --skip-cache "$1" 2>"$WORK/error" ||
		fail "$1" "apparmor_parser cannot load it ($(tail -n 1 "$WORK/error")), and this kernel \
requires the profile, because it has $RESTRICTION" '' \
			"install the package apparmor, or set $RESTRICTION to 0 in kernel.sysctls"
}

# Prints the program that starts the daemon; of archives a pattern for all versions. $1 archives or
# not.
rootlesskit_to_allow() {
	if [ "$1" = archives ]; then
		printf '%s/docker-*/rootlesskit' "$ENGINES"
	else
		command -v rootlesskit || echo /usr/bin/rootlesskit
	fi
}

# Prints this program's file for it. $1 the program.
profile_file() {
	printf '/etc/apparmor.d/rootless-docker%s' "$(printf '%s' "$1" | tr / . | tr -d '*')"
}

# Wants a profile if the kernel asks for one, and the host has none of its own. $1 the program, $2 what
# may follow in names of other builds of it, or nothing.
want_profile_if_needed() {
	if ! is_userns_restricted || has_profile_of_host "$1"; then return 0; fi
	want_apparmor_profile "$1" "${2-}"
}

# True if the host has its own profile, as Ubuntu for /usr/bin/rootlesskit. $1 the program.
has_profile_of_host() {
	local profile own
	own=$(profile_file "$1")
	# shellcheck disable=SC2013 # paths without blanks
	for profile in $(grep -slE -- "^[^#]*[\" ]$1[\" {].*\{" /etc/apparmor.d/*); do
		[ "$profile" != "$own" ] || continue
		if [ ! -e "/etc/apparmor.d/disable/${profile##*/}" ]; then return 0; fi
	done
	return 1
}

# As AppArmor's own profiles for programs of this kind; abi 4.0 is the first with the rule userns.
# Arguments as above.
want_apparmor_profile() {
	local file
	file=$(profile_file "$1")
	cat >"$WORK/profile" <<-PROFILE
		abi <abi/4.0>,
		include <tunables/global>

		profile ${file##*/} $1${2-} flags=(unconfined) {
		  userns,
		}
	PROFILE
	want_file "$file" 644 "$WORK/profile"
	want apparmor "$file" loaded
}
