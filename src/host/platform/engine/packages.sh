# The packages of the engine, by the source that the document names: distribution, docker-repository
# (https://docs.docker.com/engine/install/), static-archive or preinstalled.
# shellcheck disable=SC2046 # names of packages have no blanks

# Those of one version together, the daemon's first.
versioned_packages() {
	case $(doc source):$PACKAGE_MANAGER in
	docker-repository:*) echo docker-ce docker-ce-cli docker-ce-rootless-extras ;;
	*:zypper) echo docker docker-rootless-extras ;;
	*:pacman) echo docker ;;
	*) echo docker.io ;;
	esac
}

# The package of the daemon.
engine_package() {
	set -- $(versioned_packages)
	echo "$1"
}

# Other packages that belong to it, the plugins, and what a rootless daemon needs of the
# distribution's whatever the source. Debian's CLI is a package of its own since 13.
other_packages() {
	local name
	for name in dbus-user-session iproute2 iptables procps slirp4netns uidmap; do
		printf '%s ' "$(package_name "$name")"
	done
	case $(doc source) in
	docker-repository) printf containerd.io ;;
	static-archive) packages_of_url "$(doc repository)" ;;
	preinstalled) ;;
	*)
		case $PACKAGE_MANAGER:$(debian_release) in
		apt-get:11 | apt-get:12 | zypper:* | pacman:*) printf rootlesskit ;;
		*) printf 'rootlesskit docker-cli' ;;
		esac
		;;
	esac
	for name in $(doc plugins); do printf ' %s' "$(plugin_package "$name")"; done
}

# All that a source may have brought, for when another one takes its place.
ALL_ENGINE_PACKAGES='docker-ce docker-ce-cli docker-ce-rootless-extras containerd.io
	docker-buildx-plugin docker-compose-plugin docker.io docker docker-cli docker-rootless-extras
	containerd runc rootlesskit docker-buildx docker-compose docker-compose-v2'

# Packages whose place they would take, and which cannot be installed beside them.
conflicting_packages() {
	case $(doc source):$PACKAGE_MANAGER in
	# https://docs.docker.com/engine/install/fedora/, and what the packages themselves obsolete.
	docker-repository:dnf)
		echo docker docker-io docker-cli docker-engine moby-engine podman-docker \
			containerd runc rootlesskit
		;;
	docker-repository:*) echo docker.io docker-cli containerd runc rootlesskit podman-docker ;;
	*:zypper) echo docker-stable ;;
	*) echo docker-ce ;;
	esac
}

# True for a version $1 that engine.version names: whole, without its epoch, or as it begins.
is_wanted_version() {
	set -- "$1" "$(doc version)"
	case $1 in
	"$2" | "$2"[-.+~_]* | *:"$2" | *:"$2"[-.+~_]*) ;;
	*) return 1 ;;
	esac
}

# Such a version of the daemon's package; nothing where none was asked for, false where none is.
engine_pin() {
	local package version
	has version || return 0
	package=$(engine_package)
	for version in $(installed_version "$package") $(of_manager versions "$package"); do
		if is_wanted_version "$version"; then
			printf '%s' "$version"
			return 0
		fi
	done
	return 1
}
