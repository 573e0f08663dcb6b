# The settings that user namespaces and unprivileged containers need, and ports below 1024.

ensure_kernel_settings() {
	local file
	for file in "$DOC"/text/modprobe.d/*; do
		[ -e "$file" ] || continue
		want_module_option "${file##*/}" "$(doc "modprobe.d/${file##*/}")"
	done
	load_module_options
	want_sysctls
	if [ "$(doc apparmor-profile)" != none ]; then
		want_profile_if_needed "$(rootlesskit_to_allow "$(doc apparmor-profile)")"
	fi
	if has rootlesskit.capability; then
		ensure_capability "$(rootlesskit_program)" "$(doc rootlesskit.capability)"
	fi
}

want_sysctls() {
	local file key value
	for file in "$DOC"/text/sysctl.d/*; do
		key=${file##*/}
		value=$(doc "sysctl.d/$key")
		case $key/$value in
		*/'>= '*) want_sysctl_at_least "$key" "${value#>= }" ;;
		# Debian's own switch exists on its kernels only.
		kernel.unprivileged_userns_clone/*)
			if [ -e "$(sysctl_path "$key")" ]; then want_sysctl "$key" "$value"; fi
			;;
		*) want_sysctl "$key" "$value" ;;
		esac
	done
}
