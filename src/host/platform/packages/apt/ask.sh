# shellcheck shell=dash
# apt: what is installed.

# Whatever was wished for it: a held package is installed, too.
apt_installed_version() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1" 2>/dev/null | sed -n 's/^.i  *//p'
}

# Those of the arguments that are installed, each with its version.
apt_versions_of() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' "$@" 2>/dev/null | grep ' installed$' || true
}

# Those that a killed installation left half done, too.
apt_installed_packages() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} ${Version}\n' | sed -n 's/^.[^nc]. *//p' | sort
}

# Packages that were removed once, and whose configuration files stayed.
apt_removed_packages() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} \n' | sed -n 's/^.c. *//p'
}

# Those of the arguments (names, or name=version) that are not installed, each after a space.
apt_missing_packages() {
	[ $# -gt 0 ] || return 0
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Package}=${Version}\n' 2>/dev/null |
		sed -n 's/^.i  *//p' | tr ' ' '\n' >"$WORK/packages.installed"
	printf '%s\n' "$@" | grep -vxFf "$WORK/packages.installed" | sed 's/^/ /' | tr -d '\n'
}

# The packages of files on stdin, or of patterns for them: each with a tab and the file. Where /lib leads to /usr/lib,
# packages of Debian 12 and earlier name some by /lib.
apt_packages_of_files() {
	local asked
	asked=$(cat)
	{
		printf '%s\n' "$asked" | sed 's/^/asked\t/'
		{
			printf '%s\n' "$asked"
			[ ! -h /lib ] || printf '%s\n' "$asked" | sed -n -E 's|^/usr(/(bin\|sbin\|lib[^/]*)/)|\1|p'
		} | grep . | xargs -d '\n' -r dpkg-query -S 2>/dev/null |
			sed -n 's/^\([a-z0-9][a-z0-9.+-]*\)[:a-z0-9-]*: \(.*\)/\1\t\2/p'
	} | awk -F '\t' -v OFS='\t' '
		$1 == "asked" { asked[$2]; next }
		!($2 in asked) && ("/usr" $2) in asked { $2 = "/usr" $2 }
		{ print }'
}

# The files of those of the arguments that are installed: each after its package and a tab.
apt_files_of_packages() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${Package}\n${db-fsys:Files}' "$@" 2>/dev/null |
		awk '/^ / { print name "\t" substr($0, 2); next } { name = $0 }'
}

# A purge removes them with all edits. Debian's policy has no blanks in their names.
apt_configuration_files() {
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' "$@" | awk '$1 != "" && $3 != "obsolete" { print $1 }'
}

# $1 the file.
apt_is_shipped() {
	local sum
	[ -f "$1" ] && [ ! -h "$1" ] || return 1
	sum=$(md5sum <"$1" | cut -c 1-32)
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' | grep -qF -- " $1 $sum"
}

# A purge would take somebody's work along.
apt_has_edited_configuration() {
	local file sum edited=''
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' "$1" 2>/dev/null | awk '$2 != "" && $3 != "obsolete"' >"$WORK/conffiles"
	while read -r file sum; do
		[ ! -f "$file" ] || [ "$(md5sum <"$file" | cut -c 1-32)" = "$sum" ] || edited="$edited $file"
	done <"$WORK/conffiles"
	[ -n "$edited" ] || return 1
	say "package $1 is removed without its configuration, which somebody has edited:$edited stays"
}

# True where the package lists know nothing, or were last refreshed more than a day ago. (The lists
# themselves carry the archive's times, and an image without lists a new directory.)
apt_lists_outdated() {
	[ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ] ||
		[ -n "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin +1440 -print 2>/dev/null)" ]
}

# What is installed, and what it says of others, with tabs: state, name, what it provides, recommends
# and depends on.
apt_package_relations() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Provides}\t${Recommends}\t${Depends}, ${Pre-Depends}\n'
}

# Installed packages and what they depend on, however far. Arguments: names.
apt_needed_packages() {
	printf '%s\n' "$@"
	apt-cache depends --recurse --installed --important "$@" 2>/dev/null |
		sed -n 's/^\([a-z0-9][^ :]*\).*/\1/p'
}

# Versions of a package in the package lists, the newest first. $1 the package.
apt_available_versions() { apt-cache madison "$1" | cut -d '|' -f 2 | tr -d ' ' | awk '!seen[$0]++'; }

# An administrator's own line that keeps a file's mode from being the package's. $1 the file.
apt_mode_override() { dpkg-statoverride --list "$1" 2>/dev/null || true; }

# The program that keeps such lines, and what takes one away. $1 the file.
apt_mode_override_program() { printf dpkg-statoverride; }

apt_mode_override_removal() { printf 'dpkg-statoverride --remove %s' "$1"; }
