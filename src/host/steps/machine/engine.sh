# The programs that rootless Docker is made of, and no root daemon left running by them.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

# Sets PATH to where the engine is, and ENGINE_VERSION. RootlessKit's words about itself are in
# $WORK/rootlesskit-version.
ensure_engine() {
	want_choices
	if [ ! -e "$DOC/is-same" ]; then settle; fi
	remove_half_archives
	if [ "$(doc rootful-docker)" = purge ]; then purge_packages $(doc rootful-docker.purge); fi
	want_root_units
	case $(doc source) in
	static-archive)
		ensure_static_engine
		use_engine_of "$ID"
		;;
	preinstalled)
		protect_earlier_packages
		PATH=$SYSTEM_PATH
		;;
	*)
		ensure_packaged_engine
		PATH=$SYSTEM_PATH
		;;
	esac
	# Preflight has looked at what was there.
	if [ -s "$WORK/changed" ]; then
		owner_of_files_problems
		legacy_module_problems
	fi
	id_map_problems
	stop_on_problems
	rootlesskit --version >"$WORK/rootlesskit-version" 2>/dev/null &
	ENGINE_VERSION=$(engine_version)
	wait "$!" || true
	# Its package may count as installed, and its files be gone.
	if [ -n "$ENGINE_VERSION" ]; then return 0; fi
	fail "dockerd" "it does not print a version ($(command -v dockerd || echo 'not on PATH'))" '' \
		"install the package $(engine_package) again, or remove the directory of static-archive \
that $ENGINES/$ID leads to; then run again"
}

engine_facts() {
	fact versions.engine "$ENGINE_VERSION"
	set -- $(words_of_file "$WORK/rootlesskit-version")
	fact versions.rootlesskit "${3-}"
	fact versions.kernel "$(words_of_file /proc/sys/kernel/osrelease)"
	fact versions.os "$(os_name)"
	plugin_facts
}

# Declares the fate of root's own units, and of those that packages are about to bring. The group is
# wanted before the masks, and so goes after them.
want_root_units() {
	local unit units=$ROOT_UNITS states=masked
	case $(doc source) in
	distribution | docker-repository)
		want_late group docker present
		states='not-found masked'
		;;
	preinstalled)
		# Packages of an earlier source stay until destroy, and so does the group that they use.
		if [ -n "$(recorded was group docker)" ]; then want_late group docker present; fi
		;;
	static-archive) states=none ;;
	esac
	case $(doc rootful-docker) in
	disable | purge)
		if [ -n "$(dockerds_of 0)" ]; then
			say "stops the Docker daemon run by root$(roots_containers)"
		fi
		# A containerd stays: others may use it.
		for unit in docker.socket docker.service; do
			want_late unit "$unit" stopped
		done
		for unit in docker.socket docker.service; do
			want_mask "$unit"
		done
		units=containerd.service
		;;
	*)
		# Units that disable has stopped start again, without their masks.
		case $(recorded was unit docker.socket)$(recorded was unit docker.service) in
		*running*) units=containerd.service ;;
		esac
		;;
	esac
	want_masks "$units" "$states"
}

# Packages that an earlier source has brought stay, and go on destroy.
protect_earlier_packages() {
	[ -s "$STATE/packages" ] || return 0
	ensure_packages $(
		of_manager installed $(other_packages) $ALL_ENGINE_PACKAGES | cut -d ' ' -f 1 |
			grep -xFf "$STATE/packages"
	)
}

# Packages of the distribution's or of Docker's. They come into the place of an earlier source's.
ensure_packaged_engine() {
	local packages
	if [ "$(doc source)" = docker-repository ]; then
		ensure_repository "$(doc repository)/$(of_known_system 4)" "$(of_known_system 5)"
	fi
	packages=$(wanted_engine)
	if has_packages_of_other_source; then
		replace_packages $packages
	else
		remember packages-of "$(doc source)"
		ensure_packages $packages
	fi
	remember packages-of "$(doc source)"
}

# True if another source has brought packages: it is remembered until the new ones have taken their place.
has_packages_of_other_source() {
	local source
	[ -s "$STATE/packages" ] || return 1
	source=$(remembered packages-of)
	[ -n "$source" ] && [ "$source" != "$(doc source)" ]
}

# Prints the packages to ask for, each with the version that is pinned: one that there is not is an
# error before anything is installed.
wanted_engine() {
	local pin name
	if ! pin=$(engine_pin); then
		# It may be newer than the lists.
		refresh_lists
		pin=$(engine_pin) || fail "engine.version" "$(doc version) is not in the \
package lists, which have: $(of_manager versions "$(engine_package)" | paste -s -d ' ')" '' \
			"use one of these, or leave the option out for the newest"
	fi
	other_packages
	for name in $(versioned_packages); do
		printf ' %s%s' "$name" "${pin:+=$pin}"
	done
}

# Docker's archives, in a directory that this installation's link leads to, and of packages what a
# daemon needs beside them.
ensure_static_engine() {
	local dir
	dir=$(printf '%s' "$(doc archive.engine) $(doc archive.rootless-extras)" | sha256sum)
	dir=$ENGINES/docker-$(doc version)-$(printf %.12s "$dir")
	ensure_packages $(packages_of_url "$(doc repository)")
	want path "$ENGINES" 'dir 755'
	settle
	if [ ! -d "$dir" ]; then
		say "downloads the archives of $(doc version) from $(doc repository), and unpacks them"
		# archive_set waits for it.
		run_beside unpack_archives "$dir.new"
	fi
	ensure_packages $(other_packages)
	want archive "$dir" unpacked
	settle
	want_link "$ENGINES/$ID" "$dir"
	settle
	if has_packages_of_other_source; then remove_packages; fi
	remember packages-of "$(doc source)"
	want_static_cli
}

# A login, and "docker -H ssh://", find the CLI where there is no other docker.
want_static_cli() {
	local cli=/usr/local/bin/docker
	if [ "$(readlink "$cli")" != "$ENGINES/$ID/docker" ] &&
		[ -n "$(PATH=$SYSTEM_PATH command -v docker)" ]; then return 0; fi
	want_link "$cli" "$ENGINES/$ID/docker"
}
