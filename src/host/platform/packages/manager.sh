# The package manager of this machine. Each has functions named after it, such as apt_plan:
#   installed NAME...   those that are installed, a line each: name, blank, version
#   versions NAME       what its lists have of a package, the newest first
#   outdated            true where the lists are to be fetched before something is installed
#   refresh             fetches the lists
#   plan NAME...        into $WORK/plan what an installation would do: "install NAME" for what is
#                       new, "remove NAME" for what goes
#   run VERB NAME...    does it: install, which removes nothing; download, for an installation that
#                       may remove something; remove with configuration; purge, as people ask for it
#   orphans NAME...     packages that nothing needs and nobody has asked for; those that are named
#                       count as if nobody had asked for them
#   errors              of what it has said in $WORK/manager.log, a line each
# NAME may be NAME=VERSION where something is installed.

of_manager() {
	local name=$1
	shift
	"${PACKAGE_MANAGER%-get}_$name" "$@"
}

# The words of all of them for a lock that somebody else holds.
LOCKED='Could not get lock|lock was locked by|already locked by|Failed to obtain (the|rpm) .*lock'
LOCKED="$LOCKED|(transaction|keyring) lock on|System management is locked|unable to lock database"

# The command's words are in $WORK/manager.log. Another package manager at work is waited for.
run_manager() {
	local status tries=0
	while :; do
		status=0
		"$@" >"$WORK/manager.log" 2>&1 </dev/null 9>&- || status=$?
		if [ "$status" = 0 ] || ! grep -qE "$LOCKED" "$WORK/manager.log"; then return "$status"; fi
		if [ "$tries" = 0 ]; then
			say "waits for another package manager, 10 minutes at most:" \
				"$(grep -m 1 -E "$LOCKED" "$WORK/manager.log")"
		fi
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ]; then
			fail "$PACKAGE_MANAGER" \
				"another package manager has been running for 10 minutes \
($(grep -m 1 -E "$LOCKED" "$WORK/manager.log"))" '' "let it finish, then run again"
		fi
		sleep 2
	done
}

# The version of a package that is installed, or nothing. $1 its name.
installed_version() {
	local name version
	of_manager installed "$1" | while read -r name version; do
		if [ "$name" = "$1" ]; then printf '%s\n' "$version"; fi
	done | tail -n 1
}

# Those of the packages (names, or name=version) that are not installed, each after a blank. A
# version may be another package's of the same release: its epoch does not count.
missing_packages() {
	local wanted installed name version
	[ $# -gt 0 ] || return 0
	installed=$NEWLINE$(
		# shellcheck disable=SC2046 # names of packages
		of_manager installed $(for wanted in "$@"; do printf '%s ' "${wanted%%=*}"; done) |
			while read -r name version; do printf '%s=%s\n' "$name" "${version#*:}"; done
	)$NEWLINE
	for wanted in "$@"; do
		name=$wanted=
		case $wanted in
		*=*:*) name=${wanted%%=*}=${wanted#*=*:}$NEWLINE ;;
		*=*) name=$wanted$NEWLINE ;;
		esac
		case $installed in
		*"$NEWLINE$name"*) ;;
		*) printf ' %s' "$wanted" ;;
		esac
	done
}

# A source that does not answer is no error as long as the packages come: package_errors names it.
refresh_lists() {
	say "refreshes the package lists"
	: >"$WORK/lists.errors"
	of_manager refresh || true
	of_manager errors >"$WORK/lists.errors"
	begin_sync
}

# For people: what the manager has said last, and about its lists. Of words that nobody here knows it is
# the last line.
package_errors() {
	local errors
	errors=$(
		{
			of_manager errors
			cat "$WORK/lists.errors" 2>/dev/null || true
		} | awk '!seen[$0]++' | paste -s -d ' '
	)
	if [ -z "$errors" ]; then errors=$(grep . "$WORK/manager.log" | tail -n 1); fi
	printf '%s' "${errors:-$PACKAGE_MANAGER gave no reason}"
}

# The packages without which a URL cannot be read. $1 the URL.
packages_of_url() {
	case $PACKAGE_MANAGER:$1 in apt-get:https:*) printf ca-certificates ;; esac
}

# With apt's own proxies and certificates, or with curl, which the others need themselves; a GiB at
# most, in blocks of 512 bytes, whatever the server sends. $1 the URL, $2 the file.
# root packages: apt-helper or curl downloads an archive of the engine. Its SHA-256 is checked afterwards.
download_file() {
	(
		ulimit -f 2097152
		case $PACKAGE_MANAGER in
		apt-get) run_manager /usr/lib/apt/apt-helper download-file "$1" "$2" ;;
		*) run_manager curl -fsSL --retry 2 --max-time 600 -o "$2" "$1" ;;
		esac
	)
}
