# shellcheck shell=dash
# What an administrator's own units, jobs and scripts start of packages.

# Packages that have a program which such a file names, whether it runs now or not: lines as those of
# packages_of_own_daemons. A script counts, too, that a unit or a job starts. Arguments: names of packages.
packages_of_named_programs() {
	local name program file late=''
	[ $# -gt 0 ] || return 0
	{
		for file in /bin /sbin /usr/bin /usr/sbin; do
			printf 'is\t%s\t%s\n' "$file" "$(realpath -m "$file")"
		done
		# The alternatives, which no package has among its files.
		find -H /etc/alternatives /usr/bin /usr/sbin -maxdepth 1 -lname '/*' -printf 'leads\t%p\t%l\n' 2>/dev/null || true
		grep -hs '' "$STATE"/leases/*/account-name | sed 's/^/own\t/'
		files_of_packages "$@" | sed 's/^/has\t/'
	} >"$WORK/programs-of-packages"
	files_of_administrators >"$WORK/programs-files"
	other_files_that_name_programs >>"$WORK/programs-files" || late=late
	lines_of_files <"$WORK/programs-files" | named_programs >"$WORK/programs-named"
	[ -z "$late" ] || echo late >>"$WORK/programs-named"
	sed -n 's/^script\t//p' "$WORK/programs-named" | sort -u >"$WORK/programs-scripts"
	[ "$(wc -l <"$WORK/programs-scripts")" -le 200 ] || echo late >>"$WORK/programs-named"
	head -n 200 "$WORK/programs-scripts" | while IFS= read -r file; do
		only_root_leads_to "$file/." || continue
		[ "$(timeout -k 2 5 head -c 2 "$file" 2>/dev/null | tr -d '\000')" != '#!' ] || printf '%s\0' "$file"
	done >"$WORK/programs-files"
	lines_of_files <"$WORK/programs-files" | named_programs >>"$WORK/programs-named"
	if grep -qx late "$WORK/programs-named"; then
		printf '%s\t-\t\tnot all units, jobs and scripts of administrators could be read, which may start it\n' "$@"
	fi
	sed -n 's/^has\t//p' "$WORK/programs-named" | sort -u | while IFS='	' read -r name program file; do
		printf '%s\t%s\t\t%s names its %s\n' "$name" "$program" "$(shown_path "$file")" "$program"
	done
}

# What lines of files name: "has", a package, its program and the file, or "script" and what may be one, with tabs;
# "late" where not all was read.
named_programs() {
	# shellcheck disable=SC2016 # a program of awk
	tr '\000' '\t' | timeout -k 5 60 awk -F '\t' '
		# The same directory has several names where /usr is merged.
		function plain(path,   directory) {
			match(path, /\/[^\/]*$/)
			directory = substr(path, 1, RSTART - 1)
			return (directory in is ? is[directory] : directory) substr(path, RSTART)
		}
		function look(file, path,   program, steps) {
			program = path
			while (!(program in package) && program in leads && ++steps < 9) program = leads[program]
			if (program in package && !seen[package[program], file]++) print "has" FS package[program] FS path FS file
		}
		BEGIN {
			wrappers = "do|then|else|elif|if|while|until|exec|sudo|doas|env|command|nohup|xargs|nice|ionice|timeout|setsid"
			wrappers = "^(" wrappers ")$"
		}
		FILENAME != "-" {
			if ($1 == "is") is[$2] = $3
			else if ($1 == "leads") leads[plain($2)] = plain($3)
			else if ($1 == "own") own["/" $2]
			else package[plain($3)] = $2
			next
		}
		$0 == "end" { is_whole = 1; exit }
		{
			at = index($0, FS)
			file = substr($0, 1, at - 1)
			line = substr($0, at + 1)
			# A file of such a package goes with it, and with its account what that has cron do.
			if (plain(file) in package) next
			if (file ~ /^\/var\/spool\// && substr(file, match(file, /\/[^\/]*$/)) in own) next
			if (file != last) {
				goes_on = 0
				is_setting = file ~ /^\/etc\// && line !~ /^#!/
			}
			last = file
			if (line ~ /^[ \t]*[#;]/) next
			if (file ~ /\/systemd\//) {
				if (!sub(/^[ \t]*Exec[A-Za-z]*[ \t]*=[ \t]*[-@:+!|]*/, "", line) && !goes_on) next
				goes_on = line ~ /\\$/
			}
			# As in the arguments of mounts and in search paths.
			gsub(/:\//, "\001/", line)
			# What another account has cron do is its own.
			is_root = file !~ /^\/var\/spool\// || file ~ /\/root$/
			is_script = file !~ /\/(systemd|spool)\/|\/(ana)?cron(tab$|[.]d\/)|\/network\/interfaces/
			if (is_script) {
				sub(/[ \t]#.*/, "", line)
				# Asks whether there is one.
				gsub(/command[ \t]+-[vV][ \t]+[^ \t;&|)]+/, "", line)
			}
			is_next = !is_setting
			is_option = 0
			# In pieces, since each word that is taken from a text copies what is left of it.
			for (; line != ""; line = later) {
				later = substr(line, 4001)
				line = substr(line, 1, 4000)
				if (later != "" && match(line, /[A-Za-z0-9_.:+\/@%~-]+$/) && RSTART > 1) {
					later = substr(line, RSTART) later
					line = substr(line, 1, RSTART - 1)
				}
				while (match(line, /[A-Za-z0-9_.:+\/@%~-]+/)) {
					between = substr(line, 1, RSTART - 1)
					word = substr(line, RSTART, RLENGTH)
					line = substr(line, RSTART + RLENGTH)
					# In a script, of which any word may be a text, where a command is.
					if (!is_setting && between ~ /[;&|{`!]|[$ \t]\(|\["|^\)[ \t]/) is_next = 1
					is_value = between ~ /^[ \t]*[=:][ \t]*["\047]?$/ && line ~ /^[ \t]+[-A-Za-z\/]/
					is_command = !is_script || is_next || is_value
					# After a variable, and after what starts another command and its options, the command comes.
					if (word == "-c") is_next = 1
					else if (word ~ /^-/) is_option = is_next
					else if (between !~ /^[=\001]/ && line !~ /^=/ && word !~ /^[0-9.]+[smhd]?$/) {
						is_next = is_option || word ~ wrappers
						is_option = 0
					}
					if (word ~ /^\/.*\/[^\/]+$/) {
						if (plain(word) ~ /\/s?bin\/[^\/]+$/) look(file, plain(word))
						if (is_root && !is_script && word !~ /^\/(s?bin|usr\/s?bin|dev|home|proc|run|sys)\//)
							print "script" FS word
					} else if (is_command && word !~ /\//)
						for (directory in is) look(file, is[directory] "/" word)
				}
			}
		}
		END { if (!is_whole) print "late" }' "$WORK/programs-of-packages" - || echo late
}

# The files by which an administrator has programs started, each with NUL at its end: no link to a unit of a package's,
# and none that leads where others than root can change something.
files_of_administrators() {
	find -H /etc/systemd/system /etc/systemd/user /usr/local/lib/systemd/system /usr/local/lib/systemd/user \
		/etc/crontab /etc/anacrontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly \
		/var/spool/cron /etc/rc.local /etc/network /etc/NetworkManager/dispatcher.d \
		/usr/local/bin /usr/local/sbin -maxdepth 2 '(' -type f -o -type l ')' ! -name '*[[:cntrl:]]*' \
		! -lname '/lib/*' ! -lname '/usr/lib/*' ! -lname /dev/null ! -path '/var/spool/cron/at*' \
		'(' ! -path '*/systemd/*' -o -path '*.d/*.conf' -o \
		-name '*.service' ! -path '*.wants/*' ! -path '*.requires/*' ')' \
		-printf '%y\t%p\n' 2>/dev/null | while IFS='	' read -r type file; do
		[ "$type" = f ] || only_root_leads_to "$file/." || continue
		printf '%s\0' "$file"
	done
}

# Settings, hooks and units elsewhere that have a word which is such a program, each with NUL at its end: none that a
# package has, none of this package's own, and none that only allows or watches programs. False where not all was read.
other_files_that_name_programs() {
	local file kind
	awk -F '\t' '
		function base(path) { sub(/.*\//, "", path); return path }
		$1 == "has" && $3 ~ /\/s?bin\/[^\/]+$/ { name[base($3)] }
		$1 == "leads" { leads[base($2)] = base($3) }
		END {
			for (steps = 0; steps < 2; steps++)
				for (link in leads) if (leads[link] in name) name[link]
			for (one in name) print one
		}' "$WORK/programs-of-packages" >"$WORK/programs-words"
	timeout -k 5 20 find /etc /usr/lib/systemd/system /usr/lib/systemd/user -type f -size -1025k \
		! -path '*[[:cntrl:]]*' ! -path '*/.*' ! -name '*.dpkg-*' ! -name '*~' ! -name '*.bak' ! -name '*.old' \
		! -name '*.orig' ! -name '*rootless-docker*' ! -path '/etc/sudoers*' ! -path '/etc/apparmor.d/*' \
		! -path '/etc/audit/*' ! -path '/etc/aide/*' -print0 \
		>"$WORK/programs-candidates" 2>/dev/null || [ $? -lt 124 ] || return 1
	timeout -k 5 20 xargs -0 -r grep -lIswFf "$WORK/programs-words" -D skip -- \
		<"$WORK/programs-candidates" >"$WORK/programs-others" || [ $? -lt 124 ] || return 1
	packages_of_files <"$WORK/programs-others" | cut -f 2 >"$WORK/programs-shipped"
	grep -vxFf "$WORK/programs-shipped" "$WORK/programs-others" | while IFS= read -r file; do
		for kind in "$STATE"/things/*; do
			[ ! -d "$(resource_directory "${kind##*/}" "$file")" ] || continue 2
		done
		printf '%s\0' "$file"
	done
}

# Their lines, each after its file and NUL, and "end" when all were read: of no file of more than 4 MiB. What find(1)
# and grep(1) say of one file counts for nothing.
lines_of_files() {
	local status=0
	timeout -k 5 20 xargs -0 -r sh -c '
		find -L "$@" -maxdepth 0 -type f -size -4097k -exec grep -HIsZ -D skip "" {} +' sh 2>/dev/null || status=$?
	[ "$status" -ge 124 ] || printf 'end\n'
}
