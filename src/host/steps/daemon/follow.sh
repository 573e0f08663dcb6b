# The daemon follows what other steps change. Its own step is applied again, with the document that it
# came to its end with, if the ground is another than at its last good start, or secret values are
# new. That it was killed in between does not matter: the start and the values are noted at the end.

# Called by all other steps, at their end and after their engine part, if they have changed something. Nothing follows before the
# daemon's step has come to its end, nor without its programs, which come with the engine.
follow_daemon() {
	if [ "$STEP" = daemon ]; then return 0; fi
	if has_to_follow; then
		mv "$WORK/wanted" "$WORK/wanted.$STEP"
		(
			trap - EXIT
			apply_recorded_daemon
		)
		mv "$WORK/wanted.$STEP" "$WORK/wanted"
		if [ -s "$WORK/changed" ]; then sync_host; fi
	fi
	if has_new_values; then write_record "$OWN/values" <"$WORK/values"; fi
}

has_to_follow() {
	if ! is_applied daemon || [ -z "$ACCOUNT" ] || [ -n "$(missing_programs)" ]; then return 1; fi
	if has_new_values; then return 0; fi
	read_start
	[ "$(ground)" != "$RUNNING_GROUND" ]
}

# In a subshell, which sets FOLLOWS. Where names of secret values or registries came or went, the daemon's document
# changes too, and its step follows.
apply_recorded_daemon() {
	DOC=$WORK/daemon
	read_document "$OWN/daemon" "$DOC"
	if [ "$(doc secrets)" != "$(secret_names)" ]; then return 0; fi
	if [ "$(doc registries)" != "$(registry_names)" ]; then return 0; fi
	: >"$WORK/wanted"
	STEP=daemon PART=daemon ASKED='' FOLLOWS=yes
	daemon_apply
	settle
	release
}
