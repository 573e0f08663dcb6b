# shellcheck shell=dash
# The engine that is on the machine already: nothing is installed.

# preflight: what of it is missing, before anything is changed.
preinstalled_engine_problems() {
	local row missing='' of=" of Debian's" other=Distribution
	[ "$(doc source)" = preinstalled ] || return 0
	# One of an archive's goes with this source.
	local PATH=$SYSTEM_PATH
	[ "$PACKAGE_MANAGER" = apt-get ] || of=''
	if ! has_rootless_engine; then
		other=$(other_sources)
	elif [ -n "$(installed_version docker-ce)" ]; then
		other=DockerRepository
	fi
	for row in $(engine_programs); do
		command -v "${row%:*}" >/dev/null || missing="$missing ${row%:*} (package ${row#*:}$of),"
	done
	[ -e "$(start_script)" ] || missing="$missing dockerd-rootless.sh,"
	[ -z "$missing" ] || problem "engine.source" "no${missing%,} on PATH" \
		"the whole engine there, for Preinstalled" \
		"install what is missing, or set engine.source to $other"
}
