#!/bin/sh
# A rootless Docker host by hand: what a careful administrator writes, to be run over one SSH
# connection, again and again:
#
#     ssh root@HOST 'PING_GROUPS="0 2147483647" sh -s -- apply' <bench/by-hand.sh
#     ssh root@HOST 'sh -s -- destroy' <bench/by-hand.sh
#
# It ends in the same host as the package's defaults, for Debian 12 and 13 and root. It knows one
# account, one setting and no baselines but the ones below: the bench compares its time. SOURCE is
# distribution, docker-repository (from MIRROR) or static-archive (of VERSION from MIRROR, with
# ENGINE_SHA256 and EXTRAS_SHA256).
set -eu
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

ACCOUNT=${ACCOUNT:-docker-rootless}
PING_GROUPS=${PING_GROUPS:-0 2147483647}
SOURCE=${SOURCE:-distribution}
REPOSITORY=/etc/apt/sources.list.d/docker.sources
KEY=/etc/apt/keyrings/docker.asc
STATE=/var/lib/rootless-docker-by-hand
SYSCTLS=/etc/sysctl.d/99-rootless-docker-by-hand.conf
ROOT_UNITS='docker.socket docker.service containerd.service'

fail() {
    echo "by-hand: $*" >&2
    exit 1
}

installed() {
    # shellcheck disable=SC2016 # dpkg's own variables
    dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *//p' | sort
}

# The account's own shell, with its own service manager.
as_account() {
    setpriv --reuid "$uid" --regid "$gid" --init-groups \
        env -i HOME="$home" USER="$ACCOUNT" LOGNAME="$ACCOUNT" PATH="$PATH" LC_ALL=C \
        XDG_RUNTIME_DIR="/run/user/$uid" DBUS_SESSION_BUS_ADDRESS="unix:path=/run/user/$uid/bus" "$@"
}

know_account() {
    entry=$(getent passwd "$ACCOUNT") || return 1
    uid=$(echo "$entry" | cut -d : -f 3)
    gid=$(echo "$entry" | cut -d : -f 4)
    home=$(echo "$entry" | cut -d : -f 6)
}

# Writes stdin to a file, and fails if that changed nothing. $1 path.
changed_file() {
    cat >"$1.new"
    if cmp -s "$1.new" "$1"; then
        rm "$1.new"
        return 1
    fi
    mv "$1.new" "$1"
}

preflight() {
    case $(cat /etc/debian_version) in
    12* | 13*) ;;
    *) fail "Debian 12 or 13 is needed" ;;
    esac
    test -c /dev/net/tun || fail "no /dev/net/tun"
    ! pgrep -u 0 -x dockerd >/dev/null || fail "root runs a Docker daemon"
}

packages() {
    echo dbus-user-session iproute2 iptables procps slirp4netns uidmap
    case $SOURCE in
    distribution)
        echo docker.io rootlesskit
        grep -q '^12' /etc/debian_version || echo docker-cli
        ;;
    docker-repository) echo docker-ce docker-ce-cli docker-ce-rootless-extras containerd.io ;;
    esac
}

download() { /usr/lib/apt/apt-helper -qq download-file "$1" "$2" 2>/dev/null || fail "$1 cannot be had"; }

# Fails where it is there.
add_repository() {
    test ! -e "$REPOSITORY" || return 1
    download "$MIRROR/debian/gpg" "$KEY"
    cat >"$REPOSITORY" <<SOURCES
Types: deb
URIs: $MIRROR/debian
Suites: $(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
Components: stable
Signed-By: $KEY
SOURCES
}

# Into the account's own directory.
install_archives() {
    test ! -e "$home/bin/dockerd" || return 0
    download "$MIRROR/static/stable/$(uname -m)/docker-$VERSION.tgz" "$STATE/engine.tgz"
    download "$MIRROR/static/stable/$(uname -m)/docker-rootless-extras-$VERSION.tgz" "$STATE/extras.tgz"
    printf '%s  %s\n' "$ENGINE_SHA256" "$STATE/engine.tgz" "$EXTRAS_SHA256" "$STATE/extras.tgz" |
        sha256sum --quiet -c
    mkdir -p "$home/bin"
    for archive in engine extras; do
        tar -xzf "$STATE/$archive.tgz" -C "$home/bin" --strip-components 1 --no-same-owner
        rm "$STATE/$archive.tgz"
    done
}

start_script() {
    case $SOURCE in
    distribution) echo /usr/share/docker.io/contrib/dockerd-rootless.sh ;;
    docker-repository) echo /usr/bin/dockerd-rootless.sh ;;
    static-archive) echo "$home/bin/dockerd-rootless.sh" ;;
    esac
}

install_packages() {
    # shellcheck disable=SC2046 # one word a package
    test "$(installed $(packages) | wc -l)" -lt "$(packages | wc -w)" || return 0
    if { test "$SOURCE" = docker-repository && add_repository; } ||
        test -z "$(find /var/lib/apt/lists -name '*_Packages*' -mmin -1440 -print -quit)"; then
        apt-get -qq update </dev/null
    fi
    # Masked before they are there: root's daemon never starts.
    for unit in $ROOT_UNITS; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
    test -e "$STATE/before" || installed >"$STATE/before"
    # shellcheck disable=SC2046
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -y --no-install-recommends \
        install $(packages) >"$STATE/apt.log" 2>&1 </dev/null || fail "$(tail -n 3 "$STATE/apt.log")"
    installed | comm -13 "$STATE/before" - >"$STATE/packages"
}

make_account() {
    know_account || useradd --create-home --user-group --shell /bin/bash "$ACCOUNT"
    know_account
    for file in /etc/subuid /etc/subgid; do
        grep -q "^$ACCOUNT:" "$file" 2>/dev/null || echo "$ACCOUNT:$(next_id "$file"):65536" >>"$file"
    done
    test -e "/var/lib/systemd/linger/$ACCOUNT" || loginctl enable-linger "$ACCOUNT"
}

next_id() {
    awk -F : '$2 + $3 > next { next = $2 + $3 } END { print next > 100000 ? next : 100000 }' \
        next=0 "$1" 2>/dev/null || echo 100000
}

set_kernel() {
    ping=/proc/sys/net/ipv4/ping_group_range
    test -e "$STATE/ping" || cat "$ping" >"$STATE/ping"
    {
        echo "net.ipv4.ping_group_range = $PING_GROUPS"
        test ! -e /proc/sys/kernel/unprivileged_userns_clone ||
            echo "kernel.unprivileged_userns_clone = 1"
        test "$(cat /proc/sys/user/max_user_namespaces)" -ge 1024 ||
            echo "user.max_user_namespaces = 1024"
    } | changed_file "$SYSCTLS" || true
    test "$(tr '\t' ' ' <"$ping")" = "$PING_GROUPS" || echo "$PING_GROUPS" >"$ping"
}

# Succeeds if anything that the daemon reads has changed.
configure_daemon() {
    config=$home/.config
    changed=false
    as_account mkdir -p "$config/docker" "$config/systemd/user"
    echo '{}' | changed_file "$config/docker/daemon.json" && changed=true
    unit | changed_file "$config/systemd/user/docker.service" && changed=true
    chown -R "$ACCOUNT:" "$config"
    $changed
}

unit() {
    cat <<UNIT
[Unit]
Description=Docker Application Container Engine (rootless)
StartLimitBurst=5
StartLimitIntervalSec=60s

[Service]
Environment=PATH=$PATH
ExecStart=$(start_script)
ExecReload=/bin/kill -s HUP \$MAINPID
Type=notify
NotifyAccess=all
TimeoutStartSec=120
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
}

run_daemon() {
    systemctl is-active -q "user@$uid" || systemctl start "user@$uid"
    if configure_daemon; then
        as_account systemctl --user daemon-reload
        as_account systemctl --user -q enable docker
        as_account systemctl --user restart docker
    fi
    tries=0
    until as_account docker -H "unix:///run/user/$uid/docker.sock" version >/dev/null 2>&1; do
        tries=$((tries + 1))
        test "$tries" -le 100 || fail "the daemon does not answer: journalctl _UID=$uid"
        sleep 0.1
    done
}

make_context() {
    test "$(as_account docker context show)" != rootless || return 0
    as_account docker context create rootless --docker "host=unix:///run/user/$uid/docker.sock"
    as_account docker context use rootless
} >/dev/null 2>&1

apply() {
    mkdir -p "$STATE"
    preflight
    install_packages
    make_account
    if test "$SOURCE" = static-archive; then
        install_archives
        PATH=$home/bin:$PATH
    fi
    set_kernel
    run_daemon
    make_context
    as_account docker info --format '{{.SecurityOptions}}' | grep -q name=rootless ||
        fail "the daemon is not rootless"
}

destroy() {
    test -d "$STATE" || return 0
    if know_account; then
        PATH=$home/bin:$PATH
        as_account systemctl --user stop docker 2>/dev/null || true
        loginctl disable-linger "$ACCOUNT"
        systemctl stop "user@$uid.service" "user-runtime-dir@$uid.service"
        userdel --remove "$ACCOUNT" 2>/dev/null
    fi
    rm -f "$SYSCTLS"
    test ! -e "$STATE/ping" || cat "$STATE/ping" >/proc/sys/net/ipv4/ping_group_range
    if test -s "$STATE/packages"; then
        # shellcheck disable=SC2046
        dpkg --purge $(cat "$STATE/packages") >/dev/null 2>&1 || fail "dpkg --purge failed"
    fi
    rm -f "$REPOSITORY" "$KEY"
    for unit in $ROOT_UNITS; do rm -f "/etc/systemd/system/$unit"; done
    systemctl daemon-reload
    groupdel docker 2>/dev/null || true
    rm -rf "$STATE"
}

case ${1-} in
apply) apply ;;
destroy) destroy ;;
*) fail "usage: by-hand.sh apply | destroy" ;;
esac
exit 0
