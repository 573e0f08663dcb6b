# shellcheck shell=dash
# What the daemon says of itself.

docker_info_facts() {
	local info driver version controllers
	info=$(docker_of_account info --format '{{.Driver}}|{{.CgroupVersion}}|{{.CgroupDriver}}|{{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}')
	controllers=$(delegated_controllers | tr ' ' ,)
	driver=$(word_of_account "${info%%|*}")
	fact storageDriver "$driver"
	info=${info#*|}
	version=$(word_of_account "${info%%|*}")
	fact cgroup.version "$version"
	info=${info#*|}
	fact cgroup.driver "$(word_of_account "${info%%|*}")"
	fact cgroup.controllers "$controllers"
	network_facts "$(main_process)"
	case "${info#*|}, v$version" in
	*', v1') limitation cgroups unavailable "docker info: control groups v1 with driver $(word_of_account "${info%%|*}"): no limit works" "boot with control groups v2: put systemd.unified_cgroup_hierarchy=1 on the kernel's command line, in place of what chooses v1 there" ;;
	'true true true, '*) limitation cgroups available "docker info: limits of memory, cpu and pids work; controllers delegated: $controllers" "" ;;
	'false false false, '*) limitation cgroups unavailable "docker info: no limit works; controllers delegated: ${controllers:-none}" "$(controllers_fix)" ;;
	*) limitation cgroups limited "docker info: MemoryLimit CPUCfsQuota PidsLimit are $(words_of_account "${info#*|}"); controllers delegated: ${controllers:-none}" "$(controllers_fix)" ;;
	esac
	storage_driver_limitation "$driver"
}
