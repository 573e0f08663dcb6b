# shellcheck shell=dash
# engine: the programs that rootless Docker is made of, and no root daemon left running by them.

engine_apply() {
	local source packages=''
	source=$(doc source)
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	stop_on_problems
	[ "$(doc rootful-docker)" != purge ] || purge_rootful_docker
	case $source in
	docker-repository) want_docker_repository ;;
	esac
	case $source in
	distribution | docker-repository) packages=$(wanted_engine) ;;
	esac
	want_root_units
	settle
	# shellcheck disable=SC2046,SC2086 # lists of package names
	case $source in
	distribution | docker-repository)
		remove_packages $(packages_of_other_sources)
		want_packages $packages
		;;
	static-archive)
		want_packages $(other_packages)
		want_static_engine
		remove_packages $(packages_of_other_sources)
		want_cli_of_archive
		;;
	esac
	# What an earlier source has left goes at the end of the step.
	if [ "$source" = static-archive ]; then use_engine_of "$LEASE"; else PATH=$SYSTEM_PATH; fi
	id_map_problems
	stop_on_problems
	ENGINE_VERSION=$(engine_version)
	[ -n "$ENGINE_VERSION" ] || stop_without_engine
}

engine_facts() {
	local said
	fact versions.engine "$ENGINE_VERSION"
	said=$(rootlesskit --version)
	fact versions.rootlesskit "${said#rootlesskit version }"
	fact versions.kernel "$(uname -r)"
	fact versions.os "$(os_name)"
	plugin_facts
}

# What becomes of root's own units, and of those that packages are about to bring. The group is wanted before the
# masks, and so goes after them.
want_root_units() {
	local units=$ROOT_UNITS states=masked
	case $(doc source) in
	distribution | docker-repository)
		want group docker present
		states='not-found masked'
		;;
	static-archive) states=none ;;
	esac
	case $(doc rootful-docker) in
	disable | purge)
		[ -z "$(root_dockerd)" ] || say "stops the Docker daemon run by root$(roots_containers)"
		want_root_docker_stopped
		units=containerd.service
		;;
	esac
	want_masks "$units" "$states"
}

# Those that the document names, as far as they are not this program's: once it was asked for, the engine that is
# there afterwards is ours.
purge_rootful_docker() {
	local name names=''
	for name in $(doc rootful-docker.purge); do
		[ -z "$(installed_version "$name")" ] || is_brought_here "$name" || names="$names $name"
	done
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$names" ] || purge_packages $names
}

want_docker_repository() {
	local url
	url=$(doc repository)/$(archive_system)
	want_repository rootless-docker "$url" "$(archive_suite)" "$(doc repository-key)"
	[ -n "$(available_versions "$(engine_package)")" ] || refresh_lists
	[ -n "$(available_versions "$(engine_package)")" ] ||
		fail "$url" "no $(engine_package) for $(archive_suite) there: $(package_errors)" \
			"the engine's packages" \
			"let this machine reach it, or name a mirror that it reaches in engine.mirror"
}

# The packages to ask for, before anything is installed: a version that there is not is an error.
wanted_engine() {
	local pin name
	# shellcheck disable=SC2046 # lists of package names
	if [ -n "$(missing_packages $(other_packages) $(versioned_packages))" ] && lists_outdated; then
		refresh_lists
	fi
	pin=$(engine_pin) || {
		# It may be newer than the lists.
		refresh_lists
		pin=$(engine_pin) || fail "engine.version" "the versions \
$(available_versions "$(engine_package)" | paste -s -d ' ') of $(engine_package) in the package lists" \
			"$(doc version)" "ask for one of these, or leave the option out for the newest"
	}
	other_packages
	for name in $(versioned_packages); do printf ' %s%s' "$name" "${pin:+=$pin}"; done
}

# Docker's archives, in a directory that this installation's link leads to. The earlier version is not wanted any
# more; it goes after the daemon has answered with this one.
want_static_engine() {
	local dir
	dir=$(archive_directory)
	remove_half_archives
	want_dir "$ENGINES" 755
	want archive "$dir" unpacked
	settle
	want_link "$ENGINES/$LEASE" "$dir"
	settle
}

# Its package may count as installed, and its files be gone.
stop_without_engine() {
	local found fix
	found=$(command -v dockerd) && found="that $found says no version: $(dockerd --version 2>&1 | tail -n 1)"
	case $(doc source) in
	preinstalled) fix="install the engine again, then run again" ;;
	static-archive) fix="remove $(archive_directory), then run again: it is unpacked once more" ;;
	*)
		fix="install the package $(engine_package) again with $PACKAGE_MANAGER, or remove it, then run again"
		;;
	esac
	fail "dockerd" "${found:-no such program on PATH}" "the engine's daemon, whole" "$fix"
}

# Before destroy gives the records back: what a run that was killed has left among them.
engine_before_release() { remove_half_archives; }

engine_released() { lead_cli_to_another; }
