# shellcheck shell=dash
# newuidmap and newgidmap write an account's subordinate ids into its user namespace. The kernel lets
# them by what their files have: the setuid bit of root, or a file capability.

id_map_programs() { printf '/usr/bin/newuidmap /usr/bin/newgidmap'; }

# $1 the program. The capability that does instead of the setuid bit.
id_map_capability() {
	case $1 in
	*/newuidmap) printf cap_setuid ;;
	*) printf cap_setgid ;;
	esac
}

setuid_root() { [ -u "$1" ] && [ "$(stat -c %u "$1")" = 0 ]; }

# Both permitted and effective: the programs themselves raise nothing.
has_id_map_capability() {
	capability_of "$1" | tr ' ' '\n' |
		grep -qE "^([a-z_]+,)*$(id_map_capability "$1")(,[a-z_]+)*[=+]ei?p"
}

# The line of an administrator who keeps a file without its setuid bit on purpose.
plain_override() {
	dpkg-statoverride --list "$1" 2>/dev/null | grep -vE '^(root|#0) [^ ]+ 0*[4-7][0-7]{3} ' || true
}

# Before anything is changed: dpkg would take the setuid bit away again with the next upgrade.
id_map_override_problems() {
	local program override capability
	for program in $(id_map_programs); do
		override=$(plain_override "$program")
		[ -n "$override" ] || continue
		# It may have the capability, which nobody can tell without getcap: the engine step brings it.
		if [ -e "$program" ] && { ! command -v getcap >/dev/null || has_id_map_capability "$program"; }; then continue; fi
		id_map_override_problem "$program" "$override"
	done
}

# $1 the program, $2 the line of dpkg-statoverride.
id_map_override_problem() {
	problem "$1" "it kept without setuid root by dpkg-statoverride ($2)" "setuid root or $(id_map_capability "$1"), to map the account's subordinate ids" "run 'dpkg-statoverride --remove $1' and 'chmod 4755 $1', or 'setcap $(id_map_capability "$1")=ep $1' once the package uidmap is installed"
}

# Packages bring them setuid; copied file systems and hardening scripts lose that.
want_id_map_privileges() {
	local program
	for program in $(id_map_programs); do want_id_map_privilege "$program"; done
}

want_id_map_privilege() {
	local override
	# Wanted once, it stays claimed: what is there now is this package's own work.
	if [ ! -d "$(thing_directory setuid "$1")/baseline" ]; then
		! setuid_root "$1" || return 0
		want_packages libcap2-bin
		! has_id_map_capability "$1" || return 0
	fi
	override=$(plain_override "$1")
	if [ -n "$override" ]; then
		id_map_override_problem "$1" "$override"
		stop_on_problems
	fi
	want setuid "$1" root
	if setuid_root "$1" || has_id_map_capability "$1"; then return 0; fi
	set_owner "$1" 0:0
	# As the package has it.
	chmod 4755 "$1"
	changed "$1: setuid root, which it had lost"
}

# Another owner clears the setuid bit and the capability, the same one does too.
set_owner() { [ "$(stat -c %u:%g "$1")" = "$2" ] || chown "$2" "$1"; }

# getcap prints "path cap=ep", older ones "path = cap+ep".
capability_of() { getcap "$1" 2>/dev/null | sed 's/^[^ ]* //; s/^= //'; }

setuid_save() {
	capability_of "$1" >"$2/capability"
	stat -c '%a %u:%g' "$1" >"$2/mode"
}

setuid_restore() {
	local mode
	mode=$(cat "$2/mode")
	if [ ! -e "$1" ] || [ "$(stat -c '%a %u:%g' "$1")" = "$mode" ]; then return 0; fi
	set_owner "$1" "${mode#* }"
	chmod "${mode% *}" "$1"
	if [ -s "$2/capability" ] && [ -z "$(capability_of "$1")" ]; then setcap "$(cat "$2/capability")" "$1"; fi
	changed "$1: mode ${mode% *} restored"
}
