# zypper. manager.sh says what each function is for.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

zypper_installed() { rpm_installed "$@"; }

zypper_versions() {
	run_zypper --xmlout search -s --match-exact -t package "$1" || true
	sed -n '/repository="(System/d; s/^<solvable .* edition="\([^"]*\)".*/\1/p' \
		"$WORK/manager.log" | sort -rV -u
}

zypper_outdated() { false; }

zypper_refresh() { run_zypper refresh; }

# Statuses by which it only informs are no failure: 100 to 103; 106, a repository left out; 107, a
# package's script that has failed.
# root packages: zypper install, remove. Packages that were there before are removed only with rootfulDocker: purge. Signatures are checked by zypper.
run_zypper() {
	local status=0
	run_manager zypper -n "$@" || status=$?
	case $status in
	10[0-3] | 106 | 107) return 0 ;;
	*) return "$status" ;;
	esac
}

# zypper's words for a verb, then options; names follow. It knows name=version as it is here.
zypper_words() {
	case $1 in
	install) printf 'install --no-recommends --oldpackage' ;;
	download) printf 'install --no-recommends --oldpackage --force-resolution --download-only' ;;
	purge) printf 'remove --no-clean-deps' ;;
	esac
}

# It asks what to do about a conflict, and does nothing where nobody answers.
zypper_plan() {
	run_zypper --xmlout $(zypper_words install) --dry-run "$@" || true
	awk "$ZYPPER_PLAN_AWK" "$WORK/manager.log" >"$WORK/plan"
}

# With a repository left out it has done nothing, and says so with 0.
zypper_run() {
	local verb=$1
	shift
	case $verb in
	install)
		run_zypper $(zypper_words install) "$@" || return
		[ -z "$(missing_packages "$@")" ]
		;;
	remove) rpm_remove "$@" ;;
	*) run_zypper $(zypper_words "$verb") "$@" ;;
	esac
}

# zypper has no command that marks a package as a dependency: this is libzypp's list of them.
zypper_orphans() {
	local list=/var/lib/zypp/AutoInstalled
	printf '%s\n' "$@" | cat "$list" - 2>/dev/null |
		awk '/^#/ || (NF && !seen[$0]++)' >"$WORK/automatic"
	write_file "$list" 644 <"$WORK/automatic"
	run_zypper packages --unneeded || true
	awk -F '|' '/^i/ { gsub(/ /, "", $3); print $3 }' "$WORK/manager.log"
}

zypper_errors() {
	sed "s/<[^>]*>//g; s/&apos;/'/g; s/&quot;/\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g" \
		"$WORK/manager.log" | grep -E \
		-e '^ *(Error|error:|Problem|Curl error|curl:|Failed|No provider|Subprocess failed)' \
		-e '^ *This is a transactional|Failed to retrieve|verification failed|conflict' \
		-e 'nothing provides|Skipping repository|Signing Key' | sed 's/^ *- //; s/^ *//' || true
}
