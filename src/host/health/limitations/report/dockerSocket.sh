# shellcheck shell=dash
# The daemon's socket, for a container, by the path that most examples have.

# /run of dockerd is RootlessKit's copy. A -v of what is not there makes a directory. /var/run is a link, which would
# lead out of that namespace.
dockerSocket_limitation() {
	local there mounted
	mounted=/proc/$(daemon_process)/root/run/docker.sock
	# shellcheck disable=SC2016 # the inner shell expands them
	there=$(as_account sh -c '[ ! "$1" -ef "$2" ] || exec echo itself
		stat -L -c %F "$1"' sh "$mounted" "$ACCOUNT_RUNTIME/docker.sock" 2>/dev/null) || true
	if [ "$there" = itself ]; then
		limitation dockerSocket available "/run/docker.sock of dockerd's mount namespace is its own socket" ""
	else
		limitation dockerSocket limited \
			"/run/docker.sock of dockerd's mount namespace is $(words_of_account "${there:-nothing}"), and its own is $ACCOUNT_RUNTIME/docker.sock" \
			"mount that one: -v $ACCOUNT_RUNTIME/docker.sock:/var/run/docker.sock"
	fi
}
