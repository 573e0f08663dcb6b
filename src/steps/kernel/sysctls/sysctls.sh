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

# A larger value stays: the host's own (which comes back where nobody else has another one), or the one
# that another lease has asked for.
want_sysctl_at_least() {
	local baseline others
	[ -e "$(sysctl_path "$1")" ] || return 0
	baseline=$(thing_directory sysctl "$1")/baseline/value
	others=$(sysctl_of_another_owner "$1")
	if [ ! -e "$baseline" ]; then baseline=$(sysctl_path "$1"); fi
	if [ -n "$others" ] && ! at_least "$others" "$2"; then
		# The error that names both.
		want_sysctl "$1" "$2"
	elif ! at_least "$(cat "$baseline")" "$2"; then
		# Elsewhere nothing is claimed: it would keep the other one from changing its value.
		want_sysctl "$1" "${others:-$2}"
	fi
}

# Numbers may be of any text here: what is none is not enough.
at_least() {
	case $1 in
	'' | *[!0-9]*) return 1 ;;
	esac
	[ "$1" -ge "$2" ]
}

# The value that another owner's lease claims; empty where there is none.
sysctl_of_another_owner() {
	local claim other
	for claim in "$(thing_directory sysctl "$1")"/claims/*; do
		other=${claim##*/}
		other=${other%%.*}
		if [ ! -e "$claim" ] || ! stands_beside "$other"; then continue; fi
		tail -n +2 "$claim"
		return 0
	done
}
