# shellcheck shell=dash
# Checkpoints of containers.

# CRIU reads and writes what only the machine's root may.
checkpoint_limitation() {
	local criu
	criu=$(command -v criu || true)
	limitation checkpoint unavailable \
		"${criu:-no criu on PATH}; docker info: ExperimentalBuild is $(word_of_account "$(docker_info ExperimentalBuild)"), in a user namespace" \
		"checkpoint on a rootful host"
}
