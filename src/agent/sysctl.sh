# shellcheck shell=dash
# Kernel settings: the value at run time, and a file that keeps it over a reboot.

sysctl_path() { printf '/proc/sys/%s' "$(printf '%s' "$1" | tr . /)"; }

sysctl_value() { tr '\t' ' ' <"$(sysctl_path "$1")"; }

sysctl_save() { sysctl_value "$1" >"$2/value"; }

sysctl_now() {
	[ -e "$(sysctl_path "$1")" ] || return 0
	[ "$(sysctl_value "$1")" = "$(cat "$2/value")" ] || sysctl_value "$1"
}

sysctl_restore() {
	[ -e "$(sysctl_path "$1")" ] || return 0
	[ "$(sysctl_value "$1")" != "$(cat "$2/value")" ] || return 0
	# Some settings only a boot takes back (kernel.yama.ptrace_scope=3), and their files are gone by now.
	{ tee "$(sysctl_path "$1")" <"$2/value" >/dev/null; } 2>"$WORK/error" || {
		say "$1 stays '$(sysctl_value "$1")' until the next boot: the kernel does not take '$(cat "$2/value")' back ($(tail -n 1 "$WORK/error"))"
		return 0
	}
	changed "$1 restored to $(cat "$2/value")"
}

# $1 key, $2 value.
want_sysctl() {
	local before
	[ -e "$(sysctl_path "$1")" ] ||
		fail "$1" "no such setting on kernel $(uname -r)" "'$2'" "leave the option out on this host"
	# Read in this order at boot; the name makes it the last word, after 99-sysctl.conf too.
	printf '# Managed by rootless-docker (Pulumi).\n%s = %s\n' "$1" "$2" >"$WORK/sysctl.conf"
	before=$(sysctl_value "$1")
	want sysctl "$1" "$2"
	want_file "/etc/sysctl.d/99-zz-rootless-docker-$1.conf" 644 "$WORK/sysctl.conf"
	[ "$before" != "$2" ] || return 0
	printf '%s\n' "$2" 2>"$WORK/error" >"$(sysctl_path "$1")" ||
		fail "$1" "'$before', which the kernel does not let root change here ($(tail -n 1 "$WORK/error"))" "'$2'" "set it from outside: this looks like a container"
	note_left "$(thing_directory sysctl "$1")" "$(sysctl_value "$1")"
	# Written in another way than the kernel shows it (0x10), it is no change the next time.
	[ "$(sysctl_value "$1")" = "$before" ] || changed "$1: $before -> $2"
}
