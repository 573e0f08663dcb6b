# Plugins of Docker's CLI: programs docker-buildx and docker-compose in folders where it looks.

# Where packages put them, and where the CLI looks before that: defaultSystemPluginDirs of
# https://github.com/docker/cli/blob/master/cli-plugins/manager/manager_unix.go
PACKAGED_PLUGINS='/usr/lib/docker/cli-plugins /usr/libexec/docker/cli-plugins'
LOCAL_PLUGINS='/usr/local/lib/docker/cli-plugins /usr/local/libexec/docker/cli-plugins'

# The program that the CLI finds for every account, or nothing. $1 the plugin, then the folders.
plugin_program() {
	local plugin=$1 folder
	shift
	for folder in "$@"; do
		if [ -x "$folder/docker-$plugin" ]; then
			printf '%s' "$folder/docker-$plugin"
			return 0
		fi
	done
}

# The versions of those that are there, as the CLI says them. Root runs its own files only.
plugin_facts() {
	local plugin program said
	for plugin in buildx compose; do
		# shellcheck disable=SC2086 # lists of folders
		program=$(plugin_program "$plugin" $LOCAL_PLUGINS $PACKAGED_PLUGINS)
		if [ -z "$program" ] || [ -n "$(paths_of_others "$program")" ]; then continue; fi
		said=$(timeout -k 5 60 env -i PATH="$PATH" HOME="$WORK" DOCKER_CONFIG="$WORK/none" \
			docker "$plugin" version 2>/dev/null </dev/null) || continue
		# Such as "github.com/docker/buildx v0.13.1 788433953" or "Docker Compose version v2.26.1".
		said=$(printf '%s\n' "$said" |
			sed -n '1s/^.*\(buildx\|version\) v\{0,1\}\([0-9][0-9A-Za-z.+~:-]*\).*/\2/p')
		if [ -n "$said" ]; then fact "versions.$plugin" "$said"; fi
	done
}

# The package that the document's source has for a plugin, or nothing. $1 the plugin.
plugin_package() {
	case $(doc source):$1 in
	docker-repository:*) printf 'docker-%s-plugin' "$1" ;;
	*:buildx) of_known_system 7 | sed '/^-$/d' ;;
	*:compose) of_known_system 8 | sed '/^-$/d' ;;
	esac
}
