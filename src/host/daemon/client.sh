# The account's daemon, asked by the docker CLI with none of the account's settings and plugins.

# On a busy machine an answer takes its time. Arguments as docker has them.
# root as account: docker, with an empty configuration. 120 seconds.
docker_of_account() {
	as_account_within 120 docker --config "$STATE/none" \
		-H "unix://$ACCOUNT_RUNTIME/docker.sock" "$@" </dev/null
}

# The format for docker info: a line for each of these.
DOCKER_INFO='Driver={{.Driver}}
CgroupVersion={{.CgroupVersion}}
CgroupDriver={{.CgroupDriver}}
Limits={{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}
SecurityOptions={{.SecurityOptions}}
ServerVersion={{.ServerVersion}}
ExperimentalBuild={{.ExperimentalBuild}}'

# Asks the daemon, which proves that it works; docker_info has the answer. False without one.
ask_daemon() {
	docker_of_account info --format "$DOCKER_INFO" >"$WORK/docker-info" &&
		[ -n "$(docker_info Driver)" ]
}

# The daemon's answer about itself when it was asked. Words of the account's. $1 one of the names
# above.
docker_info() {
	local line
	if [ ! -e "$WORK/docker-info" ]; then
		ask_daemon || return 0
	fi
	while IFS= read -r line; do
		if [ "${line%%=*}" = "$1" ]; then printf '%s\n' "${line#*=}"; fi
	done <"$WORK/docker-info"
}
