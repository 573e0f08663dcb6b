# Prints five lines as the account sees them: the version of its docker CLI, what is at
# /run/docker.sock for containers, modes and owners of its files, the files that systemd has read for
# docker.service, and what RootlessKit says of itself, without blanks and quotes.
# Argument: the path of /run/docker.sock in dockerd's namespace.
# root as account: questions to RootlessKit's and dockerd's sockets, and to systemctl --user.
docker --version

if [ "$1" -ef "$XDG_RUNTIME_DIR/docker.sock" ]; then
	echo itself
elif [ -e "$1" ]; then
	stat -L -c %F "$1"
else
	echo
fi

# Links are followed: the file that the daemon reads counts. What is not there is left out.
cd "$HOME" || true
modes=$(stat -L -c '%n=%a:%u:%g' .config/docker/daemon.json .config/docker/environment \
	.config/docker/tls/ca.pem .config/docker/tls/cert.pem .config/docker/tls/key.pem \
	.config/systemd/user/docker.service . .config .config/docker .config/docker/tls .config/systemd \
	.config/systemd/user "$XDG_RUNTIME_DIR" "$XDG_RUNTIME_DIR/docker.sock" 2>/dev/null)
# shellcheck disable=SC2086 # a word for each file
echo $modes

unit=$(systemctl --user show -p FragmentPath -p DropInPaths --value docker.service)
set -f
# shellcheck disable=SC2086 # a word for each path
printf '%s ' $unit
echo

api=$XDG_RUNTIME_DIR/dockerd-rootless/api.sock
if command -v rootlessctl >/dev/null; then
	rootlessctl --socket "$api" info --json
else
	curl -fsS --unix-socket "$api" http://rootlesskit/v1/info
fi | tr -d ' \n"'
