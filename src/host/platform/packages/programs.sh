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

# The programs of this machine that run, and libraries of no package's programs: uid, path, user, with tabs. A
# container may have others at these paths: they count by their inode, and what was replaced meanwhile only where its
# process has this machine's root. All of it is the kernel's own word: whoever asks a file itself that others run may
# wait for ever, where it is on a file system of theirs. $1 a uid whose programs do not count, or nothing.
running_programs() {
	# shellcheck disable=SC2016 # the inner shell expands them
	printf '%s\0' /proc/[0-9]*/root /proc/[0-9]*/ns/mnt |
		xargs -0 sh -c 'find "$@" -maxdepth 0 -printf "%p %l\n"' sh >"$WORK/roots" 2>/dev/null || true
	find /proc -mindepth 1 -maxdepth 2 -path '/proc/[!0-9]*' -prune -o -name '[0-9]*' -printf '%p %U %u\n' \
		-o -name exe -lname '/*' ! -lname '*[[:cntrl:]*?\\[]*' -printf '= = %l\n' 2>/dev/null |
		awk -v own="$1" -v roots="$WORK/roots" '
		# Once for all that have the same mounts: an account may have very many, of both.
		function root_of(process,   file, line, part, found) {
			if (view[process] in root) return root[view[process]]
			file = process "/mountinfo"
			while ((getline line <file) > 0) {
				split(line, part, " ")
				if (part[5] == "/") found = part[3] " " part[4]
			}
			close(file)
			if (found != "" && view[process] != "") root[view[process]] = found
			return found
		}
		function plain(path) { sub(/ \(deleted\)$/, "", path); return path }
		BEGIN {
			while ((getline line <roots) > 0) {
				match(line, /^\/proc\/[0-9]+/)
				process = substr(line, 1, RLENGTH)
				view[process] = view[process] substr(line, RLENGTH + 1)
			}
			here = root_of("/proc/1")
		}
		$1 != "=" { process = $1; uid = $2; user = $3; next }
		uid == own { next }
		{
			program = substr($0, 5)
			# Where the kernel has it mapped no more, it counts.
			inode = "-"
			count = others = 0
			maps = process "/maps"
			# More than that nobody has who does not want to hold up others: its program counts then.
			for (i = 0; i < 20000 && (getline line <maps) > 0; i++) {
				if (!index(line, " r-xp ") || !(at = index(line, "/"))) continue
				path = plain(substr(line, at))
				split(line, part, " ")
				if (path == plain(program)) inode = part[5]
				if (path ~ /[[:cntrl:]*?\\[]/) continue
				# What a program of a package needs its package depends on, or does without.
				if (path ~ /^\/usr\/local\// || path !~ /^\/([^\/]*:|(usr|bin|sbin|lib[^\/]*|dev)\/)/) others = 1
				paths[++count] = path
			}
			close(maps)
			is_replaced = program ~ / \(deleted\)$/
			has_root = (is_replaced || others) && root_of(process) == here
			if (!is_replaced) print uid "\t" program "\t" user "\t" inode
			else if (has_root) print uid "\t" plain(program) "\t" user "\t-"
			for (i = 1; others && has_root && i <= count; i++)
				if (!seen[uid, paths[i]]++) print uid "\t" paths[i] "\t" user "\t-"
		}' >"$WORK/programs-running"
	cut -f 2 "$WORK/programs-running" | sort -u | xargs -d '\n' -r stat -L --printf '%i\t%n\n' -- 2>/dev/null |
		awk -F '\t' '
			NR == FNR { inode[$2] = $1; next }
			$4 == "-" || $4 == inode[$2] { print $1 FS $2 FS $3 }' - "$WORK/programs-running"
}
