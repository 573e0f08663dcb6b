# dnf, 4 and 5. manager.sh says what each function is for.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

dnf_installed() { rpm_installed "$@"; }

# It lists all versions: dnf 5 has no option --showduplicates for that.
dnf_versions() {
	run_dnf -q repoquery --qf '%{evr}\n' "$1" || true
	grep -xE '[0-9][^ ]*' "$WORK/manager.log" | sed 's/^0://' | sort -rV -u
}

dnf_outdated() { false; }

dnf_refresh() { run_dnf makecache --refresh; }

# dnf would wait for another one for ever: dnf 4 does not with exit_on_lock, and dnf 5 is stopped. Packages
# that nobody asked for by name stay away, and those that are there stay.
# root packages: dnf install, remove, mark. Packages that were there before are removed only with rootfulDocker: purge. Signatures are checked by dnf.
run_dnf() {
	run_manager unless_locked dnf -y --setopt=exit_on_lock=True --setopt=install_weak_deps=False \
		--setopt=clean_requirements_on_remove=False "$@"
}

# Runs a program, and stops it while it waits for a lock, when it has begun nothing: dnf 5 says nothing of
# that under -q.
# root units: its own watcher of dnf ends.
unless_locked() {
	local watcher status=0
	: >"$WORK/program"
	stop_while_it_waits "$1" &
	watcher=$!
	# shellcheck disable=SC2016 # the inner shell's
	sh -c 'echo $$ >"$0"
		exec "$@"' "$WORK/program" "$@" || status=$?
	kill "$watcher" 2>/dev/null || true
	return "$status"
}

# The kernel lists who waits for a lock. It ends with the agent, and holds neither the connection nor the
# agent's lock. $1 the program's name; its number is in $WORK/program.
# root units: a dnf that it started and that waits for a lock ends.
stop_while_it_waits() {
	local program
	trap - EXIT
	exec 3>&- 9>&-
	while sleep 1 && kill -0 $$ 2>/dev/null; do
		read -r program <"$WORK/program" || continue
		grep -qE -e "-> +[A-Z]+ +[A-Z]+ +[A-Z]+ +$program " /proc/locks || continue
		echo "Failed to obtain the lock of $1, which another one holds"
		kill "$program"
		break
	done
}

# dnf's words for a verb, and names: name=version is name-version there.
dnf_words() {
	local verb=$1 name
	shift
	case $verb in
	install) printf 'install ' ;;
	download) printf 'install --allowerasing --downloadonly ' ;;
	purge) printf 'remove ' ;;
	esac
	for name in "$@"; do
		case $name in
		*=*:*) printf '%s-%s ' "${name%%=*}" "${name#*=*:}" ;;
		*=*) printf '%s-%s ' "${name%%=*}" "${name#*=}" ;;
		*) printf '%s ' "$name" ;;
		esac
	done
}

dnf_plan() {
	run_dnf --assumeno $(dnf_words install "$@") || true
	awk "$DNF_PLAN_AWK" "$WORK/manager.log" >"$WORK/plan"
}

dnf_run() {
	case $1 in
	remove)
		shift
		rpm_remove "$@"
		;;
	*) run_dnf $(dnf_words "$@") ;;
	esac
}

# dnf 4 calls the mark of a dependency remove.
# root packages: a question, dnf --version.
dnf_orphans() {
	local mark=remove
	case $(dnf --version 2>/dev/null) in dnf5*) mark=dependency ;; esac
	if [ $# != 0 ]; then
		run_dnf mark "$mark" "$@" ||
			say "dnf cannot mark $* as automatically installed: $(package_errors)"
	fi
	run_dnf -q repoquery --unneeded --qf '%{name}\n' || true
	grep -xE '[A-Za-z0-9][A-Za-z0-9._+-]*' "$WORK/manager.log" || true
}

dnf_errors() {
	grep -E -e '^ *(-|Error|error:|E:|Problem|Curl error|curl:|Failed|Errors)' \
		-e '^ *(No match|Unable|Public key|GPG)| is not signed| another copy' \
		"$WORK/manager.log" || true
}
