# shellcheck shell=dash
# What nobody wants any more goes back to what was there before.

# This installation's claim on a resource is going, and another one's stays: what that one had comes
# back. Where it cannot, that is said. A installation that took over from this one has what it wants
# already. $1 kind, $2 the resource's directory.
give_back() {
	local name account now own before previous=$2/previous/$LEASE.$STEP
	! successor_of "$LEASE" >/dev/null || return 0
	own=$(tail -n +2 "$2/claims/$LEASE.$STEP")
	others_want "$2"
	if [ ! -s "$WORK/others-want" ] || is_among "$own" "$WORK/others-want"; then return 0; fi
	name=$(resource_name "$2")
	account=$(account_of_resource "$1" "$2")
	if [ -n "$account" ] && is_another_account "$account"; then return 0; fi
	if [ ! -d "$previous" ]; then
		say "$1 $name stays as it is, for '$own'; $(next_owner "$2") wanted" \
			"'$(paste -s -d ' ' "$WORK/others-want")', and looks at it with a new value of recheck"
		return 0
	fi
	now=$("$1_now" "$name" "$previous")
	if [ -z "$now" ] || is_among "$now" "$WORK/others-want"; then
		return 0
	elif ! was_left "$2" "$now"; then
		say "$(drift_title_of "$1" "$name") stays: somebody changed it after this package did"
		return 0
	fi
	before=$(wc -l <"$WORK/changed")
	(
		if [ -n "$account" ] && know_account "$account"; then note_place_to_sync "$ACCOUNT_HOME"; fi
		"$1_restore" "$name" "$previous"
	)
	[ "$before" = "$(wc -l <"$WORK/changed")" ] || sync_host
}

# Drops the claims that this run did not want; what nobody claims any more goes back to its
# baseline. A kind may have functions KIND_restore_together and KIND_restored, before the first and
# after the last of its kind in a row, and KIND_kept DIR for one that stays; a step may have STEP_released for what
# follows from that.
release_unwanted() {
	local order dir kind status before last=''
	forget_rest
	forget_half_made
	unwanted >"$WORK/unwanted"
	(meet_accounts)
	unwanted >"$WORK/unwanted"
	while read -r order dir <&6; do
		kind=${dir%/*}
		kind=${kind##*/}
		if claimed_by_another "$dir"; then
			give_back "$kind" "$dir"
			rm -f "$dir/claims/$LEASE.$STEP"
			# Where one installation is left, there is no other one to go back to.
			[ "$(installations_of "$dir" | wc -l)" -gt 1 ] || rm -rf "$dir/previous"
			continue
		fi
		# Killed before it was remembered, and so before anything was changed.
		if [ ! -d "$dir/baseline" ]; then
			forget_resource "$dir"
			continue
		fi
		stop_on_empty_record "$dir"
		if is_theirs "$kind" "$dir"; then
			status=0
			forget_theirs "$kind" "$dir" || status=$?
			case $status in
			0) forget_resource "$dir" ;;
			10) rm -f "$dir/claims/$LEASE.$STEP" ;;
			*) exit "$status" ;;
			esac
			continue
		fi
		if [ "$kind" != "$last" ]; then
			[ -z "$last" ] || call_if_there "${last}_restored"
			call_if_there "${kind}_restore_together"
			last=$kind
		fi
		before=$(wc -l <"$WORK/changed")
		status=0
		run_apart restore_resource "$kind" "$dir"
		case $APART_STATUS in
		0)
			[ "$before" = "$(wc -l <"$WORK/changed")" ] || sync_host
			forget_resource "$dir"
			;;
		10)
			: >"$WORK/stays"
			call_if_there "${kind}_kept" "$dir"
			rm -f "$dir/claims/$LEASE.$STEP"
			;;
		*) exit "$APART_STATUS" ;;
		esac
	done 6<"$WORK/unwanted"
	[ -z "$last" ] || call_if_there "${last}_restored"
	call_if_there "${STEP}_released"
}

# What is somebody else's now: of another account of the name, a kind may have KIND_of_another NAME
# BASELINE for what the earlier one has left, which returns 10 where that stays recorded. $1 kind, $2
# the resource's directory.
forget_theirs() {
	local account
	account=$(account_of_resource "$1" "$2")
	if [ -z "$account" ] || ! is_another_account "$account" || ! command -v "$1_of_another" >/dev/null; then return 0; fi
	"$1_of_another" "$(resource_name "$2")" "$2/baseline"
}

# Everything that this installation still claims for some steps, in their order: one that failed or
# was killed when it was first run is unknown to Pulumi, and never reverted by itself; one whose
# connection was cut may still be running, and is waited for. In a subshell, which gives its locks
# back. A step may have a function STEP_interrupted, which claims what its killed run had no time to
# claim.
release_steps() {
	local held=$STEP
	for STEP in "$@"; do
		if [ "$STEP" != "$held" ]; then
			hold_lock "$STEP"
			# What a killed run left there may hold secret values.
			rm -rf "/run/rootless-docker.$STEP".*
		fi
		want_nothing_yet
		call_if_there "${STEP}_interrupted"
		want_nothing_yet
		release_unwanted
	done
}

release_all_steps() {
	# shellcheck disable=SC2046 # a list of names
	release_steps $(steps_from_last)
}

# The same for what stands on a step that is taken back, where its first run has not ended well. Any
# other one Pulumi takes back by itself before.
release_unfinished() {
	local step
	for step in "$@"; do
		[ ! -e "$STATE/leases/$LEASE/$step.begun" ] || (release_steps "$step")
	done
}

# $1 the step.
forget_step() {
	local record=$STATE/leases/$LEASE/$1
	rm -f "$record" "$record.begun" "$record.replaced" "$record.agent" "$record.drift"
}

# Takes back what stands on a step that is taken back, and what comes before it in every destroy: where it is still
# there, Pulumi has forgotten it.
take_back_forgotten() {
	local step
	for step in "$@"; do
		if is_applied "$step"; then (release_steps "$step"); else release_unfinished "$step"; fi
		forget_step "$step"
	done
}

# Says what has become of the accounts of $WORK/unwanted, and follows them home.
meet_accounts() {
	local order dir kind account
	: >"$WORK/met"
	while read -r order dir <&6; do
		kind=${dir%/*}
		account=$(account_of_resource "${kind##*/}" "$dir")
		if [ -z "$account" ] || grep -qxF -- "$account" "$WORK/met"; then continue; fi
		printf '%s\n' "$account" >>"$WORK/met"
		know_account "$account" || {
			stop_where_directory_is_away "$account"
			continue
		}
		if [ "$ACCOUNT_LOGIN" != "$account" ]; then
			say "account $account is called $ACCOUNT_LOGIN now: what this package left with it is taken back there"
		elif is_another_account "$account"; then
			continue
		fi
		follow_home "$account"
	done 6<"$WORK/unwanted"
}

# This installation wants it no more, whichever its step. $1 kind, $2 the resource's directory.
drop_claims() {
	is_claimed_by "$LEASE" "$2/claims" || return 0
	if [ "$(installations_of "$2")" != "$LEASE" ]; then
		rm -f "$2/claims/$LEASE".*
		return 0
	fi
	# A baseline without a claim is one that was kept on purpose: the claims go with it.
	is_theirs "$1" "$2" || restore_resource "$1" "$2"
	forget_resource "$2"
}

# Takes a resource back. Of an account that is gone, what is still there is named and stays
# recorded: nobody can say any more whose it is. A kind that is an account's may have a function
# KIND_of_gone NAME BASELINE ACCOUNT for that, which returns 10 where something stays. $1 kind, $2
# its directory.
restore_resource() {
	local account
	account=$(account_of_resource "$1" "$2")
	stop_where_home_is_away "$account"
	if [ -n "$account" ]; then
		if know_account "$account"; then
			note_place_to_sync "$ACCOUNT_HOME"
		elif command -v "$1_of_gone" >/dev/null; then
			"$1_of_gone" "$(resource_name "$2")" "$2/baseline" "$account"
		fi
	fi
	"$1_restore" "$(resource_name "$2")" "$2/baseline"
}

# What stayed when its last claim went, because somebody used it, goes when nobody does any more: SWEPT is yes then.
# $1 kind, $2 the resource's directory.
sweep_resource() {
	if [ ! -d "$2/baseline" ] || ! unclaimed "$2"; then return 0; fi
	if ! is_theirs "$1" "$2"; then
		run_apart "$1_restore" "$(resource_name "$2")" "$2/baseline"
		[ "$APART_STATUS" = 0 ] || return 0
	fi
	forget_resource "$2"
	# shellcheck disable=SC2034 # read by other files
	SWEPT=yes
}
