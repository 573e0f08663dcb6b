#!/bin/sh
# Turns a fresh minimal Debian tree into a host of the testbed: what every host has in common.
# mmdebstrap runs this as root, on the building machine, with the tree as the only argument.
set -eu
root=$1

# No udev runs in a container while sysfs is writable, so networkd would wait for ever for the
# interface to be announced. The timers change files by themselves, which a comparison of before
# and after would see.
mask_units() {
    systemctl --quiet --root="$root" mask \
        systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service \
        systemd-resolved.service systemd-timesyncd.service \
        apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
        fstrim.timer motd-news.timer man-db.timer
}

# /etc/testbed-network is written for each host.
configure_network() {
    cat >"$root/etc/systemd/system/host0.service" <<'UNIT'
[Unit]
Description=The testbed's network
DefaultDependencies=no
Before=sysinit.target network-pre.target
After=systemd-remount-fs.service

[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=/etc/testbed-network
ExecStart=/bin/sh -c 'ip link set lo up; ip link set host0 up; ip address replace "$ADDRESS/24" dev host0; ip route replace default via "$GATEWAY"'
# systemd-nspawn hands every container a tun device; a host without one is a case to test.
ExecStart=/bin/sh -c 'test "$TUN" = yes || rm -rf /dev/net'

[Install]
WantedBy=sysinit.target
UNIT
    systemctl --quiet --root="$root" enable host0.service
}

configure_ssh() {
    # Host keys are made for each host.
    rm -f "$root"/etc/ssh/ssh_host_*
    mkdir -p "$root/etc/ssh/sshd_config.d"
    echo 'UseDNS no' >"$root/etc/ssh/sshd_config.d/testbed.conf"
    install -d -m 0700 "$root/root/.ssh"
}

# Empty, not absent: each host finds its own at its first boot, which is no "first boot" otherwise.
forget_identity() {
    : >"$root/etc/machine-id"
    rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id"
}

mask_units
configure_network
configure_ssh
forget_identity
