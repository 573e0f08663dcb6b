# kernel: the settings that user namespaces and unprivileged containers need, and ports below 1024.

kernel_apply() {
	local file option rootlesskit
	for file in "$DOC"/text/modprobe.d/*; do
		option=${file##*/}
		[ ! -e "$file" ] || want_module_option "$option" "$(doc "modprobe.d/$option")"
	done
	settle
	load_module_options
	want_sysctls
	if [ "$(doc apparmor-profile)" != none ] && is_userns_restricted; then
		rootlesskit=$(rootlesskit_to_allow "$(doc apparmor-profile)")
		has_profile_of_host "$rootlesskit" || want_apparmor_profile "$rootlesskit"
	fi
	! has rootlesskit.capability ||
		want_capability "$(rootlesskit_program)" "$(doc rootlesskit.capability)"
}

# Every key with a dot is a kernel setting, but for the capability.
want_sysctls() {
	local file key value
	for file in "$DOC"/text/*.*; do
		key=${file##*/}
		if [ ! -f "$file" ] || [ "$key" = rootlesskit.capability ]; then continue; fi
		value=$(doc "$key")
		case $key/$value in
		*/'>= '*) want_sysctl_at_least "$key" "${value#>= }" ;;
		# Debian's own switch exists on its kernels only.
		kernel.unprivileged_userns_clone/*)
			[ ! -e "$(sysctl_path "$key")" ] || want_sysctl "$key" "$value"
			;;
		*) want_sysctl "$key" "$value" ;;
		esac
	done
}
