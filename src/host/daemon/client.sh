# shellcheck shell=dash
# The account's daemon, asked by the docker CLI with none of the account's settings and plugins.

docker_of_account() {
	as_account_within 60 env DOCKER_CONFIG="$STATE/none" \
		docker -H "unix://$ACCOUNT_RUNTIME/docker.sock" "$@" </dev/null
}

# What docker info is asked for: a line for each of these.
DOCKER_INFO='Driver={{.Driver}}
DriverStatus={{.DriverStatus}}
DockerRootDir={{.DockerRootDir}}
CgroupVersion={{.CgroupVersion}}
CgroupDriver={{.CgroupDriver}}
Limits={{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}
SecurityOptions={{.SecurityOptions}}
ServerVersion={{.ServerVersion}}
ExperimentalBuild={{.ExperimentalBuild}}
LoggingDriver={{.LoggingDriver}}
LogDrivers={{.Plugins.Log}}
Swarm={{.Swarm.LocalNodeState}}
Holds={{.Containers}} {{.Images}}'

# Asks the daemon, in one program of the account's: docker_info has the answer then. It is the proof
# that the daemon works, too. False where it does not answer; on a busy machine it takes its time.
# $1 its data root, of which "DataRoot" is inode and time of birth; or nothing.
ask_daemon() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account_within 300 sh -c '[ -z "$3" ] || stat -L -c "DataRoot=%i %W" -- "$3"
		DOCKER_CONFIG=$1 exec docker -H "unix://$XDG_RUNTIME_DIR/docker.sock" info --format "$2"' \
		sh "$STATE/none" "$DOCKER_INFO" "$1" </dev/null >"$WORK/docker-info" || return 1
	grep -q '^Driver=.' "$WORK/docker-info"
}

# What the daemon said of itself when it was asked. Words of the account's. $1 one of the names
# above, or DataRoot.
docker_info() {
	local line
	[ -e "$WORK/docker-info" ] || ask_daemon '' || return 0
	while IFS= read -r line; do
		case $line in
		"$1="*)
			printf '%s\n' "${line#*=}"
			return 0
			;;
		esac
	done <"$WORK/docker-info"
}
