# shellcheck shell=dash
# dnf: other repositories than the distribution's.

# $1 the repository's name.
dnf_repository_file() { printf '/etc/yum.repos.d/%s.repo' "$1"; }

dnf_repository_key_file() { printf '/etc/pki/rpm-gpg/RPM-GPG-KEY-%s' "$1"; }

# True where a repository of this machine names a file with keys. $1 the file.
dnf_names_key_file() { grep -rqsF -- "$1" /etc/yum.repos.d; }

# $1 the repository's URL, $2 its suite.
dnf_repository_folder() { printf '%s/%s/%s/stable' "$1" "$2" "$(uname -m)"; }

# As dnf.conf(5) has it. $1 the repository's name, $2 its URL, $3 its suite.
dnf_repository_entry() {
	echo '# Managed by rootless-docker (Pulumi).'
	cat <<ENTRY
[$1]
name=Docker's packages
baseurl=$(dnf_repository_folder "$2" "$3")
enabled=1
gpgcheck=1
gpgkey=file://$(dnf_repository_key_file "$1")
ENTRY
}

# True where an enabled repository of another file names it. $1 its URL, $2 its suite, $3 the file that does not count.
dnf_names_repository() {
	find /etc/yum.repos.d -maxdepth 1 -name '*.repo' ! -path "$3" -exec cat {} + 2>/dev/null |
		awk -v folder="$(dnf_repository_folder "$1" "$2")" -v release="$2" -v machine="$(uname -m)" '
			function note() { if (url == folder && on) found = 1; url = ""; on = 1 }
			{ gsub(/\$releasever/, release); gsub(/\$basearch/, machine) }
			/^\[/ { note() }
			/^enabled *=/ { on = /= *(1|true|yes)/ }
			/^baseurl *=/ { sub(/^[^=]*= */, ""); sub(/\/$/, ""); url = $0 }
			END { note(); exit !found }'
}

# Installed packages of Docker's: nothing where another file names the repository, too. By name, since dnf may not know
# where they came from. $1 the repository's file, which may be any file.
dnf_packages_of_source() {
	local folder url suite
	case $1 in /etc/yum.repos.d/*.repo) [ -f "$1" ] || return 0 ;; *) return 0 ;; esac
	folder=$(sed -n 's/^baseurl=//p' "$1")
	url=${folder%/*/*/*}
	suite=${folder#"$url"/}
	if dnf_names_repository "$url" "${suite%%/*}" "$1"; then return 0; fi
	ask_for_packages_of_docker rpm -qa --qf '%{NAME}\n' | sort -u
}

# The lists of one repository alone. $1 its name.
dnf_refresh_repository() {
	say "refreshes the package lists of $1"
	run_dnf makecache --refresh --repo="$1" || true
}
