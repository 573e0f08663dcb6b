# Runs as the account: logs docker in, in a directory of its own. Arguments: the username and the
# registry's address. The password is on stdin.
# root as account: docker login, in a directory below /run/user/UID.
umask 077
place=$XDG_RUNTIME_DIR/rootless-docker-login
rm -rf "$place"
docker --config "$place" -H "unix://$XDG_RUNTIME_DIR/docker.sock" \
	login --username="$1" --password-stdin "$2" >/dev/null
status=$?
rm -rf "$place"
exit "$status"
