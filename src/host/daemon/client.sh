# shellcheck shell=dash
# The account's daemon, asked by the docker CLI.

# Only the daemon is asked: with nothing of the client's settings, and so without the account's
# plugins.
docker_of_account() {
	as_account_within 60 env DOCKER_CONFIG="$STATE/none" docker -H "unix://$ACCOUNT_RUNTIME/docker.sock" "$@"
}
