# The engine of the distribution's own packages.

distribution_package() {
	case $PACKAGE_MANAGER in
	zypper | pacman) printf docker ;;
	*) printf docker.io ;;
	esac
}

# The packages that have the engine's version, the daemon's first.
distribution_versioned() {
	distribution_package
	[ "$PACKAGE_MANAGER" != zypper ] || printf ' docker-rootless-extras'
}

# What else belongs to it. Debian's CLI is a package of its own since 13.
distribution_others() {
	printf rootlesskit
	[ "$PACKAGE_MANAGER" != apt-get ] || case $(debian_release) in
	11 | 12) ;;
	*) printf ' docker-cli' ;;
	esac
}

# All that this source may have brought, for when another one takes its place.
distribution_all() {
	printf 'docker-rootless-extras docker.io docker docker-cli containerd runc rootlesskit '
	printf 'docker-buildx docker-compose docker-compose-v2'
}

# Where the vendor's own engine is there, or SUSE's other one, none of the distribution's can be.
other_engine_package() {
	if [ "$PACKAGE_MANAGER" = zypper ]; then printf docker-stable; else printf docker-ce; fi
}
