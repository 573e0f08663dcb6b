# Kind sysctl: a kernel setting at run time. A file of kind path keeps it over a reboot.

# Prints the file of a setting: its name's dots are slashes there. $1 the setting.
sysctl_path() {
	(
		IFS=.
		set -f
		# shellcheck disable=SC2086 # its parts
		set -- $1
		IFS=/
		printf '/proc/sys/%s' "$*"
	)
}

# The value with single spaces, or gone if the kernel has no such setting. The shell's own read gets
# one byte of a number there. $1 the setting.
sysctl_state() {
	local value
	value=$(tr '\t' ' ' 2>/dev/null <"$(sysctl_path "$1")") || value=gone
	printf '%s' "${value:-(empty)}"
}

# The kernel shows numbers in its own way. $1 the setting, $2 now, $3 wanted.
sysctl_same() {
	case $2$3 in
	*[!0-9a-fA-Fx]* | '') return 1 ;;
	esac
	[ "$(printf %d "$2" 2>/dev/null)" = "$(printf %d "$3" 2>/dev/null)" ]
}

# $1 the setting, $2 the value.
# root writes: a kernel setting below /proc/sys. Its earlier value is recorded before.
sysctl_set() {
	local value=$2
	if [ "$value" = '(empty)' ]; then value=''; fi
	if { printf '%s\n' "$value" | tee "$(sysctl_path "$1")" >/dev/null; } 2>"$WORK/error"; then
		return 0
	fi
	# Some settings only a boot takes back, such as kernel.yama.ptrace_scope at 3.
	if [ "$VERB" = revert ] || ! has "sysctl.d/$1"; then
		say "$1 remains '$(sysctl_state "$1")' until the next boot," \
			"because the kernel does not accept '$value' before that"
		STAYS_AS_IT_IS=yes
	else
		fail "$1" "it is '$(sysctl_state "$1")', and the kernel does not let root set it to '$value' here \
($(tail -n 1 "$WORK/error"))" '' "this machine looks like a container: set it on the machine that runs the container"
	fi
}

# preflight: settings that this kernel does not have, or that another installation wants otherwise. One
# of the same account does not count: this one takes its place.
sysctl_problems() {
	local file key same_account
	same_account=$(installation_of_account "$(doc account)" | paste -s -d ,)
	claims_of_others sysctl "$same_account" >"$WORK/sysctl-claims"
	for file in "$DOC"/text/sysctl.d/*; do
		[ -e "$file" ] || continue
		key=${file##*/}
		if [ -e "$(sysctl_path "$key")" ]; then
			sysctl_conflicts "$key" "$(doc "sysctl.d/$key")"
		else
			missing_sysctl_problem "$key" "$(doc "sysctl.d/$key")"
		fi
	done
}

# $1 the setting, which this kernel does not have, $2 its value in the document.
missing_sysctl_problem() {
	if is_optional_sysctl "$1" "$2"; then return 0; fi
	problem "$1" "kernel $(uname -r) does not have this setting, so it cannot be '$2'" '' \
		"leave the option out on this host; or, if a module provides the setting, load it at \
boot with a file in /etc/modules-load.d"
}

# $1 the setting, $2 its value in the document. Reads $WORK/sysctl-claims.
sysctl_conflicts() {
	local name installation claim
	while IFS=$TAB read -r name installation claim; do
		[ "$name" = "$1" ] || continue
		if ! are_compatible "$claim" "$2"; then
			problem_of_conflict "$1" "$installation" "$claim" "$2"
		fi
	done <"$WORK/sysctl-claims"
}

# True for settings of this package's own defaults: not every kernel has them. $1 the setting, $2 its
# value in the document.
is_optional_sysctl() {
	case $1/$2 in
	kernel.unprivileged_userns_clone/* | */'>= '*) return 0 ;;
	*) return 1 ;;
	esac
}

# True if one value of a setting can be what both want. $1 another installation's value, $2 the one in
# this document, which may be a least one.
are_compatible() {
	case $2 in
	'>= '*) is_at_least "$1" "${2#>= }" ;;
	*) [ "$1" = "$2" ] ;;
	esac
}

# $1 the setting, $2 its value. Files are read in the order of their names: this one comes after
# 99-sysctl.conf.
want_sysctl() {
	want sysctl "$1" "$2"
	printf '# Managed by rootless-docker (Pulumi).\n%s = %s\n' "$1" "$2" >"$WORK/sysctl.$1"
	want_file "/etc/sysctl.d/99-zz-rootless-docker-$1.conf" 644 "$WORK/sysctl.$1"
}

# A larger value stays: the host's, or what another installation asks for. $1 the setting, $2 the
# least value.
want_sysctl_at_least() {
	local before others=''
	before=$(recorded was sysctl "$1")
	if [ -n "$before" ]; then
		others=$(recorded others sysctl "$1")
	else
		before=$(sysctl_state "$1")
	fi
	if [ "$before" = gone ]; then return 0; fi
	if [ -z "$others" ]; then
		if ! is_at_least "$before" "$2"; then want_sysctl "$1" "$2"; fi
	elif is_at_least "$others" "$2"; then
		if ! is_at_least "$before" "$2"; then want_sysctl "$1" "$others"; fi
	else
		# The other one wants less, which is an error that names both.
		want_sysctl "$1" "$2"
	fi
}

# True if a value is a number, and enough: what is no number is not enough. $1 the value, $2 the least
# one.
is_at_least() {
	case $1 in
	'' | *[!0-9]*) return 1 ;;
	esac
	[ "$1" -ge "$2" ]
}
