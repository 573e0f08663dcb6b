# The settings that user namespaces and unprivileged containers need, and ports below 1024.

ensure_kernel_settings() {
	local file
	for file in "$DOC"/text/modprobe.d/*; do
		[ -e "$file" ] || continue
		want_module_option "${file##*/}" "$(doc "modprobe.d/${file##*/}")"
	done
	load_module_options
	ensure_legacy_modules
	want_sysctls
	if [ "$(doc apparmor-profile)" != none ]; then
		want_profile_if_needed "$(rootlesskit_to_allow "$(doc apparmor-profile)")"
	fi
	if has rootlesskit.capability; then
		ensure_capability "$(rootlesskit_program)" "$(doc rootlesskit.capability)"
	fi
}

# Root loads what iptables-legacy needs now and, by a file, at each boot. A module stays loaded until
# then, even if the file goes.
# root kernel: modprobe of ip_tables and its kin. Only with iptables-legacy; a file in /etc/modules-load.d does the same at each boot.
ensure_legacy_modules() {
	local missing
	wanted_legacy_modules >"$WORK/modules"
	[ -s "$WORK/modules" ] || return 0
	sed '1i # Managed by rootless-docker (Pulumi).' "$WORK/modules" >"$WORK/modules.conf"
	want_file "$LEGACY_MODULES_FILE" 644 "$WORK/modules.conf"
	# shellcheck disable=SC2046 # names of modules
	missing=$(modules_not_loaded $(cat "$WORK/modules"))
	[ -n "$missing" ] || return 0
	settle
	# shellcheck disable=SC2086 # names of modules
	modprobe -a $missing 2>"$WORK/error" || fail "kernel modules$missing" \
		"modprobe cannot load them ($(tail -n 1 "$WORK/error")), and iptables requires them" '' \
		"fix what modprobe reports, or choose iptables-nft"
	changed "kernel modules loaded:$missing"
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
