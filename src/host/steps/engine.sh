# engine: the programs that rootless Docker is made of, and no root daemon left running by them.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

engine_apply() {
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	stop_on_problems
	remove_half_archives
	[ "$(doc rootful-docker)" != purge ] || purge_packages $(doc rootful-docker.purge)
	want_root_units
	case $(doc source) in
	static-archive) want_static_engine ;;
	preinstalled) keep_packages_of_engine ;;
	*) want_packaged_engine ;;
	esac
	# What an earlier source has left goes at the end of the step.
	if [ "$(doc source)" = static-archive ]; then use_engine_of "$LEASE"; else PATH=$SYSTEM_PATH; fi
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

# What becomes of root's own units, and of those that packages are about to bring. The group is
# wanted before the masks, and so goes after them.
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
	*)
		# What Disable has stopped starts again, without its masks.
		case $(record_lines unit docker.socket && record_lines unit docker.service) in
		*"was${TAB}running"*) units=containerd.service ;;
		esac
		;;
	esac
	want_masks "$units" "$states"
}

# Packages of the distribution's or of Docker's. They come into the place of an earlier source's.
want_packaged_engine() {
	local packages
	if [ "$(doc source)" = docker-repository ]; then
		want_repository "$(doc repository)/$(archive_system)" "$(archive_suite)" "$(engine_package)"
	fi
	packages=$(wanted_engine)
	settle
	if has_another_source; then replace_packages $packages; else want_packages $packages; fi
}

# True where another source has brought an engine: the earlier one's step, or one that was killed.
has_another_source() {
	[ -s "$STATE/packages" ] || return 1
	! is_applied engine || ! grep -qxF "source: \"$(doc source)\"" "$STATE/leases/$LEASE/engine"
}

# Packages that an earlier source has brought stay, and go on destroy.
keep_packages_of_engine() {
	local packages
	[ -s "$STATE/packages" ] || return 0
	packages=$(of_manager installed $(other_packages) $(distribution_all) $DOCKER_PACKAGES_ALL |
		cut -d ' ' -f 1 | grep -xFf "$STATE/packages" | paste -s -d ' ')
	[ -z "$packages" ] || want_packages $packages
}

# The packages to ask for, each with the version that is pinned: one that there is not is an error
# before anything is installed.
wanted_engine() {
	local pin name
	pin=$(engine_pin) || {
		# It may be newer than the lists.
		refresh_lists
		pin=$(engine_pin) || no_such_version
	}
	other_packages
	for name in $(versioned_packages); do printf ' %s%s' "$name" "${pin:+=$pin}"; done
}

no_such_version() {
	local package
	package=$(engine_package)
	fail "engine.version" \
		"versions of $package in the lists: $(available_versions "$package" | paste -s -d ' ')" \
		"$(doc version)" "ask for one of these, or leave the option out for the newest"
}

# Docker's archives, in a directory that this installation's link leads to, and of packages what a
# daemon needs beside them. An earlier version goes after the daemon has answered with this one.
want_static_engine() {
	local dir before
	dir=$(archive_directory)
	before=$(readlink "$ENGINES/$LEASE") || true
	want_packages $(other_packages)
	want_dir "$ENGINES" 755
	want archive "$dir" unpacked
	settle
	want_link "$ENGINES/$LEASE" "$dir"
	settle
	if [ -d "$before" ] && [ "$before" != "$dir" ]; then try_new_engine "$before" "$dir"; fi
	! has_another_source || remove_packages
	want_cli_of_archive
}

# Goes back to the version that was there where the daemon does not start with the new one. $1 where
# the link led to before, $2 where it leads to.
try_new_engine() {
	local end="runs with"
	use_engine_of "$LEASE"
	cp "$WORK/wanted" "$WORK/wanted.engine"
	run_apart follow_daemon
	cp "$WORK/wanted.engine" "$WORK/wanted"
	[ "$APART_STATUS" != 0 ] || return 0
	: >"$WORK/problems"
	want_link "$ENGINES/$LEASE" "$1"
	settle
	run_apart follow_daemon
	[ "$APART_STATUS" = 0 ] || end="does not start either with"
	fail "engine.version" "that the daemon does not start with $2, for the reason above" \
		"a daemon that answers" "use another version; the daemon $end $1 again"
}

# Its package may count as installed, and its files be gone.
stop_without_engine() {
	local found fix
	found=$(command -v dockerd) &&
		found="that $found says no version: $(dockerd --version 2>&1 | tail -n 1)"
	case $(doc source) in
	preinstalled) fix="install the engine again, then run again" ;;
	static-archive) fix="remove $(archive_directory), then run again: it is unpacked once more" ;;
	*)
		fix="install the package $(engine_package) again with $PACKAGE_MANAGER, or remove it, \
then run again"
		;;
	esac
	fail "dockerd" "${found:-no such program on PATH}" "the engine's daemon, whole" "$fix"
}

# Before the records go: packages that a killed run was at work on, while their repository is there.
engine_before_release() {
	complete_packages
	remove_half_archives
}

# The last step of a destroy that has packages. A docker.socket that stays needs its group.
engine_released() {
	release_packages
	[ ! -f /usr/lib/systemd/system/docker.socket ] || group_set docker present
	lead_cli_to_another
}
