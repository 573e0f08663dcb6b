# The settings that user namespaces and unprivileged containers need, and ports below 1024.

have_kernel_settings() {
	local file
	for file in "$DOC"/text/modprobe.d/*; do
		[ ! -e "$file" ] || want_module_option "${file##*/}" "$(doc "modprobe.d/${file##*/}")"
	done
	load_module_options
	want_sysctls
	[ "$(doc apparmor-profile)" = none ] ||
		want_profile_if_needed "$(rootlesskit_to_allow "$(doc apparmor-profile)")"
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
