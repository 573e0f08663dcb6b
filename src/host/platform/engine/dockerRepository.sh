# The engine of Docker's own packages. https://docs.docker.com/engine/install/

# Of one version together, the daemon's first.
DOCKER_PACKAGES='docker-ce docker-ce-cli docker-ce-rootless-extras'

# All that this source may have brought, for when another one takes its place.
DOCKER_PACKAGES_ALL="$DOCKER_PACKAGES containerd.io docker-buildx-plugin docker-compose-plugin"

# What cannot be installed beside them: they would take its place.
docker_conflicts() {
	case $PACKAGE_MANAGER in
	# https://docs.docker.com/engine/install/fedora/, and what the packages themselves obsolete.
	dnf)
		printf 'docker docker-io docker-cli docker-engine moby-engine podman-docker '
		printf 'containerd runc rootlesskit'
		;;
	*) printf 'docker.io docker-cli containerd runc rootlesskit podman-docker' ;;
	esac
}
