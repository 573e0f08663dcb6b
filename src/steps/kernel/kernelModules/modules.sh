# shellcheck shell=dash
# Options of kernel modules: a file that modprobe reads whenever the module is loaded, and the value in
# the running kernel.

want_module_options() {
	local file
	for file in "$DOC"/text/modprobe.d/*; do
		[ ! -e "$file" ] || want_module_option "${file##*/}" "$(cat "$file")"
	done
}

# $1 MODULE.PARAMETER, $2 value.
want_module_option() {
	local module=${1%%.*} parameter=${1#*.}
	if ! module_has_parameter "$module" "$parameter"; then
		say "$1 is left out: kernel $(uname -r) has no module $module with this parameter"
		return 0
	fi
	printf '# Managed by rootless-docker (Pulumi).\noptions %s %s=%s\n' "$module" "$parameter" "$2" >"$WORK/modprobe.conf"
	# Claimed before its file, and so restored after it: the module is loaded again without the option.
	want moduleoption "$1" "$2"
	want_file "/etc/modprobe.d/rootless-docker-$1.conf" 644 "$WORK/modprobe.conf"
	! same_option "$(option_value "$module" "$parameter")" "$2" || return 0
	if set_option "$module" "$parameter" "$2"; then
		changed "$1: $2"
	else
		say "$1 stays '$(option_value "$module" "$parameter")' until the next boot: the module $module is in use, and its option cannot be written then"
	fi
}

option_path() { printf '/sys/module/%s/parameters/%s' "$(printf '%s' "$1" | tr - _)" "$2"; }

# The value in the running kernel; empty where the module is not loaded.
option_value() { cat "$(option_path "$1" "$2")" 2>/dev/null || true; }

module_has_parameter() {
	[ -e "$(option_path "$1" "$2")" ] || modinfo -F parm "$1" 2>/dev/null | grep -q "^$2:"
}

module_loaded() { [ -d "/sys/module/$(printf '%s' "$1" | tr - _)" ]; }

# The kernel writes a truth value as Y or N, whatever it was given.
same_option() { [ "$(option_word "$1")" = "$(option_word "$2")" ]; }

option_word() {
	case $1 in
	1 | y | Y) printf Y ;;
	0 | n | N) printf N ;;
	*) printf '%s' "$1" ;;
	esac
}

# In the running kernel, where it allows that: written, or read by modprobe when the module is loaded.
# True where the value is the wanted one then. $1 module, $2 parameter, $3 value.
set_option() {
	if [ -n "$(find "$(option_path "$1" "$2")" -perm /200 2>/dev/null)" ]; then
		printf '%s' "$3" 2>/dev/null >"$(option_path "$1" "$2")" || true
	else
		# Refused by modprobe itself as long as anything uses the module.
		! module_loaded "$1" || modprobe -r "$1" 2>/dev/null || return 1
		modprobe "$1" 2>/dev/null || true
	fi
	same_option "$(option_value "$1" "$2")" "$3"
}

moduleoption_save() {
	if module_loaded "${1%%.*}"; then option_value "${1%%.*}" "${1#*.}" >"$2/value"; fi
}

moduleoption_restore() {
	local module=${1%%.*} parameter=${1#*.}
	module_loaded "$module" || return 0
	if [ ! -e "$2/value" ]; then
		if modprobe -r "$module" 2>/dev/null; then
			changed "module $module unloaded"
		else
			say "module $module stays loaded until the next boot: it is in use"
		fi
	elif ! same_option "$(option_value "$module" "$parameter")" "$(cat "$2/value")"; then
		if set_option "$module" "$parameter" "$(cat "$2/value")"; then
			changed "$1 restored to $(cat "$2/value")"
		else
			say "$1 stays '$(option_value "$module" "$parameter")' until the next boot: the module $module is in use"
		fi
	fi
}
