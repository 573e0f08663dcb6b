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
	pin=$(engine_pin)
	printf '%s' "$packages"
	for name in $(versioned_packages); do printf ' %s%s' "$name" "${pin:+=$pin}"; done
}

want_docker_repository() {
	local url suite
	url=$(doc repository)/$(archive_system)
	suite=$(archive_suite)
	want_repository docker "$url" "$suite" "$url/gpg" "$(doc repository-key)"
	[ -n "$(available_versions "$(engine_package)")" ] || refresh_repository docker
	[ -n "$(available_versions "$(engine_package)")" ] ||
		fail "$url" "no $(engine_package) for $suite there: $(package_errors)" "the engine's packages" \
			"let this machine reach it, or name a mirror that it reaches in engine.mirror"
}

# Arguments: names, or name=version.
install_engine() {
	want group docker package
	if [ "$(doc rootful-docker)" = purge ]; then purge_rootful_docker; fi
	want_packages "$@"
	note_group docker
}

# What another source has brought before is this installation's still: it goes with it, the group
# after the packages, and so is wanted before them.
keep_engine() {
	if ! unclaimed "$(resource_directory group docker)"; then
		want group docker package
		note_group docker
	fi
	want_packages
}

engine_apply() {
	local packages=''
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
	disable | purge) want rootunits docker stopped ;;
	esac
	want_masks
	# shellcheck disable=SC2086 # a list of package names
	if [ -n "$packages" ]; then install_engine $packages; else keep_engine; fi
	want_id_map_privileges
	mark_restart all ground "the engine changed"
	fact versions.engine "$(engine_version)"
	fact versions.rootlesskit "$(rootlesskit --version | sed 's/^rootlesskit version //')"
	fact versions.kernel "$(uname -r)"
	fact versions.os "$(os_name)"
}

engine_interrupted() {
	claim_interrupted_packages
	release_packages
}
