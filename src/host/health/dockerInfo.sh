# shellcheck shell=dash
# What the daemon says of itself, and what the kernel shows of it.

# What docker info says, asked once a run: a line for each of these.
DOCKER_INFO='Driver={{.Driver}}
CgroupVersion={{.CgroupVersion}}
CgroupDriver={{.CgroupDriver}}
Limits={{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}
SecurityOptions={{.SecurityOptions}}
ServerVersion={{.ServerVersion}}
ExperimentalBuild={{.ExperimentalBuild}}
LoggingDriver={{.LoggingDriver}}
LogDrivers={{.Plugins.Log}}'

# $1 one of these names.
docker_info() {
	[ -s "$WORK/docker-info" ] || docker_of_account info --format "$DOCKER_INFO" >"$WORK/docker-info"
	sed -n "s/^$1=//p" "$WORK/docker-info"
}

docker_info_facts() {
	fact storageDriver "$(word_of_account "$(docker_info Driver)")"
	fact cgroup.version "$(word_of_account "$(docker_info CgroupVersion)")"
	fact cgroup.driver "$(word_of_account "$(docker_info CgroupDriver)")"
	fact cgroup.controllers "$(delegated_controllers | tr ' ' ,)"
	network_facts "$(main_process)"
}

# The account's dockerd: the nearest one below RootlessKit, the service's main process. By name and
# user alone it might be one that runs in a container.
daemon_process() {
	[ -s "$WORK/daemon-process" ] || find_daemon_process >"$WORK/daemon-process"
	cat "$WORK/daemon-process"
}

find_daemon_process() {
	local level below process
	level=$(main_process)
	while [ -n "$level" ]; do
		below=
		for process in $level; do
			if [ "$(cat "/proc/$process/comm" 2>/dev/null)" = dockerd ]; then
				printf '%s\n' "$process"
				return 0
			fi
			below="$below$(cat "/proc/$process/task"/*/children 2>/dev/null || true)"
		done
		level=$below
	done
}

# What the account's RootlessKit was started with, an argument a line.
rootlesskit_arguments() {
	[ -s "$WORK/rootlesskit-arguments" ] ||
		timeout 20 head -c 65536 "/proc/$(main_process)/cmdline" | tr '\0' '\n' >"$WORK/rootlesskit-arguments"
	cat "$WORK/rootlesskit-arguments"
}

# The value of one: of several the last, as RootlessKit takes it. $1 its name.
rootlesskit_argument() { rootlesskit_arguments | sed -n "s/^--$1=//p" | tail -n 1; }

# True where one that needs no value is set. $1 its name.
rootlesskit_has() { rootlesskit_arguments | grep -xE -- "--$1(=.*)?" | tail -n 1 | grep -qxE -- "--$1(=true)?"; }

daemon_network() { readlink "/proc/$(daemon_process)/ns/net"; }

# RootlessKit's --detach-netns: the daemon stays in the machine's network, where it may change
# nothing, and the containers' bridges are in a network namespace that no process of its own lives
# in.
daemon_is_detached() { [ "$(daemon_network)" = "$(readlink /proc/1/ns/net)" ]; }

# Of its user namespace: ids inside, outside, how many; a comma between the ranges.
daemon_id_map() { tr -s ' ' <"/proc/$(daemon_process)/uid_map" | sed 's/^ //' | paste -s -d ,; }
