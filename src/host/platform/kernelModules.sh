# shellcheck shell=dash
# Kernel modules and their parameters.

option_path() { printf '/sys/module/%s/parameters/%s' "$(printf '%s' "$1" | tr - _)" "$2"; }

# The value in the running kernel; empty where the module is not loaded, or does not show it.
option_value() { cat "$(option_path "$1" "$2")" 2>/dev/null || true; }

# Some parameters show nothing (permission 0): whether they have a value only modprobe has seen.
option_readable() { [ -n "$(find "$(option_path "$1" "$2")" -perm /400 2>/dev/null)" ]; }

option_writable() { [ -n "$(find "$(option_path "$1" "$2")" -perm /200 2>/dev/null)" ]; }

module_has_parameter() {
	[ -e "$(option_path "$1" "$2")" ] || modinfo -F parm "$1" 2>/dev/null | grep -q "^$2:"
}

module_loaded() { [ -d "/sys/module/$(printf '%s' "$1" | tr - _)" ]; }
