# shellcheck shell=dash
# Who may ping from a container.

ping_limitation() {
	local range first last
	range=$(sysctl_value net.ipv4.ping_group_range)
	first=${range% *}
	last=${range#* }
	if [ "$first" = 0 ] && [ "$last" -ge 2147483647 ]; then
		limitation ping available "net.ipv4.ping_group_range is '$range'" ""
	elif [ "$first" -gt "$last" ]; then
		limitation ping unavailable "net.ipv4.ping_group_range is '$range': no group may ping" \
			"set unprivilegedPing.enabled"
	else
		limitation ping limited \
			"net.ipv4.ping_group_range is '$range': only these groups may ping" \
			"set unprivilegedPing.groups to '0 2147483647'"
	fi
}
