# Files that the daemon reads when it starts: daemon.json, environment, unit and certificates. They
# are composed in $WORK/new, and their sums are in $WORK/sums.

# root scratch: $WORK/new.
compose_files() {
	name_own_keys
	compose_daemon_json >"$WORK/new/daemon.json"
	compose_environment >"$WORK/new/environment"
	compose_unit >"$WORK/new/docker.service"
	# The context makes the account's own docker, and "docker -H ssh://", find the socket.
	printf '"rootless"' >"$WORK/new/context"
	printf '{"Name":"rootless","Metadata":{"Description":"Rootless Docker of %s"},%s%s}}}' \
		"$ACCOUNT" '"Endpoints":{"docker":{"Host":"unix://' \
		"$ACCOUNT_RUNTIME/docker.sock\",\"SkipTLSVerify\":false" >"$WORK/new/meta.json"
	if has docker-prune.OnCalendar; then compose_prune; fi
	if has tcp-socket; then
		cp "$(unpacked_secrets)"/text/tls/*.pem "$WORK/new"
		# In the environment, so that the daemon starts again with other ones.
		printf '# Certificates and key of tcpSocket: %s\n' \
			"$(cat "$WORK"/new/*.pem | sum_of /dev/stdin)" >>"$WORK/new/environment"
	fi
	(
		cd "$WORK/new" || exit
		what_restarts daemon.json environment docker.service >what-restarts
		sha256sum -- * >"$WORK/sums"
	)
}

# Keys of daemon.json that the document says in other words. It is this run's own copy, and what it
# says of a key itself counts more.
# root scratch: $json is below $WORK.
name_own_keys() {
	local json=$DOC/json/daemon.json key engine='' driver
	if has default-network-opts.bridge || has ipv6; then engine=$(engine_version); fi
	engine=${engine%%.*}
	driver=$(chosen_driver)
	if [ -n "$driver" ]; then printf '"%s"' "$driver" >"$json/storage-driver"; fi
	# For bridges that users make; engines before 24 do not start with it.
	if has default-network-opts.bridge && [ "${engine:-0}" -ge 24 ]; then
		printf '{"bridge":%s}' "$(doc default-network-opts.bridge)" >"$json/default-network-opts"
	fi
	# From 27 on the engine gives containers IPv6 addresses by itself; before, as an experiment.
	if [ "$(doc ipv6)" = true ] && [ "${engine:-0}" -lt 27 ]; then
		for key in ip6tables experimental; do
			if [ ! -e "$json/$key" ]; then printf true >"$json/$key"; fi
		done
	fi
	if has tcp-socket; then name_keys_of_tcp_socket; fi
}

# root scratch: $json is below $WORK.
name_keys_of_tcp_socket() {
	local json=$DOC/json/daemon.json socket tls=$ACCOUNT_HOME/.config/docker/tls
	socket=$(doc tcp-socket)
	# In a network of RootlessKit's the machine's addresses are not there.
	if ! has_machines_network; then socket=0.0.0.0:${socket##*:}; fi
	printf '["unix://%s/docker.sock","tcp://%s"]' "$ACCOUNT_RUNTIME" "$socket" >"$json/hosts"
	printf true >"$json/tlsverify"
	json_string "$tls/ca.pem" >"$json/tlscacert"
	json_string "$tls/cert.pem" >"$json/tlscert"
	json_string "$tls/key.pem" >"$json/tlskey"
}

# Each value is one line of JSON.
compose_daemon_json() {
	local comma='' file value
	printf '{'
	for file in "$DOC"/json/daemon.json/* "$(unpacked_secrets)"/json/daemon.json/*; do
		if [ ! -e "$file" ]; then continue; fi
		IFS= read -r value <"$file" || true
		printf '%s\n  "%s": %s' "$comma" "${file##*/}" "$value"
		comma=,
	done
	printf '\n}\n'
}

# By this line a file is known for this program's.
MANAGED='# Managed by rootless-docker (Pulumi).'

compose_environment() {
	local file
	printf '%s\n' "$MANAGED"
	# The start script of a later engine may choose the machine's network, where RootlessKit has
	# published dockerd's ports already: until the next run it does not.
	if listens_on_port && ! has_machines_network; then
		printf 'DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS="false"\n'
	fi
	for file in "$DOC"/text/environment/* "$(unpacked_secrets)"/text/environment/*; do
		if [ -e "$file" ]; then systemd_assignment "${file##*/}" "$file"; fi
	done
	compose_rootlesskit_flags
}

# Directives of the document count more than those here.
compose_unit() {
	local limit='StartLimitBurst=5
StartLimitIntervalSec=60s'
	# Who has dockerd's port while it starts keeps it down for that long, and not for good.
	if listens_on_port; then limit='StartLimitIntervalSec=0'; fi
	printf '%s\n' "$MANAGED
[Unit]
Description=Docker Application Container Engine (rootless)
Documentation=https://docs.docker.com/engine/security/rootless/
$limit

[Service]
Environment=PATH=$PATH
UnsetEnvironment=XDG_CONFIG_HOME
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
WantedBy=default.target"
	# slirp4netns answers whoever asks for routers, as a kernel that forwards packets does not. So
	# RootlessKit's interface gets an address and a router (fd00::2) once the daemon is up. From
	# engine 29.5 on that network is not dockerd's own: a file among its mounts leads there.
	if [ "$(doc ipv6)" = true ]; then
		printf '%s\n' '
[Service]
ExecStartPost=/bin/sh -euc '\''p=$$(cat %t/docker.pid); \
  e="nsenter -U --preserve-credentials -m -t $$p"; \
  n=$${DOCKERD_ROOTLESS_ROOTLESSKIT_STATE_DIR:-%t/dockerd-rootless}/netns; \
  $$e test -e $$n || n=/proc/$$p/ns/net; \
  $$e nsenter --net=$$n ip -6 address replace fd00::100/64 dev tap0 nodad; \
  $$e nsenter --net=$$n ip -6 route replace default via fd00::2 dev tap0'\'
	fi
	compose_directives
}

# Each value of several is a line.
compose_directives() {
	local file name
	for file in "$DOC"/text/docker.service/*.*; do
		if [ ! -e "$file" ]; then continue; fi
		name=${file##*/}
		printf '\n[%s]\n' "${name%%.*}"
		sed "s/^/${name#*.}=/" "$file"
		echo
	done
}

# The timer removes what the daemon does not use any more, not on all machines at once.
compose_prune() {
	local all=''
	if [ "$(doc docker-prune.all)" = true ]; then all=' --all'; fi
	printf '%s\n' "$MANAGED
[Unit]
Description=Removes what Docker does not use any more (rootless)
Requisite=docker.service
After=docker.service

[Service]
Type=oneshot
Environment=DOCKER_HOST=unix://%t/docker.sock
ExecStart=$(command -v docker) system prune --force$all --filter until=$(doc docker-prune.until)" \
		>"$WORK/new/docker-prune.service"
	printf '%s\n' "$MANAGED
[Unit]
Description=Removes what Docker does not use any more (rootless)

[Timer]
OnCalendar=$(doc docker-prune.OnCalendar)
Persistent=true
RandomizedDelaySec=15min

[Install]
WantedBy=timers.target" >"$WORK/new/docker-prune.timer"
}

# dockerd reads the certificates, too: root's own copies. Engines before 23 cannot tell.
validate_daemon_json() {
	local said
	sed "s|\"$ACCOUNT_HOME/.config/docker/tls/|\"$WORK/new/|" \
		"$WORK/new/daemon.json" >"$WORK/tried.json"
	if said=$(timeout -k 5 60 dockerd --validate --config-file "$WORK/tried.json" 2>&1); then
		return 0
	fi
	case $said in *'unknown flag'*) return 0 ;; esac
	if has_secrets_in_daemon_json; then
		said='its answer may quote secret values and is not shown'
	else
		said=$(printf '%s\n' "$said" | tail -n 1 |
			sed "s|$WORK/tried|daemon|; s|$WORK/||" | without_logins_of_urls)
	fi
	fail "daemon.json" "dockerd does not accept it (${said:-it gave no reason within a minute})" \
		'' "correct daemon, or revert its last change"
}

# systemd ignores what it does not know in a unit; here that is an error. Root's systemd-analyze has
# this one file and misses all others, which is not said; what has a newer name is not wrong.
validate_unit() {
	local said
	set -- "$DOC"/text/docker.service/*
	if [ ! -e "$1" ]; then return 0; fi
	said=$(XDG_RUNTIME_DIR=$WORK SYSTEMD_UNIT_PATH=$WORK/new timeout -k 5 20 \
		systemd-analyze --user --man=no verify "$WORK/new/docker.service" 2>&1 |
		grep -vE ' (instead\.|obsolete|deprecated)' |
		sed -n "s|^$WORK/new/docker\.service:[0-9]*: ||p" | head -n 3 | paste -s -d ' ')
	if [ -n "$said" ]; then
		fail "docker.service" "systemd does not accept it ('$said')" '' \
			"correct unitOverrides: systemd.unit(5) and its pages describe the directives"
	fi
}

validate_schedule() {
	local schedule
	schedule=$(doc docker-prune.OnCalendar)
	systemd-analyze calendar -- "$schedule" >/dev/null 2>&1 ||
		fail prune.schedule "'$schedule' is not a calendar event that systemd knows" '' \
			"correct prune.schedule: systemd.time(7) describes calendar events"
}
