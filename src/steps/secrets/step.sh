# shellcheck shell=dash
# secrets: the secret values of environment and daemon.json, kept for root alone until the daemon step
# (or an earlier one's daemon) uses them.

secrets_apply() {
	local values new
	values=$(secrets_directory)
	new=$WORK/values
	for_root_alone read_document "$WORK/document" "$new"
	# Keys of the document itself: only what lies in the two directories is a value.
	find "$new/text" "$new/json" -mindepth 1 -maxdepth 1 -type f -delete
	[ -n "$(find "$new" -type f)" ] || return 0
	want secretvalues "$LEASE" kept
	diff -r "$values" "$new" >/dev/null 2>&1 || store_values "$new" "$values"
	# Equal ones too: the run that stored them may have been killed before it came to this.
	pass_on_to_daemon
}

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

# What the daemon reads, and may quote, until it has the new ones: without_secrets has to know it. $1 the
# directory that keeps the values.
keep_earlier_values() {
	[ -d "$1" ] || return 0
	for_root_alone mkdir -p "$1.earlier"
	mv -T "$1" "$1.earlier/$(find "$1.earlier" -mindepth 1 -maxdepth 1 | wc -l)"
}

# The daemon has read the new ones.
forget_earlier_values() { rm -rf "$(secrets_directory).earlier"; }

for_root_alone() {
	umask 077
	"$@"
	umask 022
}

# A rotated value reaches a daemon that is there already. Where names came or went, the daemon step's
# own document changes too, and that step follows.
pass_on_to_daemon() {
	[ -e "$STATE/leases/$LEASE/daemon" ] || return 0
	(
		DOC=$WORK/daemon
		read_document "$STATE/leases/$LEASE/daemon" "$DOC"
		[ "$(doc secrets)" = "$(secret_names)" ] || exit 0
		STEP=daemon
		# The claims are the daemon step's, each in its place.
		: >"$WORK/wanted"
		bring_up_daemon
	)
	thing_directory secretvalues "$LEASE" >"$WORK/wanted"
	echo >>"$WORK/wanted"
}

secret_names() {
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
