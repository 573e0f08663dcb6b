# shellcheck shell=dash
# What the daemon reads: daemon.json, environment and unit.

# Keys of a document directory and of the secret values, sorted: NAME, tab, file. $1 json or text, $2 group.
with_secrets() {
	local file
	for file in "$DOC/$1/$2"/* "$(secrets_directory)/$1/$2"/*; do
		[ ! -e "$file" ] || printf '%s\t%s\n' "${file##*/}" "$file"
	done | sort
}

compose_daemon_json() {
	local comma='' name file
	printf '{'
	with_secrets json daemon.json >"$WORK/keys"
	while IFS='	' read -r name file; do
		printf '%s\n  "%s": ' "$comma" "$name"
		cat "$file"
		comma=,
	done <"$WORK/keys"
	printf '\n}\n'
}

# In systemd's quoting: inside double quotes a backslash protects these four.
compose_environment() {
	local name file
	printf '# Managed by rootless-docker (Pulumi).\n'
	with_secrets text environment >"$WORK/keys"
	while IFS='	' read -r name file; do
		printf '%s="' "$name"
		sed 's/[\\"$`]/\\&/g' "$file"
		printf '"\n'
	done <"$WORK/keys"
	compose_host_loopback
}

compose_unit() {
	printf '# Managed by rootless-docker (Pulumi).\n'
	cat <<UNIT
[Unit]
Description=Docker Application Container Engine (rootless)
Documentation=https://docs.docker.com/engine/security/rootless/
StartLimitBurst=5
StartLimitIntervalSec=60s

[Service]
Environment=PATH=$PATH
EnvironmentFile=%h/.config/docker/environment
ExecStart=$(start_script)
ExecReload=/bin/kill -s HUP \$MAINPID
Type=notify
NotifyAccess=all
TimeoutStartSec=0
TimeoutStopSec=60
Restart=always
RestartSec=2
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=mixed

[Install]
WantedBy=default.target
UNIT
}

# A daemon that runs keeps running when the new configuration cannot. Engines before 23 cannot tell.
validate_daemon_json() {
	local said
	said=$(dockerd --validate --config-file "$WORK/daemon.json" 2>&1) || case $said in
	*'unknown flag'*) ;;
	*)
		fail "daemon" "$(printf '%s\n' "$said" | tail -n 1 | sed "s|$WORK/||" | without_secrets)" "a daemon.json that dockerd accepts" "take back the last change of daemon"
		;;
	esac
}
