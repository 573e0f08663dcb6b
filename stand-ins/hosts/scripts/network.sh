#!/bin/sh
# The bridge all hosts of the testbed hang on, and their way out. Both verbs may run again.
# The caller holds the testbed's lock. Usage: network.sh up|down, with in the environment:
# TESTBED_STATE (folder), TESTBED_BRIDGE (interface), TESTBED_NET (the first three octets of a /24).
set -eu
net=$TESTBED_NET.0/24
# Lives in TESTBED_STATE from up to down: what ip_forward was before.
saved=$TESTBED_STATE/ip_forward

# Usage: each_rule VERB, where VERB is the name of a function that is given a table and a rule.
each_rule() {
    "$1" nat POSTROUTING -s "$net" ! -d "$net" -j MASQUERADE
    "$1" filter FORWARD -i "$TESTBED_BRIDGE" -j ACCEPT
    "$1" filter FORWARD -o "$TESTBED_BRIDGE" -j ACCEPT
}

# First in its chain, or a machine that drops forwarded packets would drop ours.
insert_rule() {
    table=$1 chain=$2
    shift 2
    iptables -w -t "$table" -C "$chain" "$@" 2>/dev/null || iptables -w -t "$table" -I "$chain" "$@"
}

delete_rule() {
    table=$1 chain=$2
    shift 2
    iptables -w -t "$table" -D "$chain" "$@" 2>/dev/null || true
}

up() {
    if ! ip link show "$TESTBED_BRIDGE" >/dev/null 2>&1; then
        ip link add name "$TESTBED_BRIDGE" type bridge
    fi
    ip address replace "$TESTBED_NET.1/24" dev "$TESTBED_BRIDGE"
    ip link set "$TESTBED_BRIDGE" up
    # Who asks for a host that is still booting asks again this many ms later; by default, a second.
    echo 50 >"/proc/sys/net/ipv4/neigh/$TESTBED_BRIDGE/retrans_time_ms"
    test -e "$saved" || cat /proc/sys/net/ipv4/ip_forward >"$saved"
    echo 1 >/proc/sys/net/ipv4/ip_forward
    each_rule insert_rule
}

down() {
    each_rule delete_rule
    ip link delete "$TESTBED_BRIDGE" 2>/dev/null || true
    if test -s "$saved"; then
        cat "$saved" >/proc/sys/net/ipv4/ip_forward
    fi
    rm -f "$saved"
}

"$1"
