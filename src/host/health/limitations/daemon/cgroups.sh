# shellcheck shell=dash
# Limits of memory, processors and processes.

cgroups_limitation() {
	local limits version controllers driver
	limits=$(docker_info Limits)
	version=$(word_of_account "$(docker_info CgroupVersion)")
	controllers=$(delegated_controllers | tr ' ' ,)
	case "$limits, v$version" in
	*', v1')
		driver=$(word_of_account "$(docker_info CgroupDriver)")
		limitation cgroups unavailable \
			"docker info: control groups v1 with driver $driver: no limit works" \
			"boot with control groups v2: put systemd.unified_cgroup_hierarchy=1 on the kernel's command line, in place of what chooses v1 there"
		;;
	'true true true, '*)
		limitation cgroups available \
			"docker info: limits of memory, cpu and pids work; controllers delegated: $controllers" \
			""
		;;
	'false false false, '*)
		limitation cgroups unavailable \
			"docker info: no limit works; controllers delegated: ${controllers:-none}" \
			"$(controllers_fix)"
		;;
	*)
		limitation cgroups limited \
			"docker info: MemoryLimit CPUCfsQuota PidsLimit are $(words_of_account "$limits"); controllers delegated: ${controllers:-none}" \
			"$(controllers_fix)"
		;;
	esac
}
