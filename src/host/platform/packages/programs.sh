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

# The programs of packages and of archives on this machine that run, and libraries of no package's programs: uid, path,
# user, with tabs. A container may have others at these paths: they count by their inode, and what was replaced
# meanwhile only where its process has this machine's root. All of it is the kernel's own word: whoever asks a file
# itself that others run may wait for ever, where it is on a file system of theirs, and so does a package manager that
# looks for its package. $1 a uid whose programs do not count, or nothing.
running_programs() {
	# shellcheck disable=SC2016 # the inner shell expands them
	printf '%s\0' /proc/[0-9]*/root /proc/[0-9]*/ns/mnt |
		xargs -0 sh -c 'find "$@" -maxdepth 0 -printf "%p %l\0"' sh 2>/dev/null | tr '\n\0' '\1\n' >"$WORK/roots"
	find /proc -mindepth 1 -maxdepth 2 -path '/proc/[!0-9]*' -prune -o -name '[0-9]*' -printf '%p %U %u\0' \
		-o -name exe -lname '/*' -printf '= = %l\0' 2>/dev/null | tr '\n\0' '\1\n' |
		awk -v own="$1" '
			$1 != "=" { process = $1 FS $2 FS $3; uid = $2; next }
			uid != own { print process FS substr($0, 5) }' >"$WORK/processes"
	mapped_files 3>&- 7>&- 8>&- 9>&- |
		awk -v roots="$WORK/roots" -v processes="$WORK/processes" -v engines="$ENGINES/" '
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
		# Where nobody but root has files, which no link of others leads elsewhere.
		function may_be_ours(path) {
			return path !~ /[[:cntrl:]*?\\[]/ && (path ~ /^\/(usr\/)?(s?bin|lib[^\/]*)\// || index(path, engines) == 1)
		}
		BEGIN {
			while ((getline line <roots) > 0) {
				match(line, /^\/proc\/[0-9]+/)
				process = substr(line, 1, RLENGTH)
				view[process] = view[process] substr(line, RLENGTH + 1)
			}
			here = root_of("/proc/1")
			while ((getline line <processes) > 0) {
				split(line, part, " ")
				uid[part[1]] = part[2]
				user[part[1]] = part[3]
				program[part[1]] = substr(line, length(part[1] part[2] part[3]) + 4)
			}
		}
		{
			process = substr($1, 1, index($1, "/maps:") - 1)
			path = plain(substr($0, length($1) + index(substr($0, length($1) + 1), "/")))
			if (path == plain(program[process])) inode[process] = $5
			# What a program of a package needs its package depends on, or does without.
			if (path ~ /^\/usr\/local\// || path !~ /^\/([^\/]*:|(usr|bin|sbin|lib[^\/]*|dev)\/)/) others[process] = 1
			if (may_be_ours(path)) paths[process, ++count[process]] = path
		}
		END {
			for (process in program) {
				is_replaced = program[process] ~ / \(deleted\)$/
				has_root = (is_replaced || others[process]) && root_of(process) == here
				if (may_be_ours(program[process]) && (!is_replaced || has_root))
					# Where the kernel has it mapped no more, or does not say, it counts.
					print uid[process] "\t" plain(program[process]) "\t" user[process] "\t" \
						(is_replaced || !(process in inode) ? "-" : inode[process])
				for (i = 1; others[process] && has_root && i <= count[process]; i++)
					if (!seen[uid[process], paths[process, i]]++)
						print uid[process] "\t" paths[process, i] "\t" user[process] "\t-"
			}
		}' >"$WORK/programs-running"
	awk -F '\t' '$4 != "-" { print $2 }' "$WORK/programs-running" | sort -u |
		xargs -d '\n' -r stat --printf '%i\t%n\n' -- 2>/dev/null 3>&- 7>&- 8>&- 9>&- |
		awk -F '\t' '
			NR == FNR { inode[$2] = $1; next }
			$4 == "-" || $4 == inode[$2] { print $1 FS $2 FS $3 }' - "$WORK/programs-running"
}

# What the processes of $WORK/processes have mapped to run it, a line each after /proc/PID/maps and a colon. Where
# somebody keeps a file from answering, their process may hold whoever reads this: where it takes longer than usual,
# each is read by itself, and of one that holds its reader nothing is known. More lines than that nobody has who does
# not want to hold up others.
mapped_files() {
	local status=0
	sed 's| .*|/maps|' "$WORK/processes" >"$WORK/maps"
	set -- grep -asH -m 5000 '^[^ ]* r-xp .*/'
	timeout -k 2 3 xargs -r "$@" <"$WORK/maps" 2>/dev/null || status=$?
	case $status in
	124 | 137) xargs -P 30 -n 1 timeout -k 2 3 "$@" --line-buffered <"$WORK/maps" 2>/dev/null || true ;;
	esac
}
