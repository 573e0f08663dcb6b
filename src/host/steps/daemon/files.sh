# shellcheck shell=dash
# What the daemon reads when it starts: daemon.json, environment, unit and certificates. They are
# composed in $WORK/new; what is in the home before is in $WORK/earlier.

# Calls a function for each of them. $1 the function; its arguments are the path and the mode.
each_daemon_file() {
	local config=$ACCOUNT_HOME/.config
	"$1" "$config/docker/daemon.json" 600
	"$1" "$config/docker/environment" 600
	"$1" "$config/systemd/user/docker.service" 644
	has tcp-socket || return 0
	"$1" "$config/docker/tls/ca.pem" 644
	"$1" "$config/docker/tls/cert.pem" 644
	"$1" "$config/docker/tls/key.pem" 600
}

compose_daemon_files() {
	name_own_keys
	compose_daemon_json >"$WORK/new/daemon.json"
	compose_environment >"$WORK/new/environment"
	compose_unit >"$WORK/new/docker.service"
	has tcp-socket || return 0
	cp "$(secrets_directory)"/text/tls/*.pem "$WORK/new"
	# In the environment, so that the daemon starts again with other ones.
	printf '# Certificates and key of tcpSocket: %s\n' \
		"$(cat "$WORK"/new/*.pem | sha256sum | cut -c 1-64)" >>"$WORK/new/environment"
}

# Keys of daemon.json that the document says in other words. It is this run's own copy, and what it
# says of a key itself counts more.
name_own_keys() {
	local json=$DOC/json/daemon.json key socket tls=$ACCOUNT_HOME/.config/docker/tls
	# For bridges that users make; engines before 24 do not start with it.
	if has default-network-opts.bridge && ! engine_is_before 24; then
		printf '{"bridge":%s}' "$(cat "$DOC/json/default-network-opts.bridge")" \
			>"$json/default-network-opts"
	fi
	# From 27 on the engine gives containers IPv6 addresses of its own by itself; before, that is an
	# experiment.
	if [ "$(doc ipv6)" = true ] && engine_is_before 27; then
		for key in ip6tables experimental; do [ -e "$json/$key" ] || printf true >"$json/$key"; done
	fi
	has tcp-socket || return 0
	socket=$(doc tcp-socket)
	# In a network of RootlessKit's the machine's addresses are not there.
	has_machines_network || socket=0.0.0.0:${socket##*:}
	printf '[%s,%s]' "$(json_string "unix://$ACCOUNT_RUNTIME/docker.sock")" \
		"$(json_string "tcp://$socket")" >"$json/hosts"
	printf true >"$json/tlsverify"
	json_string "$tls/ca.pem" >"$json/tlscacert"
	json_string "$tls/cert.pem" >"$json/tlscert"
	json_string "$tls/key.pem" >"$json/tlskey"
}

# Each value is one line of JSON.
compose_daemon_json() {
	local comma='' file value
	printf '{'
	for file in "$DOC"/json/daemon.json/* "$(secrets_directory)"/json/daemon.json/*; do
		[ -e "$file" ] || continue
		IFS= read -r value <"$file" || true
		printf '%s\n  "%s": %s' "$comma" "${file##*/}" "$value"
		comma=,
	done
	printf '\n}\n'
}

# By this line a file is known for this program's. Not in a here-document: lines of comments are not
# in the agent.
managed_line() { printf '# Managed by rootless-docker (Pulumi).\n'; }

compose_environment() {
	local file
	managed_line
	# The start script of a later engine may choose the machine's network, where RootlessKit has
	# published dockerd's ports already: until the next run it does not.
	if listens_on_port && ! has_machines_network; then
		printf 'DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS="false"\n'
	fi
	for file in "$DOC"/text/environment/* "$(secrets_directory)"/text/environment/*; do
		[ ! -e "$file" ] || systemd_assignment "${file##*/}" "$file"
	done
	compose_rootlesskit_flags
}

compose_unit() {
	local limit='StartLimitBurst=5
StartLimitIntervalSec=60s'
	# Who has dockerd's port while it starts keeps it down for that long, and not for good.
	! listens_on_port || limit='StartLimitIntervalSec=0'
	managed_line
	cat <<UNIT
[Unit]
Description=Docker Application Container Engine (rootless)
Documentation=https://docs.docker.com/engine/security/rootless/
$limit

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

# slirp4netns offers an address to whoever asks for routers, as a kernel that forwards packets does
# not: once the daemon is up, RootlessKit's interface gets one, and slirp4netns (fd00::2) as its
# router. From engine 29.5 on that network is not dockerd's own, and a file among its mounts leads
# there.
compose_ipv6_start() {
	[ "$(doc ipv6)" = true ] || return 0
	cat <<-'UNIT'

		[Service]
		ExecStartPost=/bin/sh -euc 'p=$$(cat %t/docker.pid); \
		  e="nsenter -U --preserve-credentials -m -t $$p"; \
		  n=$${DOCKERD_ROOTLESS_ROOTLESSKIT_STATE_DIR:-%t/dockerd-rootless}/netns; \
		  $$e test -e $$n || n=/proc/$$p/ns/net; \
		  $$e nsenter --net=$$n ip -6 address replace fd00::100/64 dev tap0 nodad; \
		  $$e nsenter --net=$$n ip -6 route replace default via fd00::2 dev tap0'
	UNIT
}

# The document's directives count more than those above. Each value of several is a line. $1 the
# section.
compose_directives() {
	local file name head="[$1]"
	for file in "$DOC/text/docker.service/$1".*; do
		[ -e "$file" ] || continue
		name=${file##*/"$1".}
		[ -z "$head" ] || printf '\n%s\n' "$head"
		head=''
		sed "s/^/$name=/" "$file"
		echo
	done
}

# A daemon that runs keeps running when the new files cannot be right. dockerd reads the
# certificates, too: root's own copies. Engines before 23 cannot tell.
validate_daemon_files() {
	local said
	validate_unit
	! cmp -s "$WORK/earlier/daemon.json" "$WORK/new/daemon.json" || return 0
	sed "s|\"$ACCOUNT_HOME/.config/docker/tls/|\"$WORK/new/|" \
		"$WORK/new/daemon.json" >"$WORK/tried.json"
	! said=$(timeout -k 5 60 dockerd --validate --config-file "$WORK/tried.json" 2>&1) || return 0
	case $said in *'unknown flag'*) return 0 ;; esac
	said=$(printf '%s\n' "$said" | tail -n 1 | sed "s|$WORK/||" | without_secrets)
	fail "daemon.json" "that dockerd refuses it (${said:-within a minute it does not say why})" \
		"one that it accepts" "correct daemon, or take back its last change"
}

# What systemd does not know in a unit, or does not take, it ignores; here that is an error. Root's
# systemd-analyze has this one file and misses all others, which is not said; what has a newer name
# is not wrong.
validate_unit() {
	local place=$WORK/unit said
	set -- "$DOC"/text/docker.service/*
	[ -e "$1" ] || return 0
	rm -rf "$place"
	mkdir "$place"
	cp "$WORK/new/docker.service" "$place"
	said=$(env -i PATH="$PATH" HOME=/root LC_ALL=C XDG_RUNTIME_DIR="$place" \
		SYSTEMD_UNIT_PATH="$place" timeout -k 5 20 \
		systemd-analyze --user --man=no verify "$place/docker.service" 2>&1 |
		grep -vE ' (instead\.|obsolete|deprecated)' |
		sed -n "s|^$place/docker\.service:[0-9]*: ||p" | head -n 3 | paste -s -d ' ')
	[ -z "$said" ] || fail "docker.service" "that systemd says '$said'" \
		"directives as systemd.unit(5) has them" "correct unitOverrides"
}
