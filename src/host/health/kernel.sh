# shellcheck shell=dash
# What the kernel lets an ordinary account do. The step fixes the first two; the doctor says what they are.

kernel_checks() {
	user_namespace_checks
	key_quota_checks
}

user_namespace_checks() {
	local switch=kernel.unprivileged_userns_clone most=user.max_user_namespaces value
	local fix="set it with 'sysctl -w $most=28633' and in /etc/sysctl.d"
	value=$(cat "$(sysctl_path "$switch")" 2>/dev/null || true)
	case $value in
	'') ;;
	0) problem "$switch" 0 1 "set it with 'sysctl -w $switch=1' and in /etc/sysctl.d" \
		"rootlesskit ends with 'fork/exec /proc/self/exe: operation not permitted' otherwise" ;;
	*) fine "$switch" "$value" ;;
	esac
	value=$(cat "$(sysctl_path "$most")" 2>/dev/null || true)
	if [ -z "$value" ]; then
		return 0
	elif at_least "$value" 1024; then
		fine "$most" "$value"
	elif [ "$value" != 0 ]; then
		# Asked for by sysctls, perhaps, and enough for what runs.
		finding limited "$most" "$value" "1024 at least" "$fix" \
			"no more can be made where they are used up"
	else
		problem "$most" "$value" "1024 at least" "$fix" \
			"rootlesskit ends with 'fork/exec /proc/self/exe: no space left on device' where they are used up"
	fi
}

# Each container that runs holds a key of the account (its session keyring). keys(7),
# /proc/key-users: uid, usage, and used/allowed of keys and of bytes.
key_quota_checks() {
	local used keys bytes
	used=$(awk -v uid="${ACCOUNT_UID:--}:" '$1 == uid { sub("/.*", "", $4); sub("/.*", "", $5); print $4, $5 }' /proc/key-users 2>/dev/null || true)
	[ -n "$used" ] || used='0 0'
	keys=$(sysctl_wanted_or_here kernel.keys.maxkeys)
	bytes=$(sysctl_wanted_or_here kernel.keys.maxbytes)
	if [ -z "$keys" ] || [ -z "$bytes" ]; then return 0; fi
	key_quota_check kernel.keys.maxkeys "$keys" "${used% *}" 1 20000
	key_quota_check kernel.keys.maxbytes "$bytes" "${used#* }" 100 2000000
}

# Where containers run, few that are left are no reason for an up to fail. $1 key, $2 value, $3 how
# much of it is used, $4 what a container takes, $5 a value that will do.
key_quota_check() {
	local found="$2, of which $3 used by account ${ACCOUNT:-nobody yet}" wanted="room for the keys of 20 containers more"
	local fix="set sysctls to { \"$1\": \"$5\" }" why="containers do not start without: 'unable to create session key: disk quota exceeded'"
	if [ "$2" -lt "$((20 * $4))" ] || [ "$(($2 - $3))" -lt "$((2 * $4))" ]; then
		problem "$1" "$found" "$wanted" "$fix" "$why"
	elif [ "$(($2 - $3))" -lt "$((20 * $4))" ]; then
		finding limited "$1" "$found" "$wanted" "$fix" "$why"
	else
		fine "$1" "$found"
	fi
}

# The value that the document wants, or the kernel's own. $1 key.
sysctl_wanted_or_here() {
	if has "$1"; then doc "$1"; else cat "$(sysctl_path "$1")" 2>/dev/null || true; fi
}

# preflight: without a profile where the kernel asks for one, and with the option that would bring
# it off.
apparmor_choice_problems() {
	local rootlesskit
	if [ "$(doc apparmor-profile)" != none ] || [ "$(cat "$(sysctl_path "$RESTRICTION")" 2>/dev/null)" != 1 ]; then return 0; fi
	rootlesskit=$(rootlesskit_to_allow "$([ "$(doc source)" != static-archive ] || echo archives)")
	profile_of_the_host "$rootlesskit" '' ||
		problem appArmorProfile \
			"None, $RESTRICTION at 1, and no profile in /etc/apparmor.d for $rootlesskit" \
			"a profile that lets rootlesskit make user namespaces" \
			"leave appArmorProfile out, which brings one" \
			"rootlesskit ends with 'fork/exec /proc/self/exe: permission denied' otherwise"
}

# Numbers may be of any text here: what is none is not enough.
at_least() {
	case $1 in
	'' | *[!0-9]*) return 1 ;;
	esac
	[ "$1" -ge "$2" ]
}
