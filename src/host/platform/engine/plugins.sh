# shellcheck shell=dash
# Plugins of Docker's CLI: buildx and compose, each a program docker-NAME in a folder where the CLI looks.

# Where packages put them, and where the CLI looks before that: defaultSystemPluginDirs of
# https://github.com/docker/cli/blob/master/cli-plugins/manager/manager_unix.go
PACKAGED_PLUGINS='/usr/lib/docker/cli-plugins /usr/libexec/docker/cli-plugins'
LOCAL_PLUGINS='/usr/local/lib/docker/cli-plugins /usr/local/libexec/docker/cli-plugins'

# True where the CLI finds it for every account. $1 the plugin.
has_plugin() {
	local folder
	for folder in $LOCAL_PLUGINS $PACKAGED_PLUGINS; do [ ! -x "$folder/docker-$1" ] || return 0; done
	return 1
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
