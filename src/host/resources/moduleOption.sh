# shellcheck shell=dash
# Kind moduleoption: an option MODULE.PARAMETER in the running kernel. A file of kind path keeps it
# for later loads.

option_path() {
	printf '/sys/module/%s/parameters/%s' "$(printf '%s' "${1%%.*}" | tr - _)" "${1#*.}"
}

# The kernel's word, or "not loaded"; gone where the kernel shows none.
moduleoption_state() {
	local path
	path=$(option_path "$1")
	if [ ! -d "${path%/parameters/*}" ]; then
		echo 'not loaded'
	else
		cat "$path" 2>/dev/null || echo gone
	fi
}

# What cannot change before the next boot, or the next load, is no difference.
moduleoption_same() {
	case $2 in 'not loaded' | gone) return 0 ;; esac
	! is_option_free "$1"
}

# True where the option can change now: it can be written, or its module loaded again. A driver can
# be unloaded while the machine needs it; overlay and fuse have a reference for every mount.
is_option_free() {
	is_option_writable "$1" || case ${1%%.*} in
	overlay | fuse) [ "$(cat "/sys/module/${1%%.*}/refcnt" 2>/dev/null)" = 0 ] ;;
	*) false ;;
	esac
}

is_option_writable() { [ -n "$(find "$(option_path "$1")" -perm /200 2>/dev/null)" ]; }

# $1 MODULE.PARAMETER, $2 value.
moduleoption_set() {
	local module=${1%%.*}
	if is_option_writable "$1"; then
		printf '%s' "$2" | tee "$(option_path "$1")" >/dev/null 2>"$WORK/error" ||
			refuse_option "$@"
	elif ! is_option_free "$1" || ! modprobe -r "$module" 2>/dev/null; then
		say "$1 stays '$(moduleoption_state "$1")' until the next boot: $module is in use"
	elif [ "$2" != 'not loaded' ]; then
		# Given here, it counts more than what the files of modprobe say.
		modprobe "$module" "${1#*.}=$2" 2>"$WORK/error" || {
			modprobe "$module" 2>/dev/null || true
			refuse_option "$@"
		}
	fi
}

# Before its file is there: that would keep the module from loading ever again.
refuse_option() {
	[ "$VERB" != revert ] && has "modprobe.d/$1" || return 0
	fail "$1" "that the kernel does not take it ($(tail -n 1 "$WORK/error"))" "'$2'" \
		"give it a value that the module knows, or leave the option out"
}

# The value as the kernel shows it: a truth value is Y or N there. $1 MODULE.PARAMETER, $2 value.
option_word() {
	case $(moduleoption_state "$1")/$(modinfo -F parm "${1%%.*}" 2>/dev/null | grep "^${1#*.}:") in
	[YN]/* | *'(bool)') ;;
	*) set -- "$1" "$2" number ;;
	esac
	case ${3-}$2 in
	1 | [Yy] | [Yy]es | [Tt]rue | [Oo]n) printf Y ;;
	0 | [Nn] | [Nn]o | [Ff]alse | [Oo]ff) printf N ;;
	*) printf '%s' "$2" ;;
	esac
}

# $1 MODULE.PARAMETER, $2 value.
want_module_option() {
	local file=/etc/modprobe.d/rootless-docker-$1.conf now word
	now=$(moduleoption_state "$1")
	word=$(option_word "$1" "$2")
	if [ ! -e "$(option_path "$1")" ] &&
		! modinfo -F parm "${1%%.*}" 2>/dev/null | grep -q "^${1#*.}:"; then
		say "$1 is left out: kernel $(uname -r) has no module ${1%%.*} with this parameter"
		return 0
	fi
	want moduleoption "$1" "$word"
	printf '# Managed by rootless-docker (Pulumi).\noptions %s %s=%s\n' "${1%%.*}" "${1#*.}" "$2" \
		>"$WORK/modprobe.$1"
	if [ "$now" != "$word" ] && moduleoption_same "$1" "$now" &&
		! cmp -s "$WORK/modprobe.$1" "$file"; then
		say "$1 takes effect when the module ${1%%.*} is loaded next, at the next boot"
	fi
	want_file "$file" 644 "$WORK/modprobe.$1"
}
