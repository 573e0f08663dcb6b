# shellcheck shell=dash
# Kernel settings: the value at run time, and a file that keeps it over a reboot.

sysctl_check() {
	local now
	now=$(sysctl_value "$1" 2>/dev/null || echo 'no such setting')
	[ "$now" = "$2" ] || printf '%s\n' "$now"
}

sysctl_path() { printf '/proc/sys/%s' "$(printf '%s' "$1" | tr . /)"; }

sysctl_value() { tr '\t' ' ' <"$(sysctl_path "$1")"; }

# What the files of this machine set it to, as the next boot reads them: the file, a tab, the value;
# or nothing. In a name, the first of . and / says which of them parts it (sysctl.d(5)). $1 key.
sysctl_of_files() {
	"$(command -v /usr/lib/systemd/systemd-sysctl || echo /lib/systemd/systemd-sysctl)" --cat-config 2>/dev/null |
		tr '\t' ' ' | awk -v path="$(sysctl_path "$1")" '
			/^# \// { file = substr($0, 3) }
			/^ *[#;]/ || !/=/ { next }
			{
				key = substr($0, 1, index($0, "=") - 1)
				gsub(/^ *-? *| *$/, "", key)
				if (match(key, /[.\/]/) && substr(key, RSTART, 1) == ".") {
					gsub(/\//, "\n", key)
					gsub(/\./, "/", key)
					gsub(/\n/, ".", key)
				}
				if ("/proc/sys/" key != path) next
				value = substr($0, index($0, "=") + 1)
				gsub(/^ *| *$/, "", value)
				found = file "\t" value
			}
			END { if (found != "") print found }'
}

sysctl_save() {
	sysctl_value "$1" >"$2/value"
	sysctl_of_files "$1" >"$2/files"
}

sysctl_now() {
	[ -e "$(sysctl_path "$1")" ] || return 0
	[ "$(sysctl_value "$1")" = "$(cat "$2/value")" ] || sysctl_value "$1"
}

# Our own file is gone by now. Where the others say something else than before, that is somebody's
# wish since: the next boot would set it. Version 0.1.0 did not write down what they said.
sysctl_restore() {
	local value by='' files
	[ -e "$(sysctl_path "$1")" ] || return 0
	value=$(cat "$2/value")
	files=$(sysctl_of_files "$1")
	if [ -e "$2/files" ] && [ -n "$files" ] && [ "${files#*	}" != "$(cut -f 2- "$2/files")" ]; then
		value=${files#*	}
		by=", as ${files%%	*} has it by now"
	fi
	if [ "$(sysctl_value "$1")" = "$value" ]; then
		[ -z "$by" ] || say "$1 stays '$value'$by"
		return 0
	fi
	# Some settings only a boot takes back (kernel.yama.ptrace_scope=3).
	{ printf '%s\n' "$value" | tee "$(sysctl_path "$1")" >/dev/null; } 2>"$WORK/error" || {
		say "$1 stays '$(sysctl_value "$1")' until the next boot: the kernel does not take '$value' back ($(tail -n 1 "$WORK/error"))"
		return 0
	}
	changed "$1 restored to $value$by"
}

# $1 key, $2 value.
want_sysctl() {
	local before
	[ -e "$(sysctl_path "$1")" ] ||
		fail "$1" "no such setting on kernel $(uname -r)" "'$2'" "leave the option out on this host"
	# Read in this order at boot; the name makes it the last word, after 99-sysctl.conf too.
	printf '# Managed by rootless-docker (Pulumi).\n%s = %s\n' "$1" "$2" >"$WORK/sysctl.conf"
	before=$(sysctl_value "$1")
	claim sysctl "$1" "$2"
	want_file "/etc/sysctl.d/99-zz-rootless-docker-$1.conf" 644 "$WORK/sysctl.conf"
	[ "$before" != "$2" ] || return 0
	printf '%s\n' "$2" 2>"$WORK/error" >"$(sysctl_path "$1")" ||
		fail "$1" \
			"'$before', which the kernel does not let root change here ($(tail -n 1 "$WORK/error"))" \
			"'$2'" "set it from outside: this looks like a container"
	note_left "$(resource_directory sysctl "$1")" "$(sysctl_value "$1")"
	# Written in another way than the kernel shows it (0x10), it is no change the next time.
	[ "$(sysctl_value "$1")" = "$before" ] || changed "$1: $before -> $2"
}
