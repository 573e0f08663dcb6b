#!/bin/sh
# Lets the user of this machine log in to it by SSH with a key of its own, as a trial does. The user is one whom sudo makes
# root without a password, as on GitHub's runners. Prints the public key of the SSH server.
#
#     sshToSelf.sh KEY_FILE
set -eu
key=$1

command -v sshd >/dev/null || test -x /usr/sbin/sshd ||
    { sudo apt-get -q update && sudo apt-get -q install --yes openssh-server; } >&2
sudo systemctl start ssh >&2

# sshd takes no key from a home that others may write to.
chmod go-w "$HOME"
install -d -m 0700 "$HOME/.ssh"
test -e "$key" || ssh-keygen -q -t ed25519 -N '' -f "$key"
cat "$key.pub" >>"$HOME/.ssh/authorized_keys"
chmod 0600 "$HOME/.ssh/authorized_keys"

cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub
