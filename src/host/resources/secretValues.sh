# shellcheck shell=dash
# Kind secretvalues: secret values of environment and daemon.json, and the PEM of tcpSocket, for root alone.

secretvalues_check() { [ -d "$STATE/leases/$1/values" ] || echo gone; }

# $1 the new values, $2 the directory that keeps them.
store_values() {
	keep_earlier_values "$2"
	rm -rf "$2.new"
	for_root_alone cp -r "$1" "$2.new"
	find "$2.new" -exec sync {} +
	mv "$2.new" "$2"
	sync_directories "${2%/*}"
	changed "$(find "$2/json" -type f | wc -l) secret values stored"
}

# What the daemon reads, and may quote, until it has the new ones: without_secrets has to know it.
# $1 the directory that keeps the values.
keep_earlier_values() {
	[ -d "$1" ] || return 0
	for_root_alone mkdir -p "$1.earlier"
	mv -T "$1" "$1.earlier/$(find "$1.earlier" -mindepth 1 -maxdepth 1 | wc -l)"
}

# The daemon has read the new ones.
forget_earlier_values() { rm -rf "$(secrets_directory).earlier"; }

# Nothing where there are none.
secret_names() {
	[ -d "$(secrets_directory)/json" ] || return 0
	(cd "$(secrets_directory)/json" && find . -type f -printf '%P\n' | sort | paste -s -d ' ')
}

secretvalues_save() { :; }

secretvalues_restore() {
	local values=$STATE/leases/$1/values
	# Only a destroy has stopped the daemon by now. Else it reads them still, until its own step,
	# which comes later, has the new configuration.
	if [ "$VERB" = revert ]; then
		rm -rf "$values" "$values.earlier"
	else
		keep_earlier_values "$values"
	fi
	rm -rf "$values.new"
	changed "secret values removed"
}
