# shellcheck shell=dash
# Which package manager is asked, and what those have in common that are not apt.

# For people, and to choose by: apt-get, dnf, zypper or pacman. main sets it.
PACKAGE_MANAGER=''

# $1 apt's function, $2 dnf's, $3 zypper's, $4 pacman's, then their arguments.
by_manager() {
	local apt=$1 dnf=$2 zypper=$3 pacman=$4
	shift 4
	case $PACKAGE_MANAGER in
	dnf) "$dnf" "$@" ;;
	zypper) "$zypper" "$@" ;;
	pacman) "$pacman" "$@" ;;
	*) "$apt" "$@" ;;
	esac
}

# The same where dnf and zypper are one: $1 apt's, $2 rpm's, $3 pacman's.
by_format() {
	local apt=$1 rpm=$2 pacman=$3
	shift 3
	by_manager "$apt" "$rpm" "$rpm" "$pacman" "$@"
}

# Says how it ended in $WORK/manager.log. Another one at work is waited for, 5 minutes at most. $1 a function that
# prints the lock that was found taken, of that log, or nothing; then the command.
run_manager() {
	local taken_lock=$1 tries=0 status lock
	shift
	while :; do
		status=0
		LC_ALL=C "$@" >"$WORK/manager.log" 2>&1 </dev/null || status=$?
		lock=$("$taken_lock")
		if [ "$status" = 0 ] || [ -z "$lock" ]; then return "$status"; fi
		tries=$((tries + 1))
		[ "$tries" != 1 ] || say "waits for another package manager, 5 minutes at most: $lock"
		[ "$tries" -le 300 ] ||
			fail "$PACKAGE_MANAGER" "another package manager at work for 5 minutes: $lock" \
				"it free" "let the other installation end, then run again"
		sleep 1
	done
}

# Asks a program, with options of its own, for Docker's own packages.
ask_for_packages_of_docker() { "$@" docker-ce 'docker-ce-*' 'docker-*-plugin' containerd.io; }

# What has nothing to say or to do with one manager, and has with another.
nothing() { :; }

# With curl, which the managers themselves need. $1 the URL, $2 the file.
curl_file() { curl -fsSL --retry 2 --max-time 600 -o "$2" "$1" >"$WORK/manager.log" 2>&1 </dev/null; }

# $1 the unit.
enable_unit() { systemctl -q enable "$1" 2>/dev/null || true; }

# The packages of files on stdin, or of patterns for those of units: each with a tab and the file. Arguments: the
# program that prints the name of a file's package.
owners_of_files() {
	local file
	while read -r file; do
		case $file in
		'*/'*) file=/usr/${file#??} ;;
		esac
		! "$@" "$file" >"$WORK/owner" 2>/dev/null || sed "s|\$|	$file|" "$WORK/owner"
	done
}

# Those of the packages (names, or name=version) that are not installed, each after a space. A version may be
# another package's, of the same release: its epoch does not count. $1 the function that prints what is
# installed, then the packages.
missing_by() {
	local installed=$1 wanted version
	shift
	for wanted in "$@"; do
		version=$("$installed" "${wanted%%=*}")
		case $wanted in
		*=*) [ "${version#*:}" = "$(without_epoch "${wanted#*=}")" ] || printf ' %s' "$wanted" ;;
		*) [ -n "$version" ] || printf ' %s' "$wanted" ;;
		esac
	done
}

without_epoch() { printf '%s' "${1#*:}"; }
