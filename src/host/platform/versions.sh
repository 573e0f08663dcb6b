# Versions of the system and of programs.

# True where a version stands so to another one. $1 the version, $2 lt or ge, $3 the other one.
version_is() {
	case $2 in
	ge) printf '%s\n' "$3" "$1" | sort -V -C ;;
	lt) ! version_is "$1" ge "$3" ;;
	esac
}
