# shellcheck shell=dash
# kernel: the settings that user namespaces and unprivileged containers need.

kernel_apply() {
	local file key value
	for file in "$DOC"/text/kernel.* "$DOC"/text/user.* "$DOC"/text/net.*; do
		[ -e "$file" ] || continue
		key=${file##*/}
		value=$(cat "$file")
		case $value in
		'>= '*) want_sysctl_at_least "$key" "${value#>= }" ;;
		*) if needed_here "$key"; then want_sysctl "$key" "$value"; fi ;;
		esac
	done
	ping_limitation
}

# Debian's own switch exists on its kernels only; where it is absent, nothing has to be allowed.
needed_here() { [ "$1" != kernel.unprivileged_userns_clone ] || [ -e "$(sysctl_path "$1")" ]; }

# A larger value of the host's own stays.
want_sysctl_at_least() {
	[ -e "$(sysctl_path "$1")" ] || return 0
	if [ ! -d "$(thing_directory sysctl "$1")" ] && [ "$(sysctl_value "$1")" -ge "$2" ]; then return 0; fi
	want_sysctl "$1" "$2"
}

ping_limitation() {
	local range first last
	range=$(sysctl_value net.ipv4.ping_group_range)
	first=${range% *}
	last=${range#* }
	if [ "$first" = 0 ] && [ "$last" -ge 2147483647 ]; then
		limitation ping available "net.ipv4.ping_group_range is '$range'" ""
	elif [ "$first" -gt "$last" ]; then
		limitation ping unavailable "net.ipv4.ping_group_range is '$range': no group may ping" "set unprivilegedPing.enabled"
	else
		limitation ping limited "net.ipv4.ping_group_range is '$range': only these groups may ping" "set unprivilegedPing.groups to '0 2147483647'"
	fi
}
