# shellcheck shell=dash
# The engine's programs, and a Docker daemon that root runs.

engine_checks() {
	local row program package missing=''
	for row in $(engine_programs); do
		program=${row%:*}
		package=${row#*:}
		command -v "$program" >/dev/null || missing="$missing $program (package $package),"
	done
	if [ -n "$missing" ]; then
		problem "programs" "none called${missing%,}" "them on PATH" \
			"install the packages with $PACKAGE_MANAGER, or run pulumi up with a new value of recheck" \
			"the daemon does not start without them"
	else
		fine "programs" "all on PATH"
	fi
	engine_program_problems
	id_map_checks
}

# $1 the engine's package, or nothing; $2 what to do.
no_engine() {
	local found
	found=$(command -v dockerd) || found="no such program on PATH"
	[ -z "${found%%/*}" ] && found="that $found says no version: $(dockerd --version 2>&1 | tail -n 1)"
	fail "dockerd${1:+ (package $1)}" "$found" "the engine's daemon, whole" "$2"
}

id_map_checks() {
	local program
	for program in $(id_map_programs); do
		[ -e "$program" ] || continue
		if id_map_privileged "$program"; then
			fine "$program" "$(file_privileges "$program")"
		else
			problem "$program" "$(file_privileges "$program")" \
				"setuid root or $(id_map_capability "$program"), and not both" \
				"run 'chown root:root $program' and 'chmod 4755 $program'" \
				"'write to uid_map failed: Operation not permitted' otherwise"
		fi
	done
}

# What engine.plugins names, as the account's CLI runs it. Which ones that are is root's to read.
plugin_checks() {
	local lease plugin said
	[ -r "$STATE/leases" ] || return 0
	for lease in $(current_leases_of "$ACCOUNT"); do
		for plugin in $(recorded_plugins "$lease"); do
			said=$(docker_of_account "$plugin" version 2>&1 | head -n 1)
			if [ -n "$(version_of_plugin "$said")" ]; then
				fine "docker $plugin" "$(version_of_plugin "$said")"
			else
				problem "docker $plugin" "that 'docker $plugin version' as $ACCOUNT says $(words_of_account "$said")" \
					"its version, since engine.plugins names it" "$(plugin_fix "$plugin")"
			fi
		done
	done
}

# As the step engine's document names them, with blanks between. $1 the installation.
recorded_plugins() { sed -n 's/^plugins: "\(.*\)"$/\1/p' "$STATE/leases/$1/engine" 2>/dev/null; }

# $1 the plugin.
plugin_fix() {
	local program package=''
	! program=$(plugin_program "$1") || package=$(printf '%s\n' "$program" | packages_of_files | cut -f 1)
	if [ -n "$package" ]; then
		printf 'install the package %s anew with %s' "$package" "$PACKAGE_MANAGER"
	else
		printf 'put docker-%s into one of %s' "$1" "$(printf '%s' "$LOCAL_PLUGINS $PACKAGED_PLUGINS" | sed 's/ /, /g')"
	fi
	printf ', or leave %s out of engine.plugins' "$1"
}

# The process id of a dockerd that the machine's real root runs; a rootless one has the account's id. Whoever starts a
# set-uid program chooses its name, and keeps a user of its own as the real one.
root_dockerd() {
	local process
	# shellcheck disable=SC2013 # paths without blanks
	for process in $(grep -lsx dockerd /proc/[0-9]*/comm); do
		process=${process%/comm}
		is_run_by_root "${process#/proc/}" || continue
		printf '%s' "${process#/proc/}"
		return 0
	done
}

# Units of root's Docker that start again where this installation drops its word on them, unless
# another one has them stopped, too.
stopped_root_docker() {
	local resource
	resource=$(resource_directory rootunits docker)
	[ "$(installations_of "$resource")" = "$LEASE" ] || return 0
	grep '^docker\.' "$resource/baseline/active" 2>/dev/null | paste -s -d , | sed 's/,/, /g'
}

# What becomes of root's data by Purge, for people.
data_after_purge() {
	if [ -n "$(installed_version docker.io)" ]; then
		printf "docker.io's own purge DELETES root's images, containers and volumes in /var/lib/docker for good"
	else
		printf "root's images, containers and volumes stay on the disk"
	fi
}

# Of root's daemon, the containers that run, for people. Nothing without a CLI.
roots_containers() {
	local names
	may_run "$(command -v docker)" || return 0
	names=$(timeout -k 5 20 docker -H unix:///run/docker.sock ps --format '{{.Names}}' 2>/dev/null) || return 0
	printf ' with %s' "$(running_containers "$names")"
}

# In words, with ten names at most. $1 names, one a line.
running_containers() {
	local names count
	count=$(printf '%s' "$1" | wc -w)
	names=$(printf '%s\n' "$1" | head -n 10 | paste -s -d ' ')
	printf '%s running container%s' "$count" "$([ "$count" = 1 ] || echo s)"
	[ "$count" = 0 ] || printf ' (%s%s)' "$names" "$([ "$count" -le 10 ] || echo " and $((count - 10)) more")"
}

# $1 the policy: refuse, keep, disable or purge.
rootful_docker_problems() {
	local pid
	pid=$(root_dockerd)
	if [ -n "$pid" ] && [ "$1" = refuse ]; then
		problem "rootfulDocker" \
			"a Docker daemon run by root (process $pid)$(roots_containers)" \
			"none, or your word on it" \
			"stop it, or set rootfulDocker to Keep (both run side by side), \
Disable (it stops with its containers, and is masked; its data stay) \
or Purge (removes its packages: $(data_after_purge))"
	elif [ "$1" = refuse ] && [ -n "$(stopped_root_docker)" ]; then
		problem "rootfulDocker" \
			"$(stopped_root_docker) of root's, which this package stopped, and starts again under Refuse" \
			"none, or your word on it" \
			"set rootfulDocker to Disable or Purge, as it was (Purge also removes its packages: $(data_after_purge)); \
or to Keep, which starts them again beside this one, and to Refuse once you have stopped them"
	elif [ "$1" = purge ]; then
		purged_containerd_problems
	fi
}

# Packages that Purge removes may be, or bring down, a containerd that others use.
purged_containerd_problems() {
	local users
	if ! has_docker_units && ! is_package_of_others containerd.io; then return 0; fi
	users=$(containerd_users)
	[ -z "$users" ] || problem "rootfulDocker" \
		"that others than Docker use containerd.service, which Purge would stop: $users" \
		"nobody else's containerd stopped by Purge" \
		"set rootfulDocker to Disable, which leaves containerd to them; or end what uses it"
}

# Before anything is changed: what Purge does not name stays.
purge_problems() {
	local name names='' dependents
	[ "$(doc rootful-docker)" = purge ] || return 0
	name=$(distribution_package)
	if [ -n "$(installed_version "$name")" ] && ! is_brought_here "$name" &&
		! doc rootful-docker.purge | tr ' ' '\n' | grep -qxF "$name"; then
		problem "rootfulDocker" "the package $name of the distribution, which Purge does not name" \
			"no package but those that Purge names" \
			"remove it yourself where nobody needs it, or set rootfulDocker to Disable, which leaves all packages there"
	fi
	for name in $(doc rootful-docker.purge); do
		if [ -z "$(installed_version "$name")" ] || [ -d "$(resource_directory package "$name")/baseline" ]; then continue; fi
		names="$names $name"
	done
	[ -n "$names" ] || return 0
	# shellcheck disable=SC2086 # a list of package names
	dependents=$(dependents_of $names | grep -vxF "$(doc rootful-docker.purge | tr ' ' '\n')" | paste -s -d ' ')
	[ -z "$dependents" ] || problem "rootfulDocker" \
		"the packages $dependents, which would go with$names" "nobody else's packages removed by Purge" \
		"remove them yourself where nobody needs them, or set rootfulDocker to Disable, which leaves all packages there"
	# shellcheck disable=SC2086 # a list of package names
	dependents=$(daemons_on_packages $names | paste -s -d ';' | sed 's/;/; /g')
	[ -z "$dependents" ] || problem "rootfulDocker" \
		"that others run what Purge would remove: $dependents" "nobody else's engine removed by Purge" \
		"end what they run, or set rootfulDocker to Disable, which leaves all packages there"
}

# What another login can exchange would run as root.
engine_program_problems() {
	local row program
	for row in $(engine_programs); do
		program=$(command -v "${row%:*}") || continue
		! may_run "$program" || continue
		problem "$program" "it, or what leads to it, another login's to change ($(realpath "$program"))" \
			"a program of root's: root runs it" \
			"put the engine's files, and not links to them, into a place of root's such as /usr/local/bin"
	done
}

# What the source of the engine cannot do on this machine.
engine_source_problems() {
	# Programs of an earlier source are not this one's.
	[ "$(doc source)" = static-archive ] || PATH=$SYSTEM_PATH
	engine_program_problems
	preinstalled_engine_problems
	plugin_problems
	case $(doc source) in
	preinstalled | static-archive) ;;
	docker-repository) docker_repository_problems ;;
	*) distribution_engine_problems ;;
	esac
}

docker_repository_problems() {
	local name version found=''
	has_docker_repository || {
		problem "engine.source" "$(os_name), for which Docker has no packages" "a system that it has packages for" \
			"set engine.source to $(has_rootless_engine && printf 'Distribution, or ')StaticArchive"
		return 0
	}
	[ "$(doc rootful-docker)" != purge ] || return 0
	for name in $(docker_conflicts); do
		version=$(installed_version "$name")
		if [ -z "$version" ] || is_own_package "$name"; then continue; fi
		found="$found $name $version,"
	done
	[ -z "$found" ] || problem "engine.source" \
		"packages that docker-ce takes the place of:${found%,}" "none, for DockerRepository" \
		"set engine.source to Distribution or Preinstalled, or rootfulDocker to Purge, \
which removes them ($(data_after_purge)); or remove them yourself"
}

# What this machine cannot have of the plugins that are asked for.
plugin_problems() {
	local plugin package
	for plugin in $(doc plugins); do
		package=$(plugin_package "$plugin")
		if [ "$(doc source)" = preinstalled ]; then
			[ -n "$package" ] && [ -z "$(installed_version docker-ce-cli)" ] || package=docker-$plugin-plugin
			has_plugin "$plugin" || problem "engine.plugins" \
				"no docker-$plugin in $(printf '%s' "$LOCAL_PLUGINS $PACKAGED_PLUGINS" | sed 's/ /, /g')" \
				"it there, for Preinstalled" "install the package $package, or leave it out of the list"
		elif [ -z "$package" ]; then
			problem "engine.plugins" "$(os_name), which has no package of the plugin $plugin" "one that it has" \
				"leave it out of the list$(! has_docker_repository || printf ', or set engine.source to DockerRepository'); \
or put docker-$plugin into ${LOCAL_PLUGINS%% *} yourself"
		else
			plugin_place_problems "$plugin" "$package"
		fi
	done
}

# Somebody else's file or package where a plugin's package would put its own. $1 the plugin, $2 the package.
plugin_place_problems() {
	local folder file owner found=''
	for folder in $PACKAGED_PLUGINS; do
		file=$folder/docker-$1
		[ -e "$file" ] || [ -h "$file" ] || continue
		owner=$(printf '%s\n' "$file" | packages_of_files | cut -f 1)
		case $(doc rootful-docker):$owner in
		*:"$2" | purge:docker-*-plugin) ;;
		*:) found="$file, which is of no package" ;;
		*) is_own_package "$owner" || found="the package $owner" ;;
		esac
	done
	# Docker's docker-compose-plugin conflicts with it, also where that is a program by itself (Debian 12).
	if [ "$2" != "docker-$1" ] && [ -n "$(installed_version "docker-$1")" ] && ! is_own_package "docker-$1"; then
		found="the package docker-$1"
	fi
	[ -z "$found" ] || problem "engine.plugins" "$found, in the place of the package $2" "nothing there" \
		"leave $1 out of the list, and what is there stays; or remove it yourself"
}

distribution_engine_problems() {
	local other
	if [ -n "$KNOWN_SYSTEM" ] && ! has_rootless_engine; then
		problem "engine.source" "$(os_name), whose $(distribution_engine) lacks what a rootless daemon needs" \
			"an engine that has it" "set engine.source to $(other_sources), or to Preinstalled where one is there"
	fi
	other=$(other_engine_package)
	if [ "$(doc rootful-docker)" = purge ] || [ -z "$(installed_version "$other")" ] ||
		is_own_package "$other"; then return 0; fi
	problem "engine.source" \
		"the package $other $(installed_version "$other"), which $(distribution_package) replaces" \
		"$(distribution_package)" \
		"set engine.source to Preinstalled$(! has_docker_repository || printf ' or DockerRepository'), which use $other, \
or rootfulDocker to Purge, which removes it ($(data_after_purge))"
}

# Before anything is changed: the next upgrade would take the setuid bit away again.
id_map_override_problems() {
	local program override
	for program in $(id_map_programs); do
		override=$(plain_override "$program")
		[ -n "$override" ] || continue
		# It may have the capability, which nobody can tell without getcap: the engine step brings
		# it.
		if [ -e "$program" ] && { ! command -v getcap >/dev/null || has_id_map_capability "$program"; }; then continue; fi
		id_map_override_problem "$program" "$override"
	done
}
