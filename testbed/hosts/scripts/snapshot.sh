#!/bin/sh
# Prints what a host consists of, as records "kind TAB name TAB value NUL". Runs on the host, as root,
# and changes nothing. A file's contents come as records of their own, of the kind "sha256".
set -eu

records() {
    tr '\n' '\0'
}

# Names may hold anything, newlines too: find and sha256sum write NULs themselves.
files() {
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \) -prune \
        -o -type l -printf 'file\t%p\tlink %u:%g -> %l\0' \
        -o -type d -printf 'file\t%p\tdirectory %u:%g %m\0' \
        -o -type f -printf 'file\t%p\t%u:%g %m\0' \
        -o -printf 'file\t%p\ttype %y %u:%g %m\0'
    # -z: "HASH, two spaces, name", NUL; the name is never escaped.
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \) -prune \
        -o -type f -print0 | xargs -0 sha256sum -z 2>/dev/null |
        sed -z -E 's/^([0-9a-f]{12})[0-9a-f]*  (.*)$/sha256\t\2\t\1/'
}

packages() {
    dpkg-query -W -f '${db:Status-Abbrev}\t${binary:Package}\t${Version}\n' | awk -F '\t' '{
        status = substr($1, 2, 1)
        print "package\t" $2 "\t" $3 (status == "i" ? "" : " (status " status ")")
    }' | records
    apt-mark showmanual | awk '{ print "manual package\t" $1 "\t" }' | records
}

# kernel.random and others are counters; sysctl complains about what it may not read.
sysctls() {
    sysctl -a 2>/dev/null | awk '
        /^(net\.ipv4|kernel|user)\./ && !/^kernel\.(random\.|ns_last_pid|pty\.nr|sched_domain)/ {
            at = index($0, " = ")
            if (!at) next
            value = substr($0, at + 3)
            gsub(/\t/, " ", value)
            print "sysctl\t" substr($0, 1, at - 1) "\t" value
        }' | records
}

units() {
    systemctl list-unit-files --no-legend --no-pager --plain |
        awk '{ print "unit file\t" $1 "\t" $2 }' | records
    systemctl list-units --no-legend --no-pager --plain --state=active,failed,activating \
        --type=service,socket,timer,path,mount |
        awk '{ print "unit\t" $1 "\t" $3 }' | records
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

# Without what serves SSH logins, this one among them.
daemons() {
    ps -eo user:32=,comm:32=,cgroup:200= | awk '
        $NF !~ /ssh\.service|ssh@|session-.*\.scope|user@0\.service/ && $2 != "(sd-pam)" {
            print "daemon\t" $1 ":" $2 "\t"
        }' | sort -u | records
}

files
packages
sysctls
units
accounts
daemons
