# shellcheck shell=dash
# The engine's programs, and a Docker daemon that root runs: for preflight, the step engine and the
# doctor.

# doctor: what the daemon runs.
engine_checks() {
	local missing
	missing=$(missing_programs)
	if [ -n "$missing" ]; then
		problem "programs" "none called${missing%,}" "them on PATH" \
			"install the packages with $PACKAGE_MANAGER, or give recheck a new value" \
			"the daemon does not start without them"
	else
		fine "programs" "all on PATH"
	fi
	engine_program_problems
	id_map_problems
}

# What root runs, nobody else may exchange.
engine_program_problems() {
	local program
	# shellcheck disable=SC2046 # paths without blanks
	namei -l $(engine_programs) 2>/dev/null | awk '
		/^f: / { program = substr($0, 4); next }
		$2 != "root" || (/^ *[^l].......w/ && !/^ *d........t/) { print program }
		# Group staff owns /usr/local on Debian.
		/^ *[^l]....w/ && $3 != "root" && $3 != "staff" { print program }' |
		sort -u >"$WORK/programs-of-others"
	while read -r program; do
		problem "$program" "it, or what leads to it, another login's to change" \
			"a program of root's: root runs it" "put the engine's files, and not links to them, \
into a place of root's such as /usr/local/bin; 'namei -l $program' shows who may change what"
	done <"$WORK/programs-of-others"
}

# newuidmap and newgidmap, where they are, can do their work.
id_map_problems() {
	local program
	for program in /usr/bin/newuidmap /usr/bin/newgidmap; do
		[ -e "$program" ] || continue
		if is_id_map_privileged "$program"; then
			fine "$program" "its privileges"
		else
			problem "$program" "$(stat -c 'mode %a of %U:%G' "$program"), \
capability $(capability_state "$program")" "setuid root, and no capability" \
				"run 'chown root:root $program; chmod 4755 $program'" \
				"it maps the account's subordinate ids: 'write to uid_map failed' otherwise"
		fi
	done
}

# The process of a dockerd that the machine's root runs, or nothing. Whoever starts a set-uid
# program keeps a real user of its own.
root_dockerd() {
	local process
	# shellcheck disable=SC2013 # paths without blanks
	for process in $(grep -lsx dockerd /proc/[0-9]*/comm); do
		process=${process%/comm}
		! grep -qs '^Uid:	0	' "$process/status" || {
			printf '%s' "${process#/proc/}"
			return 0
		}
	done
}

# Of root's daemon, the containers that run, for people: ten names at most. Nothing without a CLI.
roots_containers() {
	local names count
	names=$(timeout -k 5 20 docker -H unix:///run/docker.sock ps --format '{{.Names}}' \
		2>/dev/null) || return 0
	count=$(printf '%s' "$names" | wc -w)
	names=$(printf '%s\n' "$names" | head -n 10 | paste -s -d ' ')
	[ "$count" -le 10 ] || names="$names and $((count - 10)) more"
	printf ' with %s running container%s' "$count" "$([ "$count" = 1 ] || echo s)"
	[ "$count" = 0 ] || printf ' (%s)' "$names"
}

# What becomes of root's data by Purge, for people.
data_after_purge() {
	if [ -n "$(installed_version docker.io)" ]; then
		printf "docker.io's own purge DELETES root's images, containers and volumes in "
		printf "/var/lib/docker for good"
	else
		printf "root's images, containers and volumes stay on the disk"
	fi
}

# $1 the policy: refuse, keep, disable or purge.
rootful_docker_problems() {
	local pid='' stopped=''
	case $1 in
	refuse)
		pid=$(root_dockerd)
		stopped=$(units_kept_stopped)
		;;
	purge) containerd_problems ;;
	esac
	if [ -n "$pid" ]; then
		problem "rootfulDocker" "a Docker daemon run by root (process $pid)$(roots_containers)" \
			"none, or your word on it" \
			"stop it, or set rootfulDocker to Keep (both run side by side), \
Disable (it stops with its containers, and is masked; its data stay) \
or Purge (removes its packages: $(data_after_purge))"
	elif [ -n "$stopped" ]; then
		problem "rootfulDocker" \
			"$stopped of root's, which this package stopped, and starts again under Refuse" \
			"none, or your word on it" \
			"set rootfulDocker to Disable or Purge, as it was; or to Keep, which starts it again \
beside this one, and to Refuse once you have stopped it"
	fi
}

# Purge takes a containerd away, which Kubernetes or another tool may use: its shims have
# directories.
containerd_problems() {
	local used
	used=$(find /run/containerd/io.containerd.runtime.v2.task -mindepth 2 -maxdepth 2 \
		! -path '*/moby/*' ! -path '*/plugins.moby/*' -printf '%P\n' 2>/dev/null | cut -d / -f 1 |
		sort -u | paste -s -d ' ')
	[ -z "$used" ] || problem "rootfulDocker" \
		"containers of others than Docker in containerd (namespace $used), which Purge would stop" \
		"nobody else's containerd stopped by Purge" \
		"set rootfulDocker to Disable, which leaves containerd to them; or end what uses it"
}

# What the source of the engine cannot do on this machine.
engine_source_problems() {
	# Programs of an earlier source are not this one's.
	[ "$(doc source)" = static-archive ] || PATH=$SYSTEM_PATH
	engine_program_problems
	id_map_problems
	plugin_problems
	case $(doc source) in
	preinstalled) preinstalled_problems ;;
	static-archive) ;;
	docker-repository) docker_repository_problems ;;
	*) distribution_problems ;;
	esac
}

preinstalled_problems() {
	local missing other=Distribution
	missing=$(missing_programs "$([ "$PACKAGE_MANAGER" != apt-get ] || echo " of Debian's")")
	if ! has_rootless_engine; then
		other=$(other_sources)
	elif [ -n "$(installed_version docker-ce)" ]; then
		other=DockerRepository
	fi
	[ -z "$missing" ] || problem "engine.source" "no${missing%,} on PATH" \
		"the whole engine there, for Preinstalled" \
		"install what is missing, or set engine.source to $other"
}

# The sources that there are where the distribution's engine is none, for people.
other_sources() {
	if has_docker_repository; then printf DockerRepository; else printf StaticArchive; fi
}

docker_repository_problems() {
	local found other=StaticArchive
	! has_rootless_engine || other='Distribution, or StaticArchive'
	has_docker_repository || {
		problem "engine.source" "$(os_name), for which Docker has no packages" \
			"a system that it has packages for" "set engine.source to $other"
		return 0
	}
	# shellcheck disable=SC2046 # names of packages
	found=$(packages_of_others $(docker_conflicts))
	[ -z "$found" ] || problem "engine.source" \
		"packages that docker-ce takes the place of: $found" "none, for DockerRepository" \
		"set engine.source to Distribution or Preinstalled, or rootfulDocker to Purge, \
which removes them ($(data_after_purge)); or remove them yourself"
}

distribution_problems() {
	local other found sources=Preinstalled
	! has_docker_repository || sources='Preinstalled or DockerRepository'
	if [ -n "$KNOWN_SYSTEM" ] && ! has_rootless_engine; then
		problem "engine.source" "$(os_name), whose own engine lacks what a rootless daemon needs" \
			"an engine that has it" \
			"set engine.source to $(other_sources), or to Preinstalled where one is there"
	fi
	other=$(other_engine_package)
	found=$(packages_of_others "$other")
	[ -z "$found" ] || problem "engine.source" \
		"the package $found, which $(distribution_package) replaces" "$(distribution_package)" \
		"set engine.source to $sources, which use $other, or rootfulDocker to Purge, \
which removes it ($(data_after_purge))"
}

# Those that are installed, and that this program has not brought, with their
# versions. Under Purge none. Arguments: names of packages.
packages_of_others() {
	local name version
	[ "$(doc rootful-docker)" != purge ] || return 0
	of_manager installed "$@" | while read -r name version; do
		grep -qsxF "$name" "$STATE/packages" || printf '%s %s\n' "$name" "$version"
	done | paste -s -d , | sed 's/,/, /g'
}

# What this machine cannot have of the plugins that are asked for.
plugin_problems() {
	local plugin package file
	for plugin in $(doc plugins); do
		package=$(plugin_package "$plugin")
		# shellcheck disable=SC2086 # lists of folders
		file=$(plugin_program "$plugin" $LOCAL_PLUGINS $PACKAGED_PLUGINS)
		if [ "$(doc source)" = preinstalled ]; then
			[ -n "$file" ] || problem "engine.plugins" \
				"no docker-$plugin in the folders $LOCAL_PLUGINS $PACKAGED_PLUGINS" \
				"it there, for Preinstalled" \
				"install the package ${package:-docker-$plugin-plugin}, or leave it out of the list"
		elif [ -z "$package" ]; then
			problem "engine.plugins" "$(os_name), which has no package of the plugin $plugin" \
				"one that it has" "leave it out of the list$(! has_docker_repository ||
					printf ', or set engine.source to DockerRepository'); \
or put docker-$plugin into ${LOCAL_PLUGINS%% *} yourself"
		else
			plugin_place_problems "$plugin" "$package"
		fi
	done
}

# The plugin's package would write over a file of somebody's. $1 the plugin, $2 the package.
plugin_place_problems() {
	local file names="docker-$1 docker-$1-plugin docker-$1-v2"
	# shellcheck disable=SC2086 # a list of folders
	file=$(plugin_program "$1" $PACKAGED_PLUGINS)
	if [ -z "$file" ] || [ -n "$(installed_version "$2")" ]; then return 0; fi
	# A package of this program's, or one that is purged, goes before.
	# shellcheck disable=SC2086 # names of packages
	if [ -n "$(of_manager installed $names)" ] &&
		[ -z "$(packages_of_others $names)" ]; then return 0; fi
	problem "engine.plugins" "$file, in the place of the package $2" "nothing there" \
		"leave $1 out of the list, and what is there stays; or remove it yourself"
}

# preflight: the kernel asks for a profile of AppArmor's, and the option that would bring one is
# off.
apparmor_choice_problems() {
	local rootlesskit
	if [ "$(doc apparmor-profile)" != none ] || ! is_userns_restricted; then return 0; fi
	rootlesskit=$(rootlesskit_to_allow "$([ "$(doc source)" != static-archive ] || echo archives)")
	has_profile_of_host "$rootlesskit" || problem appArmorProfile \
		"None, $RESTRICTION at 1, and no profile in /etc/apparmor.d for $rootlesskit" \
		"a profile that lets rootlesskit make user namespaces" \
		"leave appArmorProfile out, which brings one" \
		"rootlesskit ends with 'fork/exec /proc/self/exe: permission denied' otherwise"
}
