# shellcheck shell=dash
# What the daemon reads: daemon.json, environment and unit.

# Keys of a document directory and of the secret values, sorted: NAME, tab, file. $1 json or text,
# $2 group.
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
	compose_side_of_network
	with_secrets text environment >"$WORK/keys"
	while IFS='	' read -r name file; do
		printf '%s="' "$name"
		sed 's/[\\"$`]/\\&/g' "$file"
		printf '"\n'
	done <"$WORK/keys"
	compose_own_flags
	compose_tls_sum
}

compose_unit() {
	printf '# Managed by rootless-docker (Pulumi).\n'
	cat <<UNIT
[Unit]
Description=Docker Application Container Engine (rootless)
Documentation=https://docs.docker.com/engine/security/rootless/
$(compose_start_limit)

[Service]
Environment=PATH=$PATH
EnvironmentFile=%h/.config/docker/environment
ExecStart=$(start_script)
ExecReload=/bin/kill -s HUP \$MAINPID
Type=notify
NotifyAccess=all
TimeoutStartSec=0
TimeoutStopSec=480
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
	compose_ipv6_start
	compose_directives Unit
	compose_directives Service
}

# Who has dockerd's port while it starts keeps it down for as long as they have it, and not for good.
compose_start_limit() {
	if listens_on_port; then
		printf 'StartLimitIntervalSec=0'
	else
		printf 'StartLimitBurst=5\nStartLimitIntervalSec=60s'
	fi
}

# A link of an administrator's may have changed since the step engine saw to it.
stop_on_others_programs() {
	engine_program_problems
	stop_on_problems
}

# A daemon that runs keeps running when the new configuration cannot. Engines before 23 cannot tell. dockerd reads the
# certificates of tcpSocket, too: root's own copies.
validate_daemon_json() {
	local said
	[ -n "$(engine_version 2>/dev/null)" ] || no_engine '' "give recheck a new value, with which the engine's step runs again"
	said=$(timeout -k 5 60 dockerd --validate --config-file "$WORK/tried.json" 2>&1) || case $said in
	*'unknown flag'*) ;;
	*)
		said=$(printf '%s\n' "$said" | tail -n 1 | sed "s|$WORK/||" | without_secrets)
		fail "daemon.json" "that dockerd refuses it (${said:-without a word, or not within a minute})" \
			"one that it accepts" "correct daemon, or take back its last change"
		;;
	esac
}

# daemon.json and environment, which hold secret values too, as the document has them.
compose_settings() {
	name_ip6tables
	name_tcp_socket kept_tls_file
	compose_daemon_json >"$WORK/tried.json"
	name_tcp_socket tls_file
	compose_daemon_json >"$WORK/daemon.json"
	compose_environment >"$WORK/environment"
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" | cmp -s - "$WORK/daemon.json" || validate_daemon_json
}

# The same files with secret values that are others, by the document that the daemon step had last.
# It named the storage driver or the image store where the document does not.
rewrite_daemon_files() {
	local driver
	driver=$(daemon_json_text storage-driver | grep -xE '[a-z0-9-]{1,32}') || true
	if [ -n "$driver" ] && ! has daemon.json/storage-driver; then name_storage_driver "$driver"; fi
	if is_image_store_named; then name_image_store; fi
	name_bridge_options
	compose_settings
	each_tls_file rewrite_home_file
	rewrite_home_file "$ACCOUNT_HOME/.config/docker/daemon.json" 600 "$WORK/daemon.json"
	note_daemon_json "$WORK/daemon.json"
	rewrite_home_file "$ACCOUNT_HOME/.config/docker/environment" 600 "$WORK/environment"
}

# $1 driver. The document is this run's own copy.
name_storage_driver() {
	printf '%s' "$1" >"$DOC/text/daemon.json/storage-driver"
	printf '"%s"' "$1" >"$DOC/json/daemon.json/storage-driver"
}
