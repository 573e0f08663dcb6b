# Kind capability: what a program may do, whoever runs it, by its file.

# getcap's text, none, or gone where there is no program. getcap prints "path cap=ep", an older one
# "path = cap+ep".
capability_state() {
	local found=gone
	# Without getcap nobody can tell: openSUSE has it in a package of its own.
	if [ -e "$1" ]; then found=$(getcap "$1" 2>/dev/null || true); fi
	found=${found#"$1" }
	found=${found#= }
	case $found in *+*) found=${found%+*}=${found#*+} ;; esac
	echo "${found:-none}"
}

capability_set() {
	if [ "$2" = none ]; then set -- "$1" -r; fi
	setcap "$2" "$1" 2>"$WORK/error" || fail "$1" "that setcap fails ($(tail -n 1 "$WORK/error"))" \
		"the file capability $2" "choose sysctl, or none, for privilegedPorts"
}

# $1 the program, $2 the capability.
want_capability() {
	want_packages "$(package_name libcap2-bin)"
	want capability "$1" "$2"
}
