# kernel: the settings that user namespaces and unprivileged containers need, and ports below 1024.

kernel_apply() {
	want_module_options
	settle
	load_module_options
	want_sysctls
	want_profile
	if has rootlesskit.capability; then want_rootlesskit_capability; fi
}

kernel_facts() { port_and_ping_facts; }

want_module_options() {
	local file
	for file in "$DOC"/text/modprobe.d/*; do
		[ ! -e "$file" ] || want_module_option "${file##*/}" "$(cat "$file")"
	done
}

# Every key with a dot is a kernel setting, but for the capability.
want_sysctls() {
	local file key value
	for file in "$DOC"/text/*.*; do
		key=${file##*/}
		if [ ! -f "$file" ] || [ "$key" = rootlesskit.capability ]; then continue; fi
		value=$(cat "$file")
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

want_profile() {
	local rootlesskit
	if [ "$(doc apparmor-profile)" = none ] || ! is_userns_restricted; then return 0; fi
	rootlesskit=$(rootlesskit_to_allow "$(doc apparmor-profile)")
	has_profile_of_host "$rootlesskit" || want_apparmor_profile "$rootlesskit"
}

want_rootlesskit_capability() {
	local rootlesskit
	rootlesskit=$(rootlesskit_program)
	[ -e "$rootlesskit" ] || fail "$rootlesskit" "no such file" "the program of the step engine" \
		"give recheck a new value, with which every step runs"
	engine_program_problems
	stop_on_problems
	want_capability "$rootlesskit" "$(doc rootlesskit.capability)"
}
