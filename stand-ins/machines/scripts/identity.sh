#!/bin/sh
# Makes the running copy of an image one machine of its own. Runs on the machine, as root.
# Usage: identity.sh NAME [ADMIN SUDO]..., where SUDO is "nopasswd" or "none".
set -eu

set_name() {
    echo "$1" >/etc/hostname
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$1" >/etc/hosts
    hostname "$1"
}

# An ordinary login with root's SSH key.
add_admin() {
    useradd --create-home --shell /bin/bash "$1"
    install -d -m 0700 -o "$1" -g "$1" "/home/$1/.ssh"
    install -m 0600 -o "$1" -g "$1" /root/.ssh/authorized_keys "/home/$1/.ssh/authorized_keys"
    test "$2" = none || allow_sudo "$1"
}

allow_sudo() {
    (umask 0337 && echo "$1 ALL=(ALL:ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$1")
}

set_name "$1"
shift
while test $# -gt 0; do
    add_admin "$1" "$2"
    shift 2
done
