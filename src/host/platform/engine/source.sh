# The packages of the engine's source, as the document names it: distribution, docker-repository,
# static-archive or preinstalled.

# The packages that have the engine's version, the daemon's first.
versioned_packages() {
	case $(doc source) in
	docker-repository) printf '%s' "$DOCKER_PACKAGES" ;;
	*) distribution_versioned ;;
	esac
}

# The package of the daemon.
engine_package() { versioned_packages | cut -d ' ' -f 1; }

# What else the source has, the plugins, and what a rootless daemon needs of the distribution's
# whatever the source.
other_packages() {
	package_names dbus-user-session iproute2 iptables procps slirp4netns uidmap
	case $(doc source) in
	docker-repository) printf containerd.io ;;
	distribution) distribution_others ;;
	static-archive) packages_of_url "$(doc repository)" ;;
	esac
	plugin_packages
}

# The version of the daemon's package that was asked for: a whole one, with or without its epoch, or
# its first components. Nothing where none was. False where there is none such.
engine_pin() {
	local wanted package version
	has version || return 0
	wanted=$(doc version)
	package=$(engine_package)
	for version in $(installed_version "$package") $(available_versions "$package"); do
		case $version in
		"$wanted" | "$wanted"[-.+~_]* | *:"$wanted" | *:"$wanted"[-.+~_]*)
			printf '%s' "$version"
			return 0
			;;
		esac
	done
	return 1
}
