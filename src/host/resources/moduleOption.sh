# kernelModuleOptions: a file of /etc/modprobe.d keeps an option. A module that nothing uses has it at
# once, others at the next boot.

# $1 MODULE.PARAMETER, $2 value.
want_module_option() {
	local module=${1%%.*} file=/etc/modprobe.d/rootless-docker-$1.conf
	modinfo -F parm "$module" 2>/dev/null | grep -q "^${1#*.}:" || {
		say "$1 is left out: kernel $(uname -r) has no module $module with this parameter"
		return 0
	}
	printf '# Managed by rootless-docker (Pulumi).\noptions %s %s=%s\n' "$module" "${1#*.}" "$2" \
		>"$WORK/modprobe.$1"
	cmp -s "$WORK/modprobe.$1" "$file" || printf '%s\n' "$1 $2" >>"$WORK/module-options"
	want_file "$file" 644 "$WORK/modprobe.$1"
}

# For the options whose files were written just now.
load_module_options() {
	local option value
	[ -s "$WORK/module-options" ] || return 0
	while read -r option value; do load_module_option "$option" "$value"; done <"$WORK/module-options"
}

# overlay and fuse have a reference for every mount; another driver may be needed without one.
load_module_option() {
	local module=${1%%.*} place
	place=/sys/module/$(printf '%s' "$module" | tr - _)
	if [ -n "$(find "$place/parameters/${1#*.}" -perm /200 2>/dev/null)" ]; then
		printf '%s' "$2" >"$place/parameters/${1#*.}" ||
			fail "$1" "that the kernel does not take it" "'$2'" "give it a value that the module knows"
	elif [ ! -d "$place" ]; then
		return 0
	elif case $module in overlay | fuse) [ "$(cat "$place/refcnt")" = 0 ] ;; *) false ;; esac then
		{ modprobe -r "$module" && modprobe "$module"; } ||
			fail "$1" "that $module does not load with it" "'$2'" "give it a value that the module knows"
		changed "module $module loaded again"
	else
		say "$1 takes effect at the next boot: $module is in use"
	fi
}
