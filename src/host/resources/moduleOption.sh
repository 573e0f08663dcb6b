# kernel.moduleOptions: a file of /etc/modprobe.d keeps an option. A module that nothing uses has it
# at once, others at the next boot.

# $1 MODULE.PARAMETER, $2 value.
want_module_option() {
	local module=${1%%.*} file=/etc/modprobe.d/rootless-docker-$1.conf
	modinfo -F parm "$module" 2>/dev/null | grep -q "^${1#*.}:" || {
		say "$1 is left out: kernel $(uname -r) has no module $module with this parameter"
		return 0
	}
	printf '# Managed by rootless-docker (Pulumi).\noptions %s %s=%s\n' "$module" "${1#*.}" "$2" \
		>"$WORK/modprobe.$1"
	cmp -s "$WORK/modprobe.$1" "$file" || printf '%s\n' "$1" >>"$WORK/module-options"
	want_file "$file" 644 "$WORK/modprobe.$1"
}

# For the options whose files are written now. overlay and fuse have a reference for every
# mount; another driver may be needed without one.
load_module_options() {
	local option module place
	[ -s "$WORK/module-options" ] || return 0
	settle
	while read -r option; do
		module=${option%%.*}
		place=/sys/module/$(printf '%s' "$module" | tr - _)
		case $module:$(words_of_file "$place/refcnt") in
		overlay:0 | fuse:0)
			{ modprobe -r "$module" && modprobe "$module"; } ||
				fail "$option" "that $module does not load with it" "a value that it knows" \
					"correct it in kernel.moduleOptions"
			changed "module $module loaded again"
			;;
		*) [ ! -d "$place" ] || say "$option takes effect at the next boot: $module is in use" ;;
		esac
	done <"$WORK/module-options"
}
