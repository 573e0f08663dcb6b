# shellcheck shell=dash
# Plugins of Docker's CLI: buildx and compose, each a program docker-NAME in a folder where the CLI looks.

# Where packages put them, and where the CLI looks before that: defaultSystemPluginDirs of
# https://github.com/docker/cli/blob/master/cli-plugins/manager/manager_unix.go
PACKAGED_PLUGINS='/usr/lib/docker/cli-plugins /usr/libexec/docker/cli-plugins'
LOCAL_PLUGINS='/usr/local/lib/docker/cli-plugins /usr/local/libexec/docker/cli-plugins'

# The program that the CLI finds for every account; false where there is none. $1 the plugin.
plugin_program() {
	local folder
	for folder in $LOCAL_PLUGINS $PACKAGED_PLUGINS; do
		[ -x "$folder/docker-$1" ] || continue
		printf '%s' "$folder/docker-$1"
		return 0
	done
	return 1
}

has_plugin() { plugin_program "$1" >/dev/null; }

# The versions of those that are there, as the CLI runs them. Root runs what is root's own alone, and with nobody's
# settings.
plugin_facts() {
	local plugin said
	for plugin in buildx compose; do
		if ! has_plugin "$plugin" || ! is_roots_own "$(plugin_program "$plugin")"; then continue; fi
		said=$(timeout -k 5 60 env -i PATH="$PATH" HOME="$WORK" DOCKER_CONFIG="$WORK/none" docker "$plugin" version \
			2>/dev/null </dev/null) || continue
		said=$(version_of_plugin "$said")
		[ -z "$said" ] || fact "versions.$plugin" "$said"
	done
}

# Of what "docker PLUGIN version" says: "github.com/docker/buildx v0.13.1 788433953" or "Docker Compose version v2.26.1".
version_of_plugin() {
	printf '%s\n' "$1" | sed -n '1s/^.*\(buildx\|version\) v\{0,1\}\([0-9][0-9A-Za-z.+~:-]*\).*/\2/p'
}

# The package that the document's source has for a plugin, or nothing. $1 the plugin.
plugin_package() {
	case $(doc source) in
	docker-repository) printf 'docker-%s-plugin' "$1" ;;
	*) distribution_plugin "$1" ;;
	esac
}

# As known_systems has it. $1 the plugin.
distribution_plugin() {
	case $1 in
	buildx) of_known_system 7 ;;
	compose) of_known_system 8 ;;
	esac | sed '/^-$/d'
}

# The packages of what the document asks for, each after a blank.
plugin_packages() {
	local plugin
	[ "$(doc source)" != preinstalled ] || return 0
	for plugin in $(doc plugins); do printf ' %s' "$(plugin_package "$plugin")"; done
}

# Packages that are there and have a plugin, but not one that is asked for, or not from this source. Each with a
# blank after it. Arguments: plugins.
other_plugin_packages() {
	local plugin name
	for plugin in "$@"; do
		for name in "docker-$plugin-plugin" $(distribution_plugin "$plugin"); do
			[ -n "$(installed_version "$name")" ] || continue
			case " $(doc plugins) " in
			*" $plugin "*)
				if [ "$(doc source)" = preinstalled ] || [ "$name" = "$(plugin_package "$plugin")" ]; then continue; fi
				;;
			esac
			printf '%s ' "$name"
		done
	done
}
