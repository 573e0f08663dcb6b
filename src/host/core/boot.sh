# shellcheck shell=dash
# Since when this machine is up, and which boot it is: the clock may be set meanwhile.

boot_id() { cat /proc/sys/kernel/random/boot_id; }

# Not the clock's: that may be set meanwhile, as it is after a boot.
seconds_since_boot() { cut -d . -f 1 /proc/uptime; }
