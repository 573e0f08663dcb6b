# shellcheck shell=dash
# IPv6 beyond the machine, by slirp4netns.

# Containers' addresses are not slirp4netns's: the engine puts its own in their place. From 27 on it does so by itself;
# before, it is an experiment. What the document says of these keys counts more; it is this run's own copy.
name_ip6tables() {
	local key
	if [ "$(doc ipv6)" != true ] || ! engine_is_before 27; then return 0; fi
	for key in ip6tables experimental; do
		[ -e "$DOC/json/daemon.json/$key" ] || printf true >"$DOC/json/daemon.json/$key"
	done
}

# Of the unit. slirp4netns offers an address to whoever asks for routers, as a kernel that forwards packets does not:
# once the daemon is up, RootlessKit's interface gets one, and slirp4netns (fd00::2) as its router. From engine 29.5 on
# that network is not dockerd's own, and a file among its mounts leads there.
compose_ipv6_start() {
	[ "$(doc ipv6)" = true ] || return 0
	cat <<-'UNIT'

		[Service]
		ExecStartPost=/bin/sh -euc 'p=$$(cat %t/docker.pid); e="nsenter -U --preserve-credentials -m -t $$p"; \
		  n=$${DOCKERD_ROOTLESS_ROOTLESSKIT_STATE_DIR:-%t/dockerd-rootless}/netns; $$e test -e $$n || n=/proc/$$p/ns/net; \
		  $$e nsenter --net=$$n ip -6 address replace fd00::100/64 dev tap0 nodad; \
		  $$e nsenter --net=$$n ip -6 route replace default via fd00::2 dev tap0'
	UNIT
}
