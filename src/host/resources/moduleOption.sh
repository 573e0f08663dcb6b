# shellcheck shell=dash
# Options of kernel modules: a file that modprobe reads whenever the module is loaded, and the value in
# the running kernel.

# Not of an option that waits for the next boot.
moduleoption_check() {
	if [ ! -e "${3%/*}/taken" ] || option_taken "$1" "$2"; then return 0; fi
	option_value "${1%%.*}" "${1#*.}"
}

# $1 MODULE.PARAMETER, $2 value.
want_module_option() {
	local module=${1%%.*} parameter=${1#*.} fresh=''
	if ! module_has_parameter "$module" "$parameter"; then
		say "$1 is left out: kernel $(uname -r) has no module $module with this parameter"
		return 0
	fi
	printf '# Managed by rootless-docker (Pulumi).\noptions %s %s=%s\n' "$module" "$parameter" "$2" >"$WORK/modprobe.conf"
	cmp -s "$WORK/modprobe.conf" "$(option_file "$1")" || fresh=yes
	# Claimed before its file, and so restored after it: the module is loaded again without the
	# option.
	want moduleoption "$1" "$2"
	want_file "$(option_file "$1")" 644 "$WORK/modprobe.conf"
	! option_taken "$1" "$2" || return 0
	if take_option "$1" "$2"; then
		note_option_taken "$1" "$2"
	else
		tell_option_waits "$1" "$fresh"
	fi
}

option_file() { printf '/etc/modprobe.d/rootless-docker-%s.conf' "$1"; }

# A driver can be unloaded while the machine needs it: one of a network takes no reference for its
# traffic, nor does a watchdog. These two hold one for every mount, and come back at once.
reload_is_safe() { [ "$1" = overlay ] || [ "$1" = fuse ]; }

# $1 the kernel's own word, $2 a wanted value. A truth value is Y or N there, whatever it was given.
same_option() {
	[ "$1" != "$2" ] || return 0
	case "$1 $(printf '%s' "$2" | tr '[:upper:]' '[:lower:]')" in
	'Y 1' | 'Y y' | 'Y yes' | 'Y t' | 'Y true' | 'Y on') ;;
	'N 0' | 'N n' | 'N no' | 'N f' | 'N false' | 'N off') ;;
	*) return 1 ;;
	esac
}

# True where the running kernel has the value: by its own word, or because it took it from us and
# shows the same as then (another spelling of a number, or nothing). $1 MODULE.PARAMETER, $2 value.
option_taken() {
	local value
	value=$(option_value "${1%%.*}" "${1#*.}")
	! same_option "$value" "$2" || return 0
	[ "$(cat "$(resource_directory moduleoption "$1")/taken" 2>/dev/null)" = "$2 $value" ]
}

note_option_taken() {
	local value
	value=$(option_value "${1%%.*}" "${1#*.}")
	printf '%s %s\n' "$2" "$value" >"$(resource_directory moduleoption "$1")/taken"
	if [ -z "$value" ]; then
		changed "$1: $2, which the module was loaded with and does not show"
	elif same_option "$value" "$2"; then
		changed "$1: $2"
	else
		changed "$1: $2, which the kernel took and shows as '$value'"
	fi
}

# Into the running kernel, where it allows that now: written, or read by modprobe when the module is
# loaded. False where it has to wait; a value that the kernel refuses ends the step.
take_option() {
	rm -f "$(resource_directory moduleoption "$1")/taken"
	if option_writable "${1%%.*}" "${1#*.}"; then
		write_option "$1" "$2"
	else
		reload_is_safe "${1%%.*}" && load_with_option "$1" "$2"
	fi
}

# By tee, which says why the kernel refuses.
write_option() {
	printf '%s' "$2" | tee "$(option_path "${1%%.*}" "${1#*.}")" 2>"$WORK/error" >/dev/null && return 0
	! grep -q -e 'Invalid argument' -e 'out of range' "$WORK/error" || refuse_option "$1" "$2" "$(tail -n 1 "$WORK/error")"
	return 1
}

load_with_option() {
	local module=${1%%.*} loaded='' said
	if module_loaded "$module"; then
		# Refused by modprobe itself as long as anything uses the module.
		modprobe -r "$module" 2>/dev/null || return 1
		loaded=yes
	fi
	! said=$(modprobe "$module" 2>&1) || return 0
	refuse_option "$1" "$2" "$(printf '%s' "$said" | tail -n 1)" "$loaded"
}

# Left in modprobe.d, it would keep the module from loading ever again. $3 what the kernel or
# modprobe said, $4 not empty: the module was loaded, and is again.
refuse_option() {
	local file
	file=$(option_file "$1")
	file_restore "$file" "$(resource_directory file "$file")/baseline"
	[ -z "${4-}" ] || modprobe "${1%%.*}" 2>"$WORK/error" ||
		say "module ${1%%.*} does not load without the option either: $(tail -n 1 "$WORK/error")"
	fail "$1" "that the kernel does not take it ($3)" "'$2'" \
		"give it a value that the module knows, or leave the option out"
}

# $1 MODULE.PARAMETER, $2 not empty: its file is new. What nobody can see is told only then.
tell_option_waits() {
	local module=${1%%.*} value
	value=$(option_value "$module" "${1#*.}")
	if [ -z "$value" ] && [ -z "$2" ]; then
		return 0
	elif ! reload_is_safe "$module"; then
		say "$1 takes effect when the module $module is loaded next, at the next boot: the machine may need it meanwhile, and so it is not loaded again"
	elif [ -n "$value" ]; then
		say "$1 stays '$value' until the next boot: the module $module is in use, and its option cannot be written then"
	else
		say "$1 takes effect at the next boot: the module $module is in use, and its option cannot be written then"
	fi
}

# Nothing is kept of a module that is not loaded.
moduleoption_save() {
	local module=${1%%.*} parameter=${1#*.}
	if ! module_loaded "$module"; then
		return 0
	elif option_readable "$module" "$parameter"; then
		option_value "$module" "$parameter" >"$2/value"
	else
		: >"$2/unreadable"
	fi
}

# Another value than before, and than any that this package gave it.
moduleoption_now() {
	local module=${1%%.*} parameter=${1#*.} now ours
	if [ ! -e "$2/value" ] || ! module_loaded "$module"; then return 0; fi
	now=$(option_value "$module" "$parameter")
	[ "$now" != "$(cat "$2/value")" ] || return 0
	case $(cat "${2%/*}/taken" 2>/dev/null) in *" $now") return 0 ;; esac
	{
		cat "${2%/*}/left"
		tail -qn +2 "${2%/*}"/claims/*
	} 2>/dev/null >"$WORK/options"
	while IFS= read -r ours; do
		! same_option "$now" "$ours" || return 0
	done <"$WORK/options"
	printf '%s\n' "$now"
}

# Its file is gone by now. A kernel that was updated meanwhile may not have the parameter any more.
moduleoption_restore() {
	local module=${1%%.*} parameter=${1#*.}
	if ! module_loaded "$module" || ! module_has_parameter "$module" "$parameter"; then
		return 0
	elif [ -e "$2/value" ]; then
		restore_option_value "$1" "$(cat "$2/value")"
	elif ! reload_is_safe "$module"; then
		say "$1 may stay as it is until the module $module is loaded next, at the next boot"
	elif ! modprobe -r "$module" 2>/dev/null; then
		say "module $module stays loaded with $1 until the next boot: it is in use"
	elif [ -e "$2/unreadable" ]; then
		load_without_option "$1"
		changed "module $module loaded again without $1"
	else
		changed "module $module unloaded"
	fi
}

# $1 MODULE.PARAMETER, $2 the value as the kernel showed it.
restore_option_value() {
	local module=${1%%.*} parameter=${1#*.} reason='it is in use'
	[ "$(option_value "$module" "$parameter")" != "$2" ] || return 0
	if option_writable "$module" "$parameter"; then
		reason="the kernel does not take '$2' back"
		printf '%s' "$2" | tee "$(option_path "$module" "$parameter")" >/dev/null 2>&1 || true
	elif ! reload_is_safe "$module"; then
		reason='the machine may need it meanwhile'
	elif modprobe -r "$module" 2>/dev/null; then
		reason="loaded again, it does not have '$2'"
		load_without_option "$1"
	fi
	if [ "$(option_value "$module" "$parameter")" = "$2" ]; then
		changed "$1 restored to $2"
	else
		say "$1 stays '$(option_value "$module" "$parameter")' until the module $module is loaded next, at the next boot: $reason"
	fi
}

load_without_option() {
	modprobe "${1%%.*}" 2>"$WORK/error" || say "module ${1%%.*} does not load any more: $(tail -n 1 "$WORK/error")"
}
