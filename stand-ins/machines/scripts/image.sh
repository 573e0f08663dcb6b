#!/bin/sh
# Turns the tree of a container host (after its own image.sh) into that of a virtual machine.
# mmdebstrap runs this as root, on the building machine, with the tree as the first argument.
# Usage: image.sh TREE NET, with the first three octets of the machine's /24.
set -eu
root=$1 net=$2

# Here udev runs, and networkd is what a cloud machine has. Nothing waits for it, though.
configure_network() {
    systemctl --quiet --root="$root" disable host0.service
    rm "$root/etc/systemd/system/host0.service"
    systemctl --quiet --root="$root" unmask systemd-networkd.service systemd-networkd.socket
    systemctl --quiet --root="$root" enable systemd-networkd.service
    # The address also stays while the cable is out.
    cat >"$root/etc/systemd/network/testbed.network" <<NETWORK
[Match]
Name=en*

[Network]
Address=$net.15/24
Gateway=$net.2
ConfigureWithoutCarrier=yes
IgnoreCarrierLoss=yes
LinkLocalAddressing=no
IPv6AcceptRA=no
NETWORK
    echo "nameserver $net.3" >"$root/etc/resolv.conf"
}

# Each machine gets its own name when it starts.
name_it() {
    echo machine >"$root/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 machine\n' >"$root/etc/hosts"
}

mount_root() {
    echo '/dev/vda / ext4 defaults 0 0' >"$root/etc/fstab"
}

configure_network
name_it
mount_root
