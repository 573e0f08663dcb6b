# shellcheck shell=dash
# apt: other repositories than the distribution's.

# $1 the repository's name.
apt_repository_file() { printf '/etc/apt/sources.list.d/%s.sources' "$1"; }

apt_repository_key_file() { printf '/etc/apt/keyrings/%s.asc' "$1"; }

# True where a source of this machine names a file with keys. $1 the file.
apt_names_key_file() { grep -rqsF -- "$1" /etc/apt/sources.list /etc/apt/sources.list.d; }

# deb822, as sources.list(5) has it. $1 the repository's name, $2 its URL, $3 its suite.
apt_repository_entry() {
	echo '# Managed by rootless-docker (Pulumi).'
	cat <<ENTRY
Types: deb
URIs: $2
Suites: $3
Components: stable
Architectures: $(dpkg --print-architecture)
Signed-By: $(apt_repository_key_file "$1")
ENTRY
}

# True where another source of this machine names it, with lists or without. $1 its URL, $2 its suite, $3 the file
# that does not count.
apt_names_repository() {
	local file
	rm -rf "$WORK/sources"
	mkdir "$WORK/sources"
	for file in /etc/apt/sources.list.d/*; do
		if [ "$file" = "$3" ] || [ ! -e "$file" ]; then continue; fi
		if is_source_of "$file" "${1%/}" "$2"; then
			printf '%s' "$file" >"$WORK/repository.of-others"
			return 0
		fi
		ln -s "$file" "$WORK/sources/"
	done
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets -o "Dir::Etc::sourceparts=$WORK/sources" --format '$(REPO_URI) $(RELEASE)' 2>/dev/null |
		grep -qxF -- "${1%/}/ $2"
}

# Installed packages of Docker's: nothing where another source of this machine names the repository, too. By name, since
# lists may be away or newer. $1 the source's file, which may be any file.
apt_packages_of_source() {
	local url suite
	case $1 in /etc/apt/sources.list.d/*.sources) [ -f "$1" ] || return 0 ;; *) return 0 ;; esac
	url=$(sed -n 's/^URIs: *//p' "$1")
	suite=$(sed -n 's/^Suites: *//p' "$1")
	if apt_names_repository "$url" "$suite" "$1"; then return 0; fi
	# shellcheck disable=SC2016 # dpkg's own variables
	ask_for_packages_of_docker dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null |
		sed -n 's/^.i  *//p' | sort -u
}

# Of apt-get indextargets, which needs lists, this is the file's word. $1 the file, $2 the URL, $3 the suite.
is_source_of() {
	case $1 in
	*.list) sed 's/#.*//' "$1" | awk -v url="$2" -v suite="$3" '
		$1 == "deb" { for (i = 2; i < NF; i++) { sub(/\/$/, "", $i); if ($i == url && $(i + 1) == suite) found = 1 } }
		END { exit !found }' ;;
	*.sources) sed '/^#/d' "$1" | awk -v RS= -v url="$2" -v suite="$3" '
		{
			uri = has = 0
			on = 1
			for (i = 1; i <= NF; i++) {
				if ($i ~ /:$/) field = tolower($i)
				else if (field == "uris:") { sub(/\/$/, "", $i); if ($i == url) uri = 1 }
				else if (field == "suites:" && $i == suite) has = 1
				else if (field == "enabled:" && tolower($i) ~ /^(no|false|0|off)$/) on = 0
			}
			if (uri && has && on) found = 1
		}
		END { exit !found }' ;;
	*) return 1 ;;
	esac
}

# By apt itself, with its proxies and certificates. $1 the URL, $2 the file.
apt_download_file() {
	/usr/lib/apt/apt-helper download-file "$1" "$2" >"$WORK/apt.log" 2>&1 </dev/null
}

# The package that apt needs for a URL. $1 the URL.
apt_packages_of_url() {
	case $1 in
	https:*) printf ca-certificates ;;
	esac
}

# The lists of one repository alone. $1 its name.
apt_refresh_repository() {
	say "refreshes the package lists of $1"
	apt_get update -o Acquire::Languages=none -o "Dir::Etc::sourcelist=$(apt_repository_file "$1")" \
		-o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 || true
}
