# shellcheck shell=dash
# Kernel settings by name: every key of the document that has a dot in it.

want_sysctls() {
	local file key value
	for file in "$DOC"/text/*.*; do
		[ -f "$file" ] || continue
		key=${file##*/}
		value=$(cat "$file")
		case $value in
		'>= '*) want_sysctl_at_least "$key" "${value#>= }" ;;
		*) if needed_here "$key"; then want_sysctl "$key" "$value"; fi ;;
		esac
	done
}

# Debian's own switch exists on its kernels only; where it is absent, nothing has to be allowed.
needed_here() { [ "$1" != kernel.unprivileged_userns_clone ] || [ -e "$(sysctl_path "$1")" ]; }

# A larger value of the host's own stays.
want_sysctl_at_least() {
	[ -e "$(sysctl_path "$1")" ] || return 0
	if [ ! -d "$(thing_directory sysctl "$1")" ] && [ "$(sysctl_value "$1")" -ge "$2" ]; then return 0; fi
	want_sysctl "$1" "$2"
}
