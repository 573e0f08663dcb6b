# kernel.moduleOptions: a file of /etc/modprobe.d keeps an option. A module that nothing uses has it
# at once, others at the next boot.

# Wants the file of an option, and notes the option in $WORK/module-options if the file is another one
# now, or if a run that was cut off may have written it. $1 MODULE.PARAMETER, $2 value.
want_module_option() {
	local module=${1%%.*} parameter=${1#*.} file=/etc/modprobe.d/rootless-docker-$1.conf
	if ! has_module_parameter "$module" "$parameter"; then
		say "$1 is left out, because kernel $(uname -r) has no module $module with this parameter"
		return 0
	fi
	printf '# Managed by rootless-docker (Pulumi).\noptions %s %s=%s\n' "$module" "$parameter" "$2" \
		>"$WORK/modprobe.$1"
	if [ -n "$WAS_KILLED" ] || ! cmp -s "$WORK/modprobe.$1" "$file"; then
		printf '%s\n' "$1" >>"$WORK/module-options"
	fi
	want_file "$file" 644 "$WORK/modprobe.$1"
}

# $1 the module, $2 the parameter.
has_module_parameter() {
	modinfo -F parm "$1" 2>/dev/null | grep -q "^$2:"
}

# For the options whose files are written now.
load_module_options() {
	local option
	[ -s "$WORK/module-options" ] || return 0
	settle
	while read -r option; do
		load_module_option "$option"
	done <"$WORK/module-options"
}

# $1 MODULE.PARAMETER.
# root kernel: the modules overlay or fuse are loaded again. Only with kernel.moduleOptions, and if nothing uses them.
load_module_option() {
	local module=${1%%.*} place
	place=/sys/module/$(printf '%s' "$module" | tr - _)
	case $module:$(words_of_file "$place/refcnt") in
	# overlay and fuse have a reference for every mount; another driver may be needed without one.
	overlay:0 | fuse:0)
		if ! modprobe -r "$module" || ! modprobe "$module"; then
			fail "$1" "the module $module does not load with this value" '' \
				"correct it in kernel.moduleOptions"
		fi
		changed "module $module reloaded"
		;;
	*)
		if [ -d "$place" ]; then say "$1 takes effect at the next boot, because $module is in use"; fi
		;;
	esac
}
