# The settings that user namespaces and unprivileged containers need, and ports below 1024.

have_kernel_settings() {
	local file rootlesskit
	for file in "$DOC"/text/modprobe.d/*; do
		[ ! -e "$file" ] || want_module_option "${file##*/}" "$(doc "modprobe.d/${file##*/}")"
	done
	load_module_options
	want_sysctls
	if [ "$(doc apparmor-profile)" != none ] && is_userns_restricted; then
		rootlesskit=$(rootlesskit_to_allow "$(doc apparmor-profile)")
		has_profile_of_host "$rootlesskit" || want_apparmor_profile "$rootlesskit"
	fi
	! has rootlesskit.capability ||
		want_capability "$(rootlesskit_program)" "$(doc rootlesskit.capability)"
}

want_sysctls() {
	local file
	for file in "$DOC"/text/sysctl.d/*; do
		set -- "${file##*/}" "$(doc "sysctl.d/${file##*/}")"
		case $1/$2 in
		*/'>= '*) want_sysctl_at_least "$1" "${2#>= }" ;;
		# Debian's own switch exists on its kernels only.
		kernel.unprivileged_userns_clone/*) [ ! -e "$(sysctl_path "$1")" ] || want_sysctl "$@" ;;
		*) want_sysctl "$@" ;;
		esac
	done
}
