# Packages: what this program brings, and what of that goes.
#   $STATE/packages                    names of what its transactions have brought, or were about to
#                                      bring: one list for the machine
#   $STATE/installations/ID/STEP.packages
#                                      what a step wants by name, so that it is not called unneeded;
#                                      a file of apt's configuration says the same to others
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

# Makes sure that packages are here, which the step has to have: what is missing is installed, and
# nothing removed for it. All calls of a run count together. Arguments: names, or name=version.
ensure_packages() {
	local missing
	[ $# -gt 0 ] || return 0
	protect_packages "$@"
	[ -n "$(missing_packages "$@")" ] || return 0
	settle
	begin_packages
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	say "installs$missing"
	install_packages $missing
}

# The same with another source of the engine: what the earlier one has brought goes first, once the
# new packages are here. Arguments: names, or name=version.
replace_packages() {
	local missing
	protect_packages "$@"
	missing=$(missing_packages "$@")
	if [ -n "$missing" ]; then
		begin_packages
		of_manager plan $missing
		stop_on_removal "$STATE/packages" $missing
		with_lists of_manager run download $missing || fail_to_install $missing
	fi
	settle
	remove_packages
	ensure_packages "$@"
}

# Packages that this run of the step has asked for, by name: protect_packages adds to it.
ASKED=''

# From here on nothing that removes what is unneeded takes them, nor those of the step's last run,
# until this one ends. Arguments: names, or name=version.
protect_packages() {
	local name
	for name in "$@"; do
		name=${name%%=*}
		case " $ASKED " in
		*" $name "*) ;;
		*) ASKED="$ASKED${ASKED:+ }$name" ;;
		esac
	done
	set -- $ASKED
	for name in $(words_of_file "$OWN/$STEP.packages"); do
		case " $* " in
		*" $name "*) ;;
		*) set -- "$@" "$name" ;;
		esac
	done
	write_protection "$@"
}

# Those of the step's last run alone are protected no more.
forget_packages() {
	if [ "$(words_of_file "$OWN/$STEP.packages")" != "$ASKED" ]; then write_protection $ASKED; fi
}

# Arguments: the names, or none.
write_protection() {
	local list=$OWN/$STEP.packages
	if [ "$(words_of_file "$list")" != "$*" ]; then echo "$*" | write_record "$list"; fi
	if [ "$PACKAGE_MANAGER" != apt-get ] || [ $# = 0 ]; then return 0; fi
	{
		echo '// Managed by rootless-docker (Pulumi): autoremove leaves these.'
		echo 'APT::NeverAutoRemove {'
		printf '  "^%s$";\n' "$@"
		echo '};'
	} >"$WORK/$STEP.protection"
	want_file "/etc/apt/apt.conf.d/99rootless-docker-$ID-$STEP" 644 "$WORK/$STEP.protection"
}

# Before packages change: what a killed run was at work on is completed, and the lists are there.
begin_packages() {
	if [ ! -e "$STATE/packages" ]; then write_record "$STATE/packages" </dev/null; fi
	complete_packages
	if [ ! -e "$WORK/lists.errors" ] && of_manager outdated; then refresh_lists; fi
}

# Runs a command, and where it fails once more with new lists: those that are there may name what the
# archive has replaced. Arguments: the command.
with_lists() {
	if "$@"; then return 0; fi
	# The lists are new already.
	if [ -e "$WORK/lists.errors" ]; then return 1; fi
	refresh_lists
	"$@"
}

# The packages do not come, which ends the step. Arguments: names, or name=version.
fail_to_install() {
	local fix="fix what $PACKAGE_MANAGER reports, then run again"
	if [ "$PACKAGE_MANAGER" = pacman ]; then
		fix="update this machine with 'pacman -Syu' if its lists are older than the mirror, or $fix"
	fi
	fail "$PACKAGE_MANAGER install $*" "it failed ($(package_errors))" '' "$fix"
}

# Arguments: names, or name=version.
install_packages() {
	local before name version
	before=$(wc -l <"$STATE/packages")
	with_lists try_packages "$@" || fail_to_install "$@"
	begin_sync
	set -- $({
		tail -n "+$((before + 1))" "$STATE/packages"
		for name in "$@"; do
			printf '%s\n' "${name%%=*}"
		done
	} | sort -u)
	of_manager installed "$@" | while read -r name version; do
		changed "package $name $version installed"
	done
}

# New packages are on the list before they come: apt writes that itself. Arguments as above.
# root writes: names of packages that are about to come, below /var/lib/rootless-docker.
try_packages() {
	if [ "$PACKAGE_MANAGER" = apt-get ]; then
		if apt_run install "$@"; then return 0; fi
		# It would remove packages: stop_on_removal says which.
		grep -q 'remove is disabled' "$WORK/manager.log" || return 1
	fi
	of_manager plan "$@"
	stop_on_removal /dev/null "$@"
	sed -n 's/^install //p' "$WORK/plan" >>"$STATE/packages"
	sync "$STATE/packages"
	of_manager run install "$@"
}

# Ends the step if the plan removes a package that has to stay. $1 a file with names that may go, then
# the packages that are wanted.
stop_on_removal() {
	local removed errors
	removed=$(sed -n 's/^remove //p' "$WORK/plan" | grep -vxFf "$1" | sort -u | paste -s -d ' ')
	shift
	[ -n "$removed" ] || return 0
	errors=$(of_manager errors | paste -s -d ' ')
	fail "$PACKAGE_MANAGER install $*" "it would remove packages that were \
here before: $removed${errors:+ ($errors)}" '' \
		"remove them yourself if nobody needs them, or choose another engine.source"
}

# Removes brought packages that nobody wants and the package manager calls unneeded.
remove_packages() {
	local names removed last=''
	[ -s "$STATE/packages" ] || return 0
	forget_packages
	settle
	complete_packages
	while :; do
		note_removable
		names=$(paste -s -d ' ' "$WORK/unneeded")
		if [ -z "$names" ] || [ "$names" = "$last" ]; then return 0; fi
		last=$names
		of_manager run remove $names || fail "packages $names" \
			"they cannot be removed ($(package_errors))" '' \
			"fix what $PACKAGE_MANAGER reports, then run again"
		removed=$(missing_packages $names)
		if [ -n "$removed" ]; then changed "packages removed:$removed"; fi
		of_manager installed $(cat "$STATE/packages") | cut -d ' ' -f 1 | sort -u |
			write_record "$STATE/packages"
		[ -s "$STATE/packages" ] || return 0
	done
}

# Names of brought packages that nobody wants and the package manager calls unneeded, into
# $WORK/unneeded.
note_removable() {
	: >"$WORK/unneeded"
	cat "$STATE"/installations/*/*.packages 2>/dev/null | tr ' ' '\n' >"$WORK/wanted.packages"
	sort -u "$STATE/packages" | grep -vxFf "$WORK/wanted.packages" >"$WORK/ours" || return 0
	set -- $(of_manager installed $(cat "$WORK/ours") | cut -d ' ' -f 1)
	of_manager orphans "$@" >"$WORK/orphans"
	grep -xFf "$WORK/ours" "$WORK/orphans" | sort -u >"$WORK/unneeded" || true
}

# The end of an installation, after its files are given back. Packages that stay at the end of the
# last one are the machine's from then on.
# root removes: lists of packages of an installation that ends.
release_packages() {
	rm -f "$OWN/"*.packages
	remove_packages
	[ -z "$(other_installations)" ] || return 0
	if [ -s "$STATE/packages" ]; then
		: >"$WORK/stays"
		say "kept: packages $(sort -u "$STATE/packages" | paste -s -d ' ')," \
			"because $PACKAGE_MANAGER does not consider them unneeded"
	fi
	rm -f "$STATE/packages"
}

# As people ask for it in so many words: what depends on them goes too, and nothing of it comes
# back. Packages that this program has brought stay. Arguments: names.
purge_packages() {
	local names
	# Without names it would be asked for all packages.
	if [ $# = 0 ]; then return 0; fi
	begin_packages
	names=$(of_manager installed "$@" | cut -d ' ' -f 1 | grep -vxFf "$STATE/packages" |
		paste -s -d ' ')
	[ -n "$names" ] || return 0
	of_manager run purge $names || fail "$PACKAGE_MANAGER purge $names" \
		"it failed ($(package_errors))" '' "fix what $PACKAGE_MANAGER reports, then run again"
	changed "packages purged: $names"
}
