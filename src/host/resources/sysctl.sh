# Kind sysctl: a kernel setting at run time. A file of kind path keeps it over a reboot.

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

# The value with single spaces, or gone where the kernel has no such setting. The shell's own read
# gets one byte of a number there.
sysctl_state() {
	local value
	value=$(tr '\t' ' ' 2>/dev/null <"$(sysctl_path "$1")") || value=gone
	printf '%s' "${value:-(empty)}"
}

# The kernel shows numbers in its own way.
sysctl_same() {
	case $2$3 in *[!0-9a-fA-Fx]* | '') return 1 ;; esac
	[ "$(printf %d "$2" 2>/dev/null)" = "$(printf %d "$3" 2>/dev/null)" ]
}

# Some settings only a boot takes back, such as kernel.yama.ptrace_scope at 3.
sysctl_set() {
	[ "$2" != '(empty)' ] || set -- "$1" ''
	! { printf '%s\n' "$2" | tee "$(sysctl_path "$1")" >/dev/null; } 2>"$WORK/error" || return 0
	if [ "$VERB" = revert ] || ! has "sysctl.d/$1"; then
		say "$1 stays '$(sysctl_state "$1")' until the next boot:" \
			"the kernel does not take '$2' back"
	else
		fail "$1" "'$(sysctl_state "$1")', which the kernel does not let root change here \
($(tail -n 1 "$WORK/error"))" "'$2'" "set it from outside: this looks like a container"
	fi
}

# preflight: settings that this kernel does not have, or that another installation wants otherwise. One
# of the same account does not count: this one takes its place.
sysctl_problems() {
	local file key value name installation claim
	claims_of_others sysctl "$(installation_of_account "$(doc account)" | paste -s -d ,)" \
		>"$WORK/sysctl-claims"
	for file in "$DOC"/text/sysctl.d/*; do
		[ -e "$file" ] || continue
		key=${file##*/}
		value=$(doc "sysctl.d/$key")
		if [ ! -e "$(sysctl_path "$key")" ]; then
			is_wanted_where_it_exists "$key" "$value" ||
				problem "$key" "no such setting on kernel $(uname -r)" "'$value'" \
					"leave the option out on this host; or, if a module brings the setting, have it \
loaded at boot by a file of /etc/modules-load.d"
			continue
		fi
		while IFS=$TAB read -r name installation claim; do
			[ "$name" = "$key" ] || continue
			are_compatible "$claim" "$value" ||
				problem_of_conflict "$key" "$installation" "$claim" "$value"
		done <"$WORK/sysctl-claims"
	done
}

# True for settings of this package's own defaults: not every kernel has them. $1 key, $2 value.
is_wanted_where_it_exists() {
	case $1/$2 in
	kernel.unprivileged_userns_clone/* | */'>= '*) return 0 ;;
	*) return 1 ;;
	esac
}

# True if one value of a setting can be what both want. $1 another installation's value, $2 the one in
# this document, which may be a least one.
are_compatible() {
	case $2 in
	'>= '*) at_least "$1" "${2#>= }" ;;
	*) [ "$1" = "$2" ] ;;
	esac
}

# $1 key, $2 value. Files are read in the order of their names: this one comes after 99-sysctl.conf.
want_sysctl() {
	want sysctl "$1" "$2"
	printf '# Managed by rootless-docker (Pulumi).\n%s = %s\n' "$1" "$2" >"$WORK/sysctl.$1"
	want_file "/etc/sysctl.d/99-zz-rootless-docker-$1.conf" 644 "$WORK/sysctl.$1"
}

# A larger value stays: the host's, or what another installation asks for. $1 key, $2 value.
want_sysctl_at_least() {
	local before others=''
	before=$(recorded was sysctl "$1")
	[ -z "$before" ] || others=$(recorded others sysctl "$1")
	before=${before:-$(sysctl_state "$1")}
	if [ "$before" = gone ] ||
		{ at_least "$before" "$2" && at_least "${others:-$2}" "$2"; }; then return 0; fi
	if at_least "$others" "$2"; then want_sysctl "$1" "$others"; else want_sysctl "$1" "$2"; fi
}

# Numbers may be of any text here: what is none is not enough.
at_least() {
	case $1 in '' | *[!0-9]*) return 1 ;; esac
	[ "$1" -ge "$2" ]
}
