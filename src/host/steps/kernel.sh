# shellcheck shell=dash
# kernel: the settings that user namespaces and unprivileged containers need.

want_apparmor_profile() {
	local rootlesskit file fresh=''
	[ "$(doc apparmor-profile)" != none ] || return 0
	[ "$(cat "$(sysctl_path "$RESTRICTION")" 2>/dev/null)" = 1 ] || return 0
	rootlesskit=$(rootlesskit_to_allow "$(doc apparmor-profile)")
	file=/etc/apparmor.d/$(profile_name "$rootlesskit")
	! profile_of_the_host "$rootlesskit" "$file" || return 0
	apparmor_profile "$rootlesskit" >"$WORK/profile"
	cmp -s "$WORK/profile" "$file" || fresh=yes
	# Unloading reads the file: claimed after it, and so restored before it.
	want_file "$file" 644 "$WORK/profile"
	want apparmorprofile "$file" loaded
	if [ -z "$fresh" ] && profile_loaded "$rootlesskit"; then return 0; fi
	apparmor_parser --replace --skip-cache "$file" 2>"$WORK/error" ||
		fail "$file" "that apparmor_parser does not load it ($(tail -n 1 "$WORK/error"))" \
			"the profile in the kernel, which has $RESTRICTION" \
			"install the package apparmor, or set $RESTRICTION to 0 by sysctls"
	changed "AppArmor profile of $rootlesskit loaded"
}

want_module_options() {
	local file
	for file in "$DOC"/text/modprobe.d/*; do
		[ ! -e "$file" ] || want_module_option "${file##*/}" "$(cat "$file")"
	done
}

kernel_apply() {
	want_module_options
	want_sysctls
	want_apparmor_profile
}

want_sysctls() {
	local file key value
	for file in "$DOC"/text/*.*; do
		[ -f "$file" ] || continue
		key=${file##*/}
		value=$(cat "$file")
		case $value in
		'>= '*) want_sysctl_at_least "$key" "${value#>= }" ;;
		*) if needed_here "$key"; then want_sysctl "$key" "$value"; fi ;;
		esac
	done
}

# Debian's own switch exists on its kernels only; where it is absent, nothing has to be allowed.
needed_here() { [ "$1" != kernel.unprivileged_userns_clone ] || [ -e "$(sysctl_path "$1")" ]; }

# A larger value stays: the host's own (which comes back where nobody else has another one), or the
# one that another installation has asked for.
want_sysctl_at_least() {
	local baseline others
	[ -e "$(sysctl_path "$1")" ] || return 0
	baseline=$(resource_directory sysctl "$1")/baseline/value
	others=$(sysctl_of_another_owner "$1")
	if [ ! -e "$baseline" ]; then baseline=$(sysctl_path "$1"); fi
	if [ -n "$others" ] && ! at_least "$others" "$2"; then
		# The error that names both.
		want_sysctl "$1" "$2"
	elif ! at_least "$(cat "$baseline")" "$2"; then
		# Elsewhere nothing is claimed: it would keep the other one from changing its value.
		want_sysctl "$1" "${others:-$2}"
	fi
}

# The value that another owner's installation claims; empty where there is none.
sysctl_of_another_owner() {
	local claim other
	for claim in "$(resource_directory sysctl "$1")"/claims/*; do
		other=${claim##*/}
		other=${other%%.*}
		if [ ! -e "$claim" ] || ! stands_beside "$other"; then continue; fi
		tail -n +2 "$claim"
		return 0
	done
}
