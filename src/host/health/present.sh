# shellcheck shell=dash
# For a preview of a machine that has nothing of the installation: what of the document is another
# way there now, a JSON object a line.

present() {
	[ -n "$ACCOUNT" ] ||
		difference "account $(doc account)" none "new, with $(doc subuid) subordinate ids"
	package_changes
	sysctl_changes
	case $(doc rootful-docker) in
	disable | purge)
		[ -z "$(root_dockerd)" ] || difference rootfulDocker \
			"a Docker daemon run by root$(roots_containers)" "none: it stops with its containers"
		;;
	esac
}

# $1 what it is about, $2 what is there, $3 what comes.
difference() {
	printf '{"about":%s,"found":%s,"wanted":%s}\n' "$(json_string "$1")" "$(json_string "$2")" \
		"$(json_string "$3")"
}

package_changes() {
	local wanted=''
	case $(doc source) in
	preinstalled) return 0 ;;
	static-archive) difference "engine" none "Docker's archives" ;;
	*) wanted=$(versioned_packages) ;;
	esac
	# shellcheck disable=SC2046,SC2086 # lists of package names
	set -- $(missing_packages $wanted $(other_packages))
	[ $# = 0 ] || difference "packages $*" "not installed" installed
}

sysctl_changes() {
	local file key value now
	for file in "$DOC"/text/*.*; do
		key=${file##*/}
		[ -f "$(sysctl_path "$key")" ] || continue
		value=$(cat "$file")
		now=$(sysctl_state "$key")
		case $value in
		"$now") continue ;;
		'>= '*) ! at_least "$now" "${value#>= }" || continue ;;
		esac
		difference "$key" "$now" "$value"
	done
}
