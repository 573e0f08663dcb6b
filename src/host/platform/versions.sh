# shellcheck shell=dash
# Versions of the system and of programs.

# True where a version stands so to another one. $1 the version, $2 lt or ge, $3 the other one.
version_is() {
	case $2 in
	lt) ! version_is "$1" ge "$3" ;;
	ge) [ "$(printf '%s\n' "$1" "$3" | sort -V | head -n 1)" = "$3" ] ;;
	esac
}

kernel_before_5_11() { version_is "$(uname -r)" lt 5.11; }
