# shellcheck shell=dash
# newuidmap and newgidmap write an account's subordinate ids into its user namespace. The kernel lets
# them by what their files have: the setuid bit of root, or a file capability.

setuid_check() { id_map_privileged "$1" || file_privileges "$1"; }

id_map_programs() { printf '/usr/bin/newuidmap /usr/bin/newgidmap'; }

# $1 the program. The capability that does instead of the setuid bit.
id_map_capability() {
	case $1 in
	*/newuidmap) printf cap_setuid ;;
	*) printf cap_setgid ;;
	esac
}

# True where the program can do its work: with one of the two, and not with both, since a capability
# takes from the setuid bit what it does not name itself.
id_map_privileged() {
	if [ -u "$1" ] && [ "$(stat -c %u "$1")" = 0 ]; then
		[ -z "$(capability_of "$1")" ]
	else
		has_id_map_capability "$1"
	fi
}

# Both permitted and effective: the programs themselves raise nothing.
has_id_map_capability() {
	capability_of "$1" | tr ' ' '\n' |
		grep -qE "^([a-z_]+,)*$(id_map_capability "$1")(,[a-z_]+)*[=+]ei?p"
}

# The line of an administrator who keeps a file without its setuid bit on purpose.
plain_override() {
	mode_override "$1" | grep -vE '^(root|#0) [^ ]+ 0*[4-7][0-7]{3} ' || true
}

# $1 the program, $2 the override's line.
id_map_override_problem() {
	problem "$1" "it kept without setuid root by $(mode_override_program) ($2)" \
		"setuid root or $(id_map_capability "$1"), to map the account's subordinate ids" \
		"run '$(mode_override_removal "$1")' and 'chmod 4755 $1', or \
'setcap $(id_map_capability "$1")=ep $1' once the package $(package_name uidmap) is installed"
}

# Packages bring them setuid; copied file systems and hardening scripts lose that.
want_id_map_privileges() {
	local program
	for program in $(id_map_programs); do want_id_map_privilege "$program"; done
}

want_id_map_privilege() {
	local override before
	# Wanted once, it stays claimed: what is there now is this package's own work.
	if [ ! -d "$(resource_directory setuid "$1")/baseline" ]; then
		! id_map_privileged "$1" || return 0
		# Without getcap nobody can tell.
		want_packages "$(package_name libcap2-bin)"
		! id_map_privileged "$1" || return 0
	fi
	override=$(plain_override "$1")
	if [ -n "$override" ]; then
		id_map_override_problem "$1" "$override"
		stop_on_problems
	fi
	want setuid "$1" root
	! id_map_privileged "$1" || return 0
	before=$(file_privileges "$1")
	# As the package has it. A new owner, even the same one, clears the bit and any capability.
	chown 0:0 "$1"
	chmod 4755 "$1"
	changed "$1: $before -> $(file_privileges "$1")"
}

# Mode, owner and capability, as far as it has one.
file_privileges() {
	local capability
	capability=$(capability_of "$1")
	printf '%s%s' "$(stat -c '%a %U:%G' "$1")" "${capability:+ $capability}"
}

setuid_save() {
	capability_of "$1" >"$2/capability"
	stat -c '%a %u:%g' "$1" >"$2/mode"
}

# As this package leaves it: nothing. Else what somebody gave it.
setuid_now() {
	local now
	[ -e "$1" ] || return 0
	now=$(file_privileges "$1")
	if [ "$now" = '4755 root:root' ]; then return 0; fi
	[ "$(stat -c '%a %u:%g' "$1")" = "$(cat "$2/mode")" ] &&
		[ "$(capability_of "$1")" = "$(cat "$2/capability")" ] || printf '%s\n' "$now"
}

setuid_restore() {
	local before owner
	[ -e "$1" ] || return 0
	before=$(file_privileges "$1")
	owner=$(cat "$2/mode")
	chown "${owner#* }" "$1"
	chmod "${owner% *}" "$1"
	[ ! -s "$2/capability" ] || setcap "$(cat "$2/capability")" "$1"
	[ "$(file_privileges "$1")" = "$before" ] || changed "$1: $before -> $(file_privileges "$1")"
}
