# shellcheck shell=dash
# Which client a published port's container sees.

# RootlessKit's own port driver connects by itself; from 3.0 on it can do so under a client's address, of TCP, but
# docker-proxy in between does not.
clientAddresses_limitation() {
	local driver version by_tcp=''
	driver=$(word_of_account "$(rootlesskit_argument port-driver)")
	may_run "$(command -v rootlesskit)" || return 0
	version=$(rootlesskit --version | sed 's/.* //')
	case $driver in
	slirp4netns | implicit)
		limitation clientAddresses available \
			"RootlessKit's port driver $driver passes the address of a client on, unless that is the machine itself" ""
		return 0
		;;
	builtin) ;;
	*)
		limitation clientAddresses unavailable "RootlessKit's port driver is $driver" \
			"set network.portDriver to Slirp4netns, or network.driver to Pasta"
		return 0
		;;
	esac
	case $(daemon_json_word userland-proxy)-$(is_transparent_rootlesskit "$version" && echo transparent) in
	false-transparent)
		limitation clientAddresses limited \
			"RootlessKit's port driver builtin ($version), without docker-proxy, passes the address of a client of TCP on, and of UDP not" \
			"set network.portDriver to Slirp4netns, or network.driver to Pasta"
		;;
	false-)
		limitation clientAddresses unavailable \
			"RootlessKit's port driver builtin ($version) connects to docker-proxy, which daemon.json turns off: no published port answers" \
			"take userland-proxy out of daemon; or set network.portDriver to Slirp4netns, or network.driver to Pasta"
		;;
	*)
		! is_transparent_rootlesskit "$version" || by_tcp='; or daemon.userland-proxy to false, for clients of TCP'
		limitation clientAddresses unavailable \
			"RootlessKit's port driver builtin ($version) connects to docker-proxy: every client has the address of the containers' gateway" \
			"set network.portDriver to Slirp4netns, or network.driver to Pasta$by_tcp"
		;;
	esac
}

# $1 RootlessKit's version.
is_transparent_rootlesskit() {
	version_is "$1" ge 3 && [ "$(rootlesskit_argument source-ip-transparent)" != false ]
}
