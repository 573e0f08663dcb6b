# shellcheck shell=dash
# engine: the packages that rootless Docker is made of, and no root daemon left running by them.

# Asked for in so many words. Once: the engine that is there afterwards is this package's own.
purge_rootful_docker() {
	local name thing names=''
	hold_packages
	keep_purged_files
	for name in $(doc rootful-docker.purge); do
		thing=$(resource_directory package "$name")
		# Brought by an installation of this machine.
		if [ -d "$thing/baseline" ] && [ ! -s "$thing/baseline/version" ]; then continue; fi
		if [ -e "$thing/baseline/purged" ]; then
			# By another installation, perhaps: it comes back with the last one's end.
			want package "$name" purged
		elif [ -n "$(installed_version "$name")" ]; then
			names="$names $name"
		fi
	done
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$names" ] || purge_now $names
	release_packages
}

purge_now() {
	local name file data
	remember_packages
	# Claimed before the packages, and so restored after them.
	for file in $(configuration_files "$@"); do want file "$file" purged; done
	for name in "$@"; do
		want package "$name" purged
		note_version "$name" none
	done
	data=$(ls -A /var/lib/docker 2>/dev/null || true)
	purge_held "$@" || fail "$PACKAGE_MANAGER purge $*" "$(package_errors)" \
		"these packages gone" "fix what $PACKAGE_MANAGER says, then run again"
	for name in "$@"; do : >"$(resource_directory package "$name")/baseline/purged"; done
	changed "packages purged: $*"
	if [ -n "$data" ] && [ -z "$(ls -A /var/lib/docker 2>/dev/null)" ]; then
		changed "/var/lib/docker emptied by the purge of the packages"
	fi
}

# No package names them any more.
keep_purged_files() {
	local claim
	for claim in "$STATE"/things/file/*/claims/*.engine; do
		[ -e "$claim" ] || continue
		[ "$(tail -n +2 "$claim")" != purged ] || want file "$(cat "${claim%/claims/*}/name")" purged
	done
}

# What is asked for, before it is installed: a version that there is not is an error.
wanted_engine() {
	local packages pin name
	packages=$(other_packages)
	# shellcheck disable=SC2046,SC2086 # lists of package names
	if [ -n "$(missing_packages $packages $(versioned_packages))" ] && lists_outdated; then refresh_lists; fi
	pin=$(engine_pin) || {
		# It may be newer than the lists.
		refresh_lists
		pin=$(engine_pin) || no_such_version
	}
	printf '%s' "$packages"
	for name in $(versioned_packages); do printf ' %s%s' "$name" "${pin:+=$pin}"; done
}

want_docker_repository() {
	local url suite others fix="let this machine reach it, or name a mirror that it reaches in engine.mirror, and its own key in engine.mirrorKey"
	url=$(doc repository)/$(archive_system)
	suite=$(archive_suite)
	if has repository-key; then doc repository-key; else docker_key; fi >"$WORK/key"
	want_repository rootless-docker "$url" "$suite"
	[ -n "$(available_versions "$(engine_package)")" ] ||
		if [ -e "$(repository_file rootless-docker)" ]; then refresh_repository rootless-docker; else refresh_lists; fi
	[ -n "$(available_versions "$(engine_package)")" ] ||
		{
			others=$(cat "$WORK/repository.of-others" 2>/dev/null || echo 'the source of this machine that names it')
			[ -e "$(repository_file rootless-docker)" ] ||
				fix="see that $others asks for packages of this architecture and component, or remove it"
			fail "$url" "no $(engine_package) for $suite there: $(package_errors)" "the engine's packages" "$fix"
		}
}

# Arguments: names, or name=version.
install_engine() {
	want group docker package
	if [ "$(doc rootful-docker)" = purge ]; then purge_rootful_docker; fi
	clear_plugin_files
	want_packages_without "$(other_plugin_packages buildx compose)" "$@"
	note_group docker
}

# Packages of two sources have the same file for a plugin, and Debian 13's do not say so (Debian 14's
# conflict): what this installation has brought from an earlier source goes before the other one comes.
clear_plugin_files() {
	local name names='' stay
	# shellcheck disable=SC2046 # a list of plugins
	for name in $(other_plugin_packages $(doc plugins)); do
		! is_own_package "$name" || names="$names $name"
	done
	[ -n "$names" ] || return 0
	hold_packages
	# shellcheck disable=SC2086 # a list of package names
	staying_packages replaced $names
	stay=$(sed 's/ / (/; s/^/ /; s/$/),/' "$WORK/packages.staying" | tr -d '\n')
	[ -z "$stay" ] ||
		fail "engine.plugins" "packages with the same files:${stay%,}" \
			"none but $(plugin_packages | sed 's/^ //')" \
			"remove them yourself where nobody needs them, or leave their plugins out of engine.plugins"
	remove_packages "$names" ''
	release_packages
}

# Docker's archives, in a directory that this installation's link leads to.
want_static_engine() {
	local dir
	dir=$(archive_directory)
	stop_on_foreign_archive "$dir"
	if [ "$(doc rootful-docker)" = purge ]; then purge_rootful_docker; fi
	begin_archive "$dir" "$(doc archive.engine) $(doc archive.rootless-extras)"
	# What another source has brought goes.
	# shellcheck disable=SC2046 # a list of package names
	want_packages_of_option $(other_packages)
	end_archive "$dir"
	switch_engine "$ENGINES/$LEASE" "$dir"
	want_docker_command
}

# The old version stays until the daemon answers with the new one, and comes back where it does not; a
# run that is killed before that leaves the next one to see. $1 the installation's link, $2 where it is
# to lead.
switch_engine() {
	local before record=$STATE/leases/$LEASE/engine-before
	before=$(readlink "$1" || true)
	[ ! -s "$record" ] || before=$(cat "$record")
	if [ -d "$before" ] && [ "$before" != "$2" ]; then
		printf '%s' "$before" | write_record "$record"
	else
		rm -f "$record"
	fi
	carry_capability "$2/rootlesskit"
	want_link "$1" "$2"
	use_engine_of "$LEASE"
	APART_STATUS=0
	if [ -s "$record" ]; then run_apart try_engine; else follow_engine; fi
	if [ "$APART_STATUS" = 0 ]; then
		rm -f "$record"
		return 0
	fi
	: >"$WORK/problems"
	write_link as_root "$1" "$before"
	change_claims "$(resource_directory link "$1")" "$before"
	follow_engine
	run_apart restart_stopped_daemons
	keep_only_capability "$before/rootlesskit"
	rm -f "$record"
	fail "engine.version" "that the daemon does not start with $2, for the reason above" \
		"a daemon that answers" "use another version; the daemon $(
			if [ "$APART_STATUS" = 0 ]; then printf 'runs with'; else printf 'does not start either with'; fi
		) $before again"
}

try_engine() {
	follow_engine
	restart_daemons own ground "the engine changed"
}

# After a change of source, too.
move_capability() {
	local program
	program=$(command -v rootlesskit) || return 0
	program=$(realpath "$program")
	carry_capability "$program"
	keep_only_capability "$program"
	carry_hook "$program"
}

# A link where the CLI is found, for "docker -H ssh://", where there is no other one.
want_docker_command() {
	local link=/usr/local/bin/docker other package
	lead_to_docker
	if [ "$(readlink "$link")" != "$ENGINES/docker" ]; then
		other=$(PATH=$SYSTEM_PATH command -v docker || true)
		if [ -h "$link" ] || [ "$other" = "$link" ]; then return 0; fi
		if [ -n "$other" ]; then
			# That of a source that has gone goes at the end of this step, and another installation's with it.
			package=$(printf '%s\n' "$other" | packages_of_files | cut -f 1)
			if [ -z "$package" ] || ! is_brought_here "$package"; then return 0; fi
		fi
	fi
	want_link "$link" "$ENGINES/docker"
}

# What another source has brought before is this installation's still: it goes with it, the group
# after the packages, and so is wanted before them.
keep_engine() {
	if ! unclaimed "$(resource_directory group docker)"; then
		want group docker package
		note_group docker
	fi
	want_packages_without "$(other_plugin_packages buildx compose)"
}

# Its package may count as installed, and its files be gone.
no_engine_of_source() {
	case $(doc source) in
	preinstalled) no_engine '' "install the engine again, then run again" ;;
	static-archive) no_engine '' "remove $(archive_directory), then run again: it is unpacked once more" ;;
	*)
		no_engine "$(engine_package)" \
			"install the package $(engine_package) again with $PACKAGE_MANAGER, or remove it, then run again"
		;;
	esac
}

engine_apply() {
	local packages='' version
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	purge_problems
	id_map_override_problems
	stop_on_problems
	case $(doc source) in
	distribution) packages=$(wanted_engine) ;;
	docker-repository)
		want_docker_repository
		packages=$(wanted_engine)
		;;
	esac
	case $(doc rootful-docker) in
	disable | purge)
		[ -z "$(root_dockerd)" ] || say "stops the Docker daemon run by root$(roots_containers)"
		want rootunits docker stopped
		;;
	esac
	want_masks
	if [ "$(doc source)" = static-archive ]; then
		want_static_engine
	elif [ -n "$packages" ]; then
		# shellcheck disable=SC2086 # a list of package names
		install_engine $packages
	else
		keep_engine
	fi
	version=$(engine_version 2>/dev/null)
	[ -n "$version" ] || no_engine_of_source
	move_capability
	want_id_map_privileges
	follow_engine
	follow_engine_for_others
	mark_restart all ground "the engine changed"
	fact versions.engine "$version"
	fact versions.rootlesskit "$(rootlesskit --version | sed 's/^rootlesskit version //')"
	fact versions.kernel "$(uname -r)"
	fact versions.os "$(os_name)"
	plugin_facts
}

engine_interrupted() {
	claim_interrupted_packages
	release_packages
	lead_to_docker
}

engine_released() {
	sweep_archives
	sweep_repository rootless-docker
}
