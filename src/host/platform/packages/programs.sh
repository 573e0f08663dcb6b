# shellcheck shell=dash
# Packages whose programs run.

# Packages of which somebody else than this installation's account runs a program, such as a Docker
# daemon, or has a library in use, with a tab, its path, a tab, and who: a line for each of its users, root's first.
packages_of_programs() {
	{
		running_programs "$(own_uid)"
		# What still has them once the account is given back is another tool's.
		programs_of_id_maps "$(is_own_account_back || own_uid)"
	} | sort -n | cut -f 2- >"$WORK/programs"
	cut -f 1 "$WORK/programs" | sort -u | packages_of_files |
		awk -F '\t' -v programs="$WORK/programs" '
			BEGIN { while ((getline line <programs) > 0) {
				split(line, part, FS)
				if (!seen[line]++) who[part[1]] = who[part[1]] FS part[2] } }
			{ count = split(who[$2], one, FS)
				for (i = 2; i <= count; i++) print $0 FS one[i] }'
}

# What gave processes of others their subordinate ids, and does so whenever they start again; and what their service
# managers need to part control groups. Arguments and lines as for running_programs.
programs_of_id_maps() {
	local uid user program
	grep -s '' /proc/[0-9]*/uid_map | tr ':' ' ' |
		awk -v own="$1" '
			$1 != process { process = $1; user = 0; many = 0 }
			$4 == 1 { user = $3 }
			$4 > 1 { many = 1 }
			user && many && user != own { print user }' | sort -u |
		while read -r uid; do
			user=$(id -nu "$uid" 2>/dev/null) || user=$uid
			for program in $(command -v newuidmap newgidmap) /usr/lib/systemd/user/dbus.socket; do
				printf '%s\t%s\t%s\n' "$uid" "$program" "$user"
			done
		done
}

is_own_account_back() {
	unclaimed "$(resource_directory account "$(cat "$STATE/leases/$LEASE/account-name" 2>/dev/null)")"
}

own_uid() { (know_account "$(cat "$STATE/leases/$LEASE/account-name" 2>/dev/null)" && printf '%s' "$ACCOUNT_UID"); }

# The programs of this machine that run, and libraries that they use: uid, path, user, with tabs. A container may have
# others at these paths; of one that was replaced meanwhile, only where its process has its root says it. A
# process's directory is its user's, also where what is in it is not, and comes before what is in it.
# $1 a uid whose programs do not count, or nothing.
running_programs() {
	local process='' uid='' user='' id owner text maps
	find /proc -mindepth 1 -maxdepth 2 -path '/proc/[!0-9]*' -prune -o -name '[0-9]*' -printf '%p %U %u\n' \
		-o -name exe -lname '/*' ! -lname '*[[:cntrl:]*?\\[]*' -printf '= = %l\n' 2>/dev/null |
		while read -r id owner text; do
			if [ "$id" != = ]; then
				process=$id uid=$owner user=$text
			elif [ "$uid" != "$1" ] && is_program_of "$process" "$text"; then
				maps=''
				[ ! "$process/root" -ef / ] || maps=$process/maps
				printf '%s\t%s\t%s\t%s\n' "$uid" "${text% (deleted)}" "$user" "$maps"
			fi
		done | with_libraries
}

# Adds to lines of uid, path, user and file of mappings the libraries of processes that have a program or a library of
# no package's: what a package's own program needs its package depends on, or does without.
with_libraries() {
	awk -F '\t' '
		{ print $1 FS $2 FS $3 }
		$4 != "" {
			count = own = 0
			while ((getline line <$4) > 0) {
				if (!index(line, " r-xp ") || !(at = index(line, "/"))) continue
				path = substr(line, at)
				sub(/ \(deleted\)$/, "", path)
				if (path ~ /[[:cntrl:]*?\\[]/) continue
				if (path ~ /^\/usr\/local\// || path !~ /^\/(usr|bin|sbin|lib[^\/]*|dev|[^\/]*:[^\/]*)\//) own = 1
				paths[++count] = path
			}
			close($4)
			for (i = 1; own && i <= count; i++) if (!seen[$1, paths[i]]++) print $1 FS paths[i] FS $3
		}'
}

# $1 the process's directory, $2 where its exe leads.
is_program_of() {
	case $2 in
	*' (deleted)') [ "$1/root" -ef / ] ;;
	*) [ "$1/exe" -ef "$2" ] ;;
	esac
}
