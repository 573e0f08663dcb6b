# Kind capability: what a program may do, whoever runs it, by its file.

# Prints getcap's text, none, or gone if there is no program. getcap prints "path cap=ep", an older
# one "path = cap+ep". $1 the program.
capability_state() {
	local found=gone
	# Without getcap nobody can tell: openSUSE has it in a package of its own.
	if [ -e "$1" ]; then found=$(getcap "$1" 2>/dev/null || true); fi
	found=${found#"$1" }
	found=${found#= }
	case $found in
	*+*) found=${found%+*}=${found#*+} ;;
	esac
	echo "${found:-none}"
}

# $1 the program, $2 the capability, or none.
# root packages: setcap on rootlesskit, for ports below 1024. Only with privilegedPorts: file-capability; the earlier one is recorded.
capability_set() {
	local text=$2
	if [ "$text" = none ]; then text=-r; fi
	setcap "$text" "$1" 2>"$WORK/error" ||
		fail "$1" "setcap failed to set the file capability $2 ($(tail -n 1 "$WORK/error"))" \
			'' "set privilegedPorts to sysctl or none"
}

# Wants a capability, and installs what it is asked and given with. $1 the program, $2 the capability.
ensure_capability() {
	ensure_packages "$(package_name libcap2-bin)"
	want capability "$1" "$2"
}
