# shellcheck shell=dash
# The engine of Docker's own packages. https://docs.docker.com/engine/install/debian/

# Of one version together.
DOCKER_PACKAGES='docker-ce docker-ce-cli docker-ce-rootless-extras'

# What cannot be installed beside them: they would take its place.
DOCKER_CONFLICTS='docker.io docker-cli containerd runc rootlesskit podman-docker'
