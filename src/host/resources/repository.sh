# Docker's own repository of packages: a file that names it, and one with the key that signs it.
# shellcheck disable=SC2046,SC2086 # names of packages have no blanks

# Prints the path of the file that names it.
repository_file() {
	case $PACKAGE_MANAGER in
	dnf) printf /etc/yum.repos.d/rootless-docker.repo ;;
	*) printf /etc/apt/sources.list.d/rootless-docker.sources ;;
	esac
}

# Prints the path of the file with its key.
repository_key_file() {
	case $PACKAGE_MANAGER in
	dnf) printf /etc/pki/rpm-gpg/RPM-GPG-KEY-rootless-docker ;;
	*) printf /etc/apt/keyrings/rootless-docker.asc ;;
	esac
}

# Prints a file of somebody's that names the repository, or nothing: the package manager refuses two
# that name different keys. $1 the URL.
other_repository_file() {
	grep -rsF -- "$1" /etc/apt/sources.list /etc/apt/sources.list.d /etc/yum.repos.d |
		grep -E '^[^:]*\.(list|sources|repo):[[:space:]]*[^#[:space:]]' | cut -d : -f 1 |
		grep -vxF "$(repository_file)" | head -n 1
}

# Prints the text of the repository's file. $1 the URL, $2 the suite.
repository_entry() {
	echo '# Managed by rootless-docker (Pulumi).'
	case $PACKAGE_MANAGER in
	dnf)
		printf '[rootless-docker]\nname=Docker packages\n'
		printf 'baseurl=%s/%s/%s/stable\n' "$1" "$2" "$(uname -m)"
		printf 'enabled=1\ngpgcheck=1\ngpgkey=file://%s\n' "$(repository_key_file)"
		;;
	*)
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: stable\n' "$1" "$2"
		printf 'Architectures: %s\n' "$(dpkg --print-architecture)"
		printf 'Signed-By: %s\n' "$(repository_key_file)"
		;;
	esac
}

# Prints the key that the document has, of a mirror with one of its own, or else Docker's, as Docker
# publishes it:
# https://download.docker.com/linux/debian/gpg (9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88)
# https://download.docker.com/linux/centos/gpg (060A 61C5 1B55 8A7F 742B 77AA C52F EB6B 621E 9F35)
repository_key() {
	if has repository-key; then
		tr -d '\r' <"$DOC/text/repository-key"
		echo
	elif [ "$PACKAGE_MANAGER" = dnf ]; then
		printf '%s' "$DOCKER_RPM_ASC"
	else
		printf '%s' "$DOCKER_DEB_ASC"
	fi
}

# Makes sure that the package manager knows the repository, and finds the engine there. One that a
# file of somebody's names is used as it is. $1 its folder's URL, $2 its suite.
ensure_repository() {
	local other package fix='let this machine reach it, or set engine.mirror to a mirror that it can reach'
	package=$(engine_package)
	other=$(other_repository_file "$1")
	if [ -n "$other" ]; then
		say "uses $1, because $other already names it"
		fix="check that $other asks for packages of this system and architecture, or remove it"
	else
		ensure_packages $(packages_of_url "$1")
		want_repository "$1" "$2"
		settle
	fi
	if [ ! -s "$WORK/changed" ] && has_versions "$package"; then return 0; fi
	refresh_lists
	if has_versions "$package"; then return 0; fi
	fail "$1" "it has no $package for $2 ($(package_errors))" '' "$fix"
}

# True if the package manager's lists have a package. $1 its name.
has_versions() { [ -n "$(of_manager versions "$1")" ]; }

# The files of the repository go after its packages, which a removal that was killed may need again.
# $1 its folder's URL, $2 its suite.
want_repository() {
	repository_key >"$WORK/repository.key"
	repository_entry "$1" "$2" >"$WORK/repository"
	want_late_file "$(repository_key_file)" 644 "$WORK/repository.key"
	want_late_file "$(repository_file)" 644 "$WORK/repository"
	if [ "$PACKAGE_MANAGER" = dnf ]; then
		want rpmkey "$(rpm_key_name "$WORK/repository.key")" trusted "$WORK/repository.key"
	fi
}

# Kind rpmkey: a key that rpm trusts. Its name is the first line of its text, which begins with the
# numbers of the key itself, but for four characters that rpm may write anew.

# Prints the line that identifies the key in a text. $1 the file.
rpm_key_name() {
	awk '
		is_text {
			print substr($0, 5)
			exit
		}
		/^$/ { is_text = 1 }' "$1"
}

# Prints the packages as which rpm has it. $1 the key's name.
rpm_key_packages() {
	rpm -q gpg-pubkey --qf '%{NAME}-%{VERSION}-%{RELEASE}\n%{DESCRIPTION}\n' 2>/dev/null |
		awk -v key="$1" '
			/^gpg-pubkey-/ { name = $0 }
			substr($0, 5) == key { print name }'
}

# $1 the key's name.
rpmkey_state() {
	if [ -n "$(rpm_key_packages "$1")" ]; then
		echo trusted
	else
		echo absent
	fi
}

# $1 the key's name, $2 the value, $3 the file with its text.
# root packages: rpm --import of Docker's key, and rpm -e of it. Only with engine.source docker-repository; a key that was there stays.
rpmkey_set() {
	if [ "$2" = absent ]; then
		run_manager rpm -e --allmatches $(rpm_key_packages "$1")
	else
		run_manager rpm --import "$3"
	fi || fail "rpm" \
		"it failed for the key of Docker's packages ($(tail -n 1 "$WORK/manager.log"))" '' \
		"fix what rpm reports, then run again"
}

rpmkey_label() { printf "the key of Docker's packages in rpm"; }
