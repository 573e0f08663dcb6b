#!/bin/sh
# Prints what a host consists of, as records "kind TAB name TAB value NUL". Runs on the host, as root,
# and changes nothing. A file's contents come as records of their own, of the kind "sum".
set -eu

records() {
    tr '\n' '\0'
}

# These may be file systems of their own. The others are the kernel's, or made anew at each boot.
roots() {
    echo /
    for folder in /tmp /home /var; do
        if mountpoint -q "$folder"; then echo "$folder"; fi
    done
}

# Names may hold anything, newlines too: find and b2sum write NULs themselves.
files() {
    # shellcheck disable=SC2046 # a list of paths
    find $(roots) -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run \) -prune \
        -o -type l -printf 'file\t%p\tlink %u:%g -> %l\0' \
        -o -type d -printf 'file\t%p\tdirectory %u:%g %m\0' \
        -o -type f -links 1 -printf 'file\t%p\t%u:%g %m\0' \
        -o -type f -printf 'file\t%p\t%u:%g %m %n links\0' \
        -o -printf 'file\t%p\ttype %y %u:%g %m\0'
    # b2sum, because a test takes many snapshots, and sha256sum needs three times as long.
    # apt's package files are not hashed: on a minimal Debian they are more than all the rest, and
    # no snapshot compares them (changesByItself).
    # -z: "HASH, two spaces, name", NUL; the name is never escaped.
    # shellcheck disable=SC2046 # a list of paths
    find $(roots) -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run \
        -o -path /var/cache/apt \) -prune \
        -o -type f -print0 | xargs -0 b2sum -z 2>/dev/null |
        sed -z -E 's/^([0-9a-f]{12})[0-9a-f]*  (.*)$/sum\t\2\t\1/'
    # What programs keep while the machine runs: whether it is there.
    find /run -xdev -mindepth 1 -maxdepth 1 -printf 'file\t%p\ttype %y %u:%g %m\0'
}

# A key that rpm has imported is one, too.
rpms() {
    rpm -qa --qf 'package\t%{NAME}-%{VERSION}\t%{RELEASE}\n' | records
    if command -v zypper >/dev/null; then
        rpm -qa --qf '%{NAME}\n' | awk -v list=/var/lib/zypp/AutoInstalled '
            BEGIN { while ((getline line <list) > 0) auto[line] }
            !($0 in auto) { print "user package\t" $0 "\t" }' | records
    else
        dnf -q -C --disablerepo='*' repoquery --installed --qf '%{name} %{reason}\n' |
            awk '{ reason = tolower($2) }
                reason == "user" || reason == "group" { print reason " package\t" $1 "\t" }' | records
    fi
}

archs() {
    pacman -Q | sed 's/\(.*\) \(.*\)/package\t\1\t\2/' | records
    pacman -Qqe | sed 's/.*/explicit package\t&\t/' | records
}

packages() {
    # What is wished for and what is there: "ii", and otherwise a package that is held or half gone.
    dpkg-query -W -f '${db:Status-Abbrev}\t${binary:Package}\t${Version}\n' | awk -F '\t' '{
        status = substr($1, 1, 2)
        print "package\t" $2 "\t" $3 (status == "ii" ? "" : " (status " status ")")
    }' | records
    apt-mark showmanual | awk '{ print "manual package\t" $1 "\t" }' | records
}

# kernel.random and others are counters; sysctl complains about what it may not read. Those of fs and vm
# belong to the kernel that all containers share, and other tests may set them meanwhile.
sysctls() {
    sysctl -a 2>/dev/null | awk '
        /^(net|kernel|user)\./ && !/^(kernel\.(random\.|ns_last_pid|pty\.nr|sched_domain)|net\.netfilter\.nf_conntrack_count)/ {
            at = index($0, " = ")
            if (!at) next
            value = substr($0, at + 3)
            gsub(/\t/, " ", value)
            print "sysctl\t" substr($0, 1, at - 1) "\t" value
        }' | records
}

# $1 a word before each kind, $2 a word before each name, then the systemctl that is asked.
units_of() (
    kind=$1 whose=$2
    shift 2
    "$@" list-unit-files --no-legend --no-pager --plain |
        awk -v kind="$kind" -v whose="$whose" '{ print kind "unit file\t" whose $1 "\t" $2 }' | records
    "$@" list-units --no-legend --no-pager --plain --state=active,failed,activating \
        --type=service,socket,timer,path,mount |
        awk -v kind="$kind" -v whose="$whose" '{ print kind "unit\t" whose $1 "\t" $3 }' | records
)

# The system's, and those of the accounts whose service manager runs without a login.
units() {
    units_of '' '' systemctl
    for account in /var/lib/systemd/linger/*; do
        account=${account##*/}
        uid=$(id -u "$account" 2>/dev/null) || continue
        test -S "/run/user/$uid/systemd/private" || continue
        units_of 'user ' "$account:" setpriv --reuid "$uid" --regid "$(id -g "$account")" --init-groups \
            env "XDG_RUNTIME_DIR=/run/user/$uid" systemctl --user
    done
}

# By name, or the whole line where a name may have several.
accounts() {
    for file in passwd group; do
        awk -v kind="$file" '{
            at = index($0, ":"); print kind " line\t" substr($0, 1, at - 1) "\t" substr($0, at + 1)
        }' "/etc/$file"
    done | records
    for file in subuid subgid; do
        test ! -e "/etc/$file" || awk -v kind="$file" '{ print kind " line\t" $0 "\t" }' "/etc/$file"
    done | records
    if test -d /var/lib/systemd/linger; then
        find /var/lib/systemd/linger -type f -printf 'linger\t%f\t\0'
    fi
}

# Without what serves SSH logins, this one among them, and without what systemd is about to start: until it is, it has
# the number of a descriptor for a name.
daemons() {
    ps -eo user:32=,comm:32=,cgroup:200= | awk '
        $2 !~ /^[0-9]+$/ &&
        $NF !~ /ssh\.service|ssh@|session-.*\.scope|user@0\.service/ && $2 != "(sd-pam)" {
            count[$1 ":" $2]++
        }
        END {
            for (name in count)
                print "daemon\t" name "\t" (count[name] > 1 ? count[name] " processes" : "")
        }' | records
}

files
if command -v rpm >/dev/null; then
    rpms
elif command -v pacman >/dev/null; then
    archs
else
    packages
fi
sysctls
units
accounts
daemons
