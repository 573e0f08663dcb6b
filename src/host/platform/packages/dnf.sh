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

# dnf would wait for another one for ever: dnf 4 does not with exit_on_lock, and dnf 5 says nothing while
# it waits, so it has 30 minutes. Packages that nobody asked for by name stay away, and those that are
# there stay.
# root packages: dnf install, remove, mark. Packages that were there before are removed only with rootfulDocker: purge. Signatures are checked by dnf.
run_dnf() {
	local status=0
	run_manager timeout 1800 dnf -y --setopt=exit_on_lock=True --setopt=install_weak_deps=False \
		--setopt=clean_requirements_on_remove=False "$@" || status=$?
	if [ "$status" = 124 ]; then
		echo "Failed: dnf did not end in 30 minutes, as where another dnf runs" >>"$WORK/manager.log"
	fi
	return "$status"
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
