# pacman. manager.sh says what each function is for.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

# What provides a name counts as the package of that name, as for pacman itself: iptables-legacy is an iptables.
pacman_installed() {
	local name
	for name in "$@"; do
		pacman -Q -- "$name" 2>/dev/null | sed "s/^[^ ]* /$name /"
	done
}

pacman_versions() { pacman -Si -- "$1" 2>/dev/null | sed -n 's/^Version *: //p'; }

# Arch supports no update of a part: newer lists bring packages that are built for newer libraries
# than are there. So they are fetched only where there are none.
pacman_outdated() { [ -z "$(find /var/lib/pacman/sync -name '*.db' -print -quit 2>/dev/null)" ]; }

pacman_refresh() {
	if pacman_outdated; then run_pacman -Sy; fi
}

# root packages: pacman -S, -R, -D. Packages that were there before are removed only with rootfulDocker: purge. Signatures are checked by pacman.
run_pacman() { run_manager pacman --noconfirm "$@"; }

pacman_words() {
	case $1 in
	install) printf '%s' '-S --needed' ;;
	download) printf '%s' '-Sw' ;;
	remove | purge) printf '%s' '-Rn' ;;
	esac
}

# It removes nothing where nobody answers its questions.
pacman_plan() {
	local name
	: >"$WORK/plan"
	run_pacman $(pacman_words install) --print --print-format 'plan %n' "$@" || return 0
	sed -n 's/^plan //p' "$WORK/manager.log" >"$WORK/planned"
	while read -r name; do
		if [ -z "$(installed_version "$name")" ]; then printf 'install %s\n' "$name"; fi
	done <"$WORK/planned" >"$WORK/plan"
}

pacman_run() {
	local verb=$1
	shift
	run_pacman $(pacman_words "$verb") "$@"
}

# The next call finds packages that orphans alone need.
pacman_orphans() {
	if [ $# != 0 ]; then
		run_pacman -D --asdeps "$@" ||
			say "pacman cannot mark $* as dependencies: $(package_errors)"
	fi
	pacman -Qdttq 2>/dev/null || true
}

pacman_errors() {
	grep -E -e '^(error|curl|warning: failed|warning: database file)' \
		-e '^:: .* (in conflict|breaks dependency|require)' \
		-e 'exists in filesystem|is invalid or corrupted' "$WORK/manager.log" || true
}
