# The programs that this program calls and that a minimal image of some supported system lacks, each
# with its package by package manager. A "-" stands where that manager's systems need none. Lint holds
# the code against this table, and docs/systems.md has it.
#   first     every machine needs it: if it is missing, its packages come before all else
#   archives  the same with engine.source static-archive
#   later     the code that calls it asks for its package itself, or goes on without it
# A name with ":" stands for perl and the modules that it needs; they are packages of their own on
# Fedora and RHEL, joined here by commas.
# Columns: when, apt, dnf, zypper, pacman, programs.
PROGRAMS='
first perl-base perl-interpreter,perl-POSIX,perl-Fcntl,perl-Errno perl perl perl:POSIX,Fcntl,Errno
first diffutils diffutils diffutils diffutils cmp diff
archives - curl curl curl curl
archives tar tar tar tar tar
later apparmor apparmor apparmor-parser apparmor apparmor_parser
later cloud-init cloud-init cloud-init cloud-init cloud-init
later criu criu criu criu criu
later docker.io docker-ce docker docker dockerd
later docker-cli docker-ce-cli docker docker docker
later rootlesskit docker-ce-rootless-extras rootlesskit rootlesskit rootlesskit rootlessctl
later docker.io docker-ce-rootless-extras docker-rootless-extras - dockerd-rootless.sh
later iproute2 iproute iproute2 iproute2 ip
later kmod kmod kmod kmod modprobe modinfo
later libcap2-bin libcap libcap-progs libcap getcap setcap
later procps procps-ng procps procps-ng pgrep
later sudo sudo sudo sudo sudo
later opendoas opendoas opendoas opendoas doas
'

# Lines of the table that count on this machine, and with this document: packages, then programs.
rows_of_programs() {
	local source when apt dnf zypper pacman packages programs
	source=$(doc source)
	while read -r when apt dnf zypper pacman programs; do
		case $when in
		first) ;;
		archives)
			if [ "$source" != static-archive ]; then continue; fi
			;;
		*) continue ;;
		esac
		case $PACKAGE_MANAGER in
		dnf) packages=$dnf ;;
		zypper) packages=$zypper ;;
		pacman) packages=$pacman ;;
		*) packages=$apt ;;
		esac
		if [ "$packages" != - ]; then printf '%s %s\n' "$packages" "$programs"; fi
	done <<-TABLE
		$PROGRAMS
	TABLE
}

# True where a program is on PATH; perl has to load its modules, too, and says on stderr why it does not. $1 its name in
# the table.
has_program() {
	command -v "${1%%:*}" >/dev/null || return 1
	case $1 in
	*:*) "${1%%:*}" -e 'require "$_.pm" for split /,/, shift' "${1#*:}" ;;
	esac
}

# Into $WORK/lacking what this machine lacks of the table: a line with the program and its packages.
note_lacking_programs() {
	local packages programs program
	rows_of_programs >"$WORK/programs"
	while read -r packages programs; do
		for program in $programs; do
			if ! has_program "$program" 2>/dev/null; then
				printf '%s %s\n' "$program" "$packages"
			fi
		done
	done <"$WORK/programs" >"$WORK/lacking"
}

# False as long as perl or a module of it is missing: programs run as the account by perl.
can_run_as_account() { ! grep -q '^perl:' "$WORK/lacking"; }

# A problem for each program that is missing. A package that is installed has lost a file, or needs a
# newer library.
lacking_problems() {
	local program packages found fix words
	while read -r program packages; do
		packages=$(printf '%s' "$packages" | tr , ' ')
		found="this machine does not have it"
		case $program in *:*) found="$found, or one of its modules ${program#*:}" ;; esac
		fix="install $packages with $PACKAGE_MANAGER, then run again"
		# shellcheck disable=SC2086 # names of packages
		if [ -z "$(missing_packages $packages)" ]; then
			words=$(has_program "$program" 2>&1 | sed 's/ (@INC.*//; q')
			found="it does not run (${words:-it is not on PATH}), though $packages is installed"
			fix="install $packages again with $PACKAGE_MANAGER, then run again"
			if [ "$PACKAGE_MANAGER" = pacman ]; then
				fix="run 'pacman -Syu', because Arch does not support partial updates, then run again"
			fi
		fi
		problem "${program%%:*}" "$found" '' "$fix"
	done <"$WORK/lacking"
}

# Ends a run that cannot do its work without what the machine lacks, before anything is changed. $1 the
# start of those names in the table that the run needs. Defaults to all.
stop_without_programs() {
	note_lacking_programs
	[ -s "$WORK/lacking" ] || return 0
	grep "^${1-}" "$WORK/lacking" >"$WORK/lacking.needed" || true
	mv "$WORK/lacking.needed" "$WORK/lacking"
	lacking_problems
	stop_on_problems
}

# The packages that have what is missing; and those of the table that an earlier run has brought, which
# are wanted as long as they are there. One a line.
packages_of_programs() {
	if [ -s "$WORK/lacking" ]; then
		cut -d ' ' -f 2 "$WORK/lacking" | tr , '\n' | sort -u
	fi
	if [ -s "$STATE/packages" ]; then
		cut -d ' ' -f 1 "$WORK/programs" | tr , '\n' | grep -xFf "$STATE/packages" || true
	fi
}
