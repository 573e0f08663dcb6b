# shellcheck shell=dash
# Claims and baselines. A thing (a file, a sysctl, a package, ...) has a kind and a name. Before it is
# first changed, what was there is remembered (its baseline). Every lease and step that wants it
# holds a claim. When the last claim goes, the baseline comes back.
#
# $STATE/things/KIND/ID/name                 the thing's name
# $STATE/things/KIND/ID/baseline/            what was there before, written by KIND_save
# $STATE/things/KIND/ID/claims/LEASE.STEP    line 1: order within the step; then the wanted value
#
# A kind is two functions: KIND_save NAME DIR, and KIND_restore NAME DIR, which can be run again
# after it was killed, and returns 10 where the thing has to stay (said by itself, with the reason).

# A slash becomes %2F. A file name holds 255 bytes: a longer name (an SSH key), or one with characters
# of other meaning, stands under its hash.
thing_directory() {
	local id='' rest=$2
	while :; do
		case $rest in
		*/*)
			id=$id${rest%%/*}%2F
			rest=${rest#*/}
			;;
		*) break ;;
		esac
	done
	id=$id$rest
	case $2 in
	*[!A-Za-z0-9._/:@+-]*) id=$(printf '%s' "$2" | sha256sum | cut -c 1-64) ;;
	esac
	[ ${#id} -le 200 ] || id=$(printf '%s' "$2" | sha256sum | cut -c 1-64)
	printf '%s/things/%s/%s' "$STATE" "$1" "$id"
}

# Claims a thing for this lease and step. $1 kind, $2 name, $3 the wanted value.
# Another owner's claim on another value is an error that names both.
want() {
	local dir claim other
	dir=$(thing_directory "$1" "$2")
	# The first time counts: a directory goes after every file in it.
	! grep -qxF -- "$dir" "$WORK/wanted" || return 0
	if [ -d "$dir/claims" ]; then
		for claim in "$dir"/claims/*; do
			[ -e "$claim" ] || continue
			other=${claim##*/}
			other=${other%%.*}
			[ "$(tail -n +2 "$claim")" != "$3" ] || continue
			stands_beside "$other" || continue
			fail "$1 $2" "'$(tail -n +2 "$claim")', wanted by $(owner_of "$other")" "'$3' by $(owner_of "$LEASE")" "give both the same value: the machine has only one"
		done
	fi
	# The claim comes first: a baseline without one would look like something that was kept on purpose.
	[ -d "$dir/claims" ] || mkdir -p "$dir/claims"
	# Once: a full disk would leave an empty one.
	[ -s "$dir/name" ] || printf '%s' "$2" >"$dir/name"
	note_left "$dir" "$3"
	printf '%s\n%s\n' "$(($(wc -l <"$WORK/wanted") + 1))" "$3" >"$dir/claim.$LEASE.$STEP"
	mv "$dir/claim.$LEASE.$STEP" "$dir/claims/$LEASE.$STEP"
	[ ! -d "$dir/baseline.$STEP" ] || rm -rf "$dir/baseline.$STEP"
	if [ ! -d "$dir/baseline" ]; then
		mkdir "$dir/baseline.$STEP"
		"$1_save" "$2" "$dir/baseline.$STEP"
		# On the disk before anything is changed: after a power failure it would be there, and empty.
		find "$dir/baseline.$STEP" -type f -exec sync {} +
		# Another step may have been faster: what it saw is older.
		mv -T "$dir/baseline.$STEP" "$dir/baseline" 2>/dev/null || rm -rf "$dir/baseline.$STEP"
	fi
	printf '%s\n' "$dir" >>"$WORK/wanted"
}

# The things that this lease's step claims and that this run did not want, last claimed first.
unwanted() {
	local claim dir
	for claim in "$STATE"/things/*/*/claims/"$LEASE.$STEP"; do
		[ -e "$claim" ] || continue
		dir=${claim%/claims/*}
		grep -qxF -- "$dir" "$WORK/wanted" || printf '%s %s\n' "$(head -n 1 "$claim")" "$dir"
	done | sort -rn
}

claimed_by_another() {
	local claim
	for claim in "$1"/claims/*; do
		[ -e "$claim" ] || continue
		[ "$claim" = "$1/claims/$LEASE.$STEP" ] || return 0
	done
	return 1
}

# Forgets a thing at once or not at all: in half a baseline, a file that is missing would mean that
# nothing was there before.
forget_thing() {
	forget_rest
	mv -T "$1" "$(gone_thing)"
	forget_rest
}

# What a killed run left.
forget_rest() { [ ! -e "$(gone_thing)" ] || rm -rf "$(gone_thing)"; }

# Where a thing is on its way out, under the step's lock; no pattern for things finds it.
gone_thing() { printf '%s/things/.gone.%s' "$STATE" "$STEP"; }

# Drops the claims that this run did not want; what nobody claims any more goes back to its baseline.
release_unwanted() {
	local order dir kind status
	forget_rest
	unwanted >"$WORK/unwanted"
	while read -r order dir <&6; do
		kind=${dir%/*}
		kind=${kind##*/}
		if claimed_by_another "$dir"; then
			rm -f "$dir/claims/$LEASE.$STEP"
			continue
		fi
		# Killed before it was remembered, and so before anything was changed.
		if [ ! -d "$dir/baseline" ]; then
			forget_thing "$dir"
			continue
		fi
		if is_theirs "$kind" "$dir"; then
			forget_thing "$dir"
			continue
		fi
		[ "$kind" != package ] || remove_packages_together
		status=0
		# Not in a condition: there the shell would go on after a failed command inside.
		set +e
		(
			set -e
			"${kind}_restore" "$(cat "$dir/name")" "$dir/baseline"
		)
		status=$?
		set -e
		case $status in
		0) forget_thing "$dir" ;;
		10) rm -f "$dir/claims/$LEASE.$STEP" ;;
		*) exit "$status" ;;
		esac
	done 6<"$WORK/unwanted"
	release_packages
}

# Everything that this lease still claims for some steps, in their order: one that failed or was killed when
# it was first run is unknown to Pulumi, and never reverted by itself; one whose connection was cut may still
# be running, and is waited for. In a subshell, which gives its locks back.
release_steps() {
	local held=$STEP
	for STEP in "$@"; do
		if [ "$STEP" != "$held" ]; then
			hold_lock "$STEP"
			# What a killed run left there may hold secret values.
			rm -rf "/run/rootless-docker.$STEP".*
		fi
		: >"$WORK/wanted"
		claim_interrupted_packages
		: >"$WORK/wanted"
		release_unwanted
	done
}

release_all_steps() { release_steps report daemon secrets ports kernel account engine preflight; }

# The same for what stands on a step that is taken back, where its first run has not ended well. Any other one
# Pulumi takes back by itself before.
release_unfinished() {
	local step
	for step in "$@"; do
		[ ! -e "$STATE/leases/$LEASE/$step.begun" ] || (release_steps "$step")
	done
}

# Things left behind on purpose keep their baseline without a claim; they count as unclaimed.
any_claim_left() {
	local claim
	for claim in "$STATE"/things/*/*/claims/*; do
		[ ! -e "$claim" ] || return 0
	done
	return 1
}

unclaimed() { [ -z "$(ls "$1/claims" 2>/dev/null)" ]; }
