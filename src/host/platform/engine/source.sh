# shellcheck shell=dash
# The packages of the engine's source.

# The packages that have the engine's version, the daemon's first.
versioned_packages() {
	case $(doc source) in
	docker-repository) printf '%s' "$DOCKER_PACKAGES" ;;
	*) printf '%s %s' "$(distribution_package)" "$(distribution_companions)" ;;
	esac
}

# The package of the daemon.
engine_package() { versioned_packages | cut -d ' ' -f 1; }

# What else the source has, the plugins that are asked for, and what a rootless daemon needs of the
# distribution's whatever the source.
other_packages() {
	package_names dbus-user-session iproute2 iptables procps slirp4netns uidmap
	case $(doc source) in
	docker-repository) printf containerd.io ;;
	distribution) distribution_packages ;;
	static-archive) packages_of_url "$(doc repository)" ;;
	esac
	plugin_packages
}

# The version of the daemon's package that was asked for: a whole one, with or without its epoch, or
# its first components. Nothing where none was. False where there is none such.
engine_pin() {
	local wanted version
	has version || return 0
	wanted=$(doc version)
	for version in $(installed_version "$(engine_package)") $(available_versions "$(engine_package)"); do
		case $version in
		"$wanted" | "$wanted"[-.+~_]* | *:"$wanted" | *:"$wanted"[-.+~_]*)
			printf '%s' "$version"
			return 0
			;;
		esac
	done
	return 1
}

no_such_version() {
	problem "engine.version" \
		"the versions $(available_versions "$(engine_package)" | paste -s -d ' ') of $(engine_package) in the package lists" \
		"$(doc version)" "ask for one of these, or leave the option out for the newest"
	stop_on_problems
}
