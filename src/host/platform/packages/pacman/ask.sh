# shellcheck shell=dash
# pacman: what is installed.

pacman_installed_version() { pacman -Q -- "$1" 2>/dev/null | awk -v name="$1" '$1 == name { print $2 }'; }

# Those of the arguments that are installed, each with its version.
pacman_versions_of() { pacman -Q -- "$@" 2>/dev/null || true; }

pacman_installed_packages() { pacman -Q 2>/dev/null | sort; }

# Those of the arguments, names, that lack a file.
pacman_packages_without_files() { pacman -Qkq -- "$@" 2>/dev/null | cut -d ' ' -f 1 | sort -u; }

pacman_missing_packages() { missing_by pacman_installed_version "$@"; }

pacman_packages_of_files() { owners_of_files pacman -Qqo --; }

pacman_files_of_packages() { pacman -Ql -- "$@" 2>/dev/null | sed 's/ /\t/'; }

pacman_configuration_files() { pacman_backup_files "$@" | cut -d ' ' -f 1; }

# True where a package has the file with these bytes. $1 the file.
pacman_is_shipped() {
	local owner
	owner=$(pacman -Qqo -- "$1" 2>/dev/null) && pacman_backup_files "$owner" | grep -qxiF -- "$1 unmodified"
}

# The configuration of packages: a file, and modified or unmodified, on each line; as pacman 7 shows it, and 6.
# Arguments: names.
pacman_backup_files() {
	LC_ALL=C pacman -Qii -- "$@" 2>/dev/null |
		sed -n 's|^\(.* : \)\{0,1\} *\(/.*\) \[\(.*\)\]$|\2 \3|p; s|^\([A-Z]*MODIFIED\)\t\(/.*\)$|\2 \1|p'
}

# What is installed, and what it says of others, with tabs: state, name, what else it is called, nothing of what it
# recommends, and the packages that are what it depends on. It is called nothing else: these are names.
pacman_package_relations() {
	LC_ALL=C pacman -Qi 2>/dev/null | awk '
		function items(text,   list, n, i, found) {
			sub(/^[^:]*: /, "", text)
			if (text == "None") return ""
			n = split(text, list, "  ")
			for (i = 1; i <= n; i++) {
				sub(/[<>=].*/, "", list[i])
				found = found (found == "" ? "" : " ") list[i]
			}
			return found
		}
		/^Name +:/ { name = $3; names[name]; providers[name] = name }
		/^Provides +:/ { provides[name] = items($0) }
		/^Depends On +:/ { depends[name] = items($0) }
		END {
			for (name in names) {
				n = split(provides[name], list, " ")
				for (i = 1; i <= n; i++) if (list[i] != name)
					providers[list[i]] = providers[list[i]] (list[i] in providers && providers[list[i]] != "" ? " | " : "") name
			}
			for (name in names) {
				line = ""
				n = split(depends[name], list, " ")
				for (i = 1; i <= n; i++) if (providers[list[i]] != "")
					line = line (line == "" ? "" : ", ") providers[list[i]]
				print "ii\t" name "\t\t\t" line
			}
		}'
}

# Installed packages and what they depend on, however far. Arguments: names.
pacman_needed_packages() {
	pacman_package_relations >"$WORK/relations"
	needed_by_relations "$@"
}

# Arch keeps one version of each.
pacman_available_versions() { LC_ALL=C pacman -Si -- "$1" 2>/dev/null | sed -n 's/^Version *: //p'; }

# Where pacman itself notes what it has done, for people.
pacman_packages_log() { printf /var/log/pacman.log; }
