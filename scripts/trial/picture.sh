#!/bin/sh
# Prints what a machine consists of, as lines "kind TAB name TAB value". Runs as root, and only reads.
# Folders to leave out are its arguments.
set -eu

# The root file system, and others on disks. The kernel's own file systems are left out, and those in files, as of snaps.
roots() {
    {
        echo /
        findmnt -rn -o TARGET -t ext2,ext3,ext4,xfs,btrfs,f2fs,zfs
        if mountpoint -q /tmp; then echo /tmp; fi
    } | grep -vE '^/(proc|sys|dev|run|snap)(/|$)|/\.snapshots|^/var/lib/(docker|containerd|containers)/' | sort -u
}

# Options of find that leave a folder out.
left_out() {
    for folder in /proc /sys /dev /run /.snapshots /var/lib/docker /var/lib/containerd "$@"; do
        printf '%s -path %s ' "${or:-}" "$folder"
        or=-o
    done
}

# A file of more than a megabyte is known by its size and its time: sums of these would take minutes.
files() {
    # shellcheck disable=SC2046 # lists of words
    find $(roots) -xdev \( $(left_out "$@") \) -prune \
        -o -type l -printf 'file\t%p\tlink %u:%g -> %l\n' \
        -o -type d -printf 'file\t%p\tdirectory %u:%g %m\n' \
        -o -type f -size +1024k -printf 'file\t%p\t%u:%g %m %s bytes of %Ts\n' \
        -o -type f -printf 'file\t%p\t%u:%g %m\n' \
        -o -printf 'file\t%p\ttype %y %u:%g %m\n'
    # shellcheck disable=SC2046 # lists of words
    find $(roots) -xdev \( $(left_out "$@") \) -prune \
        -o -type f ! -size +1024k -print0 | xargs -0 sha256sum |
        sed -E 's/^(\\?[0-9a-f]{12})[0-9a-f]*  (.*)$/file\t\2\tsha256 \1/'
}

packages() {
    if command -v rpm >/dev/null; then
        rpm -qa --qf 'package\t%{NAME}-%{VERSION}\t%{RELEASE}\n'
    elif command -v pacman >/dev/null; then
        pacman -Q | sed 's/\(.*\) \(.*\)/package\t\1\t\2/'
    else
        dpkg-query -W -f 'package\t${binary:Package}\t${Version} ${db:Status-Abbrev}\n'
        apt-mark showmanual | sed 's/.*/manual package\t&\t/'
    fi
}

# Counters are left out, and what the machine's kernel shares with other containers.
sysctls() {
    find /proc/sys/net /proc/sys/kernel /proc/sys/user -type f -perm -u+r \
        ! -path '/proc/sys/kernel/random/*' ! -path '/proc/sys/kernel/ns_last_pid' \
        ! -path '/proc/sys/kernel/pty/nr' ! -path '/proc/sys/net/netfilter/*' \
        ! -path '/proc/sys/net/bridge/*' ! -path '/proc/sys/kernel/tainted' \
        -exec grep -H '' {} + | sed -E 's/^([^:]*):(.*)$/sysctl\t\1\t\2/' | sort -u
}

# Without the service manager of the user who has logged in for this.
units() {
    systemctl list-unit-files --no-legend --no-pager --plain |
        awk '$1 !~ /^session-/ { print "unit file\t" $1 "\t" $2 }'
    systemctl list-units --no-legend --no-pager --plain --state=active,failed \
        --type=service,socket,timer,path,mount |
        awk -v own="@${SUDO_UID:-0}.service" -v run="run-user-${SUDO_UID:-0}.mount" '
            !index($1, own) && $1 != run { print "unit\t" $1 "\t" $3 }'
}

accounts() {
    for file in passwd group; do
        sed -E "s/^([^:]*):(.*)$/$file line\t\1\t\2/" "/etc/$file"
    done
    for file in subuid subgid; do
        test ! -e "/etc/$file" || sed -E "s/.*/$file line\t&\t/" "/etc/$file"
    done
    test ! -d /var/lib/systemd/linger ||
        find /var/lib/systemd/linger -type f -printf 'linger\t%f\t\n'
}

# A file or a setting that goes meanwhile, or that not even root may read, is no error.
files "$@" 2>/dev/null || :
packages 2>/dev/null
sysctls 2>/dev/null || :
units
accounts
