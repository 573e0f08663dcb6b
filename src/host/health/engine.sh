# The engine's programs, and a Docker daemon that root runs.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

# Nobody but root may exchange a program that root runs, or give itself ids.
owner_of_files_problems() {
	local path
	paths_of_others $(engine_programs) /etc/subuid /etc/subgid >"$WORK/paths-of-others"
	while read -r path; do
		problem "$path" "another user can change it, or a directory that leads to it, and could \
become root that way" '' \
			"see 'namei -l $path', check its content, then make root the owner of it and of each directory that namei shows"
	done <"$WORK/paths-of-others"
}

# They need the setuid bit of root or a capability; without getcap nobody can tell.
id_map_problems() {
	local program
	command -v getcap >/dev/null || return 0
	for program in /usr/bin/newuidmap /usr/bin/newgidmap; do
		if [ ! -e "$program" ] || { [ -u "$program" ] && [ -O "$program" ]; }; then continue; fi
		case $(capability_state "$program") in *cap_set[ug]id*) continue ;; esac
		problem "$program" "it is not setuid root ($(stat -c 'mode %a of %U:%G' "$program"), no \
capability), so it cannot map the account's subordinate ids ('write to uid_map failed')" '' \
			"run 'chown root:root $program; chmod 4755 $program'"
	done
}

# The processes of each dockerd that a user of the machine runs, a line each. A container's is not the machine's: it
# has a process namespace of its own. Whoever starts a set-uid program keeps a real user of its own. $1 the uid.
dockerds_of() {
	local process name user here
	here=$(readlink "/proc/$$/ns/pid")
	for process in /proc/[0-9]*; do
		if ! read -r name <"$process/comm" || [ "$name" != dockerd ]; then continue; fi
		[ "$(readlink "$process/ns/pid")" = "$here" ] || continue
		while read -r name user _ && [ "$name" != Uid: ]; do :; done <"$process/status" || continue
		if [ "$user" = "$1" ]; then printf '%s\n' "${process#/proc/}"; fi
	done 2>/dev/null
}

# The unit of the system's manager that runs a process, or nothing. $1 the process.
unit_of_process() {
	awk -F / '
		/^(0:|[0-9]+:name=systemd):/ {
			for (at = NF; at >= 2; at--) if ($at ~ /\.(service|scope)$/) unit = $at
		}
		END { printf "%s", unit }' "/proc/$1/cgroup"
}

# disable and purge stop docker.service: the daemon of another unit, such as snap.docker.dockerd.service,
# would run on. $1 its process, $2 its unit, or nothing.
problem_of_other_dockerd() {
	problem "rootfulDocker" "root runs a Docker daemon that does not stop with docker.service \
(process $1 of ${2:-no unit})" '' \
		"stop it ('systemctl disable --now ${2:-UNIT}', or for a snap 'snap stop --disable docker'), or \
set rootfulDocker to keep"
}

# After the units were stopped.
stop_where_root_dockerd_runs() {
	local process
	case $(doc rootful-docker) in
	disable | purge) ;;
	*) return 0 ;;
	esac
	for process in $(dockerds_of 0); do
		problem_of_other_dockerd "$process" "$(unit_of_process "$process")"
	done
	stop_on_problems
}

# The containers of root's daemon that run, for people. Nothing without a CLI.
roots_containers() {
	local plural=s
	set -- $(timeout -k 5 20 docker -H unix:///run/docker.sock ps --format '{{.Names}}' 2>/dev/null)
	if [ $# = 0 ]; then return 0; fi
	if [ $# = 1 ]; then plural=''; fi
	printf ' with %s running container%s (%.200s)' $# "$plural" "$*"
}

PURGE_DELETES="removes its packages, and with docker.io DELETES root's images, containers and \
volumes in /var/lib/docker for good"

# $1 the policy: refuse, keep, disable or purge.
rootful_docker_problems() {
	local process unit
	case $1 in
	keep) return 0 ;;
	purge) containerd_problems ;;
	esac
	for process in $(dockerds_of 0); do
		if [ "$1" = refuse ]; then
			problem "rootfulDocker" \
				"root runs a Docker daemon (process $process)$(roots_containers), but rootfulDocker is \
set to refuse" '' "stop it, or set rootfulDocker to keep (both run side by side), disable (it \
stops with its containers and is masked, and its data are kept) or purge ($PURGE_DELETES)"
			return 0
		fi
		unit=$(unit_of_process "$process")
		if [ "$unit" != docker.service ]; then problem_of_other_dockerd "$process" "$unit"; fi
	done
}

# purge takes a containerd away, which Kubernetes may use: its shims have directories.
containerd_problems() {
	local directory used=''
	for directory in /run/containerd/io.containerd.runtime.v2.task/*/*; do
		case $directory in
		*'/*' | */moby/* | */plugins.moby/*) ;;
		*) used=$directory ;;
		esac
	done
	if [ -n "$used" ]; then
		problem "rootfulDocker" \
			"purge would stop containerd, which also runs containers that Docker did not start \
($used)" '' \
			"set rootfulDocker to disable, which keeps containerd running; or stop what uses it"
	fi
}

# Problems of the engine's source on this machine.
engine_source_problems() {
	local missing
	# Programs of an earlier source are not this one's.
	if [ "$(doc source)" != static-archive ]; then PATH=$SYSTEM_PATH; fi
	owner_of_files_problems
	id_map_problems
	plugin_problems
	case $(doc source) in
	static-archive) ;;
	preinstalled)
		missing=$(missing_programs)
		if [ -n "$missing" ]; then
			source_problem "it is 'preinstalled', but these programs are not on PATH:${missing%,}"
		fi
		;;
	docker-repository)
		if ! has_docker_repository; then
			source_problem "Docker has no packages for $(os_name)"
		fi
		other_engine_problems
		;;
	*)
		if [ -n "$KNOWN_SYSTEM" ] && [ "$(of_known_system 6)" != yes ]; then
			source_problem "the engine of $(os_name) lacks what a rootless daemon requires"
		fi
		other_engine_problems
		;;
	esac
}

# $1 what is wrong with it, $2 what else would do.
source_problem() {
	local sources=static-archive
	if has_docker_repository; then sources='docker-repository or static-archive'; fi
	if [ "$(doc source)" != distribution ] && [ "$(of_known_system 6)" = yes ]; then
		sources="distribution, $sources"
	fi
	problem "engine.source" "$1" '' \
		"set engine.source to $sources, or to preinstalled if an engine is installed${2-}"
}

# Packages that this program has not brought, and would replace. Under purge they go.
other_engine_problems() {
	local name version found=''
	if [ "$(doc rootful-docker)" = purge ]; then return 0; fi
	of_manager installed $(conflicting_packages) >"$WORK/others"
	while read -r name version; do
		if ! grep -qsxF "$name" "$STATE/packages"; then
			found="$found${found:+, }$name $version"
		fi
	done <"$WORK/others"
	if [ -n "$found" ]; then
		source_problem "this engine would replace packages of another one: $found" \
			"; or set rootfulDocker to purge, which $PURGE_DELETES"
	fi
}

# Plugins that this machine cannot have. A package would write over a file of somebody's.
plugin_problems() {
	local plugin package file
	for plugin in $(doc plugins); do
		package=$(plugin_package "$plugin")
		file=$(plugin_program "$plugin" $PACKAGED_PLUGINS $LOCAL_PLUGINS)
		if [ "$(doc source)" = preinstalled ]; then
			if [ -z "$file" ]; then problem_of_missing_plugin "$plugin"; fi
		elif [ -z "$package" ]; then
			problem_of_missing_plugin "$plugin"
		elif is_in_the_way "$plugin" "$file"; then
			problem "engine.plugins" \
				"$file exists, and the package $package would overwrite it" '' \
				"leave $plugin out of the list, or remove the file yourself"
		fi
	done
}

# $1 the plugin.
problem_of_missing_plugin() {
	problem "engine.plugins" \
		"docker-$1 is not in $LOCAL_PLUGINS $PACKAGED_PLUGINS, and engine.source has no package \
for it" '' "leave $1 out of the list, or put it into ${LOCAL_PLUGINS%% *} yourself"
}

# True if the program is where packages put it, and came with none. $1 the plugin, $2 its program,
# or nothing.
is_in_the_way() {
	case $2 in
	/usr/lib*) [ -z "$(of_manager installed "docker-$1" "docker-$1-plugin" "docker-$1-v2")" ] ;;
	*) false ;;
	esac
}
