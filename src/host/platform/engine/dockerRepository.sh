# shellcheck shell=dash
# The engine of Docker's own packages. https://docs.docker.com/engine/install/

# Of one version together.
DOCKER_PACKAGES='docker-ce docker-ce-cli docker-ce-rootless-extras'

# What cannot be installed beside them: they would take its place.
docker_conflicts() {
	case $PACKAGE_MANAGER in
	# https://docs.docker.com/engine/install/fedora/, and what the packages themselves obsolete.
	dnf) printf 'docker docker-io docker-cli docker-engine moby-engine podman-docker containerd runc rootlesskit' ;;
	*) printf 'docker.io docker-cli containerd runc rootlesskit podman-docker' ;;
	esac
}
