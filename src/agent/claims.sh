# shellcheck shell=dash
# Claims and baselines. A thing (a file, a sysctl, a package, ...) has a kind and a name. Before it is
# first changed, what was there is remembered (its baseline). Every lease and step that wants it
# holds a claim. When the last claim goes, the baseline comes back.
#
# $STATE/things/KIND/ID/name                 the thing's name
# $STATE/things/KIND/ID/baseline/            what was there before, written by KIND_save
# $STATE/things/KIND/ID/claims/LEASE.STEP    line 1: order within the step; then the wanted value
# $STATE/things/KIND/ID/previous/LEASE.STEP/ what another lease had there, before this one's value
#
# A kind is two functions: KIND_save NAME DIR, and KIND_restore NAME DIR, which can be run again
# after it was killed, and returns 10 where the thing has to stay (said by itself, with the reason).
#
# The record is on the disk before the thing is changed, and goes when what it says is on the disk again:
# where there is a baseline it is whole, and nothing was changed where there is none.

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
	claim "$@"
	settle_claims
}

# The same, but that nothing may be changed before settle_claims: for many at once.
claim() {
	local dir order
	dir=$(thing_directory "$1" "$2")
	# The first time counts: a directory goes after every file in it.
	! grep -qxF -- "$dir" "$WORK/wanted" || return 0
	stop_where_another_wants "$dir" "$@"
	order=$(($(wc -l <"$WORK/wanted") + 1))
	printf '%s\n' "$dir" >>"$WORK/wanted"
	[ -d "$dir/claims" ] || mkdir -p "$dir/claims"
	keep_previous "$dir" "$@"
	note_left "$dir" "$3"
	[ ! -d "$dir/baseline.$STEP" ] || rm -rf "$dir/baseline.$STEP"
	printf '%s\n%s\n' "$order" "$3" >"$dir/claim.$LEASE.$STEP"
	if [ -d "$dir/baseline" ] && [ -s "$dir/name" ] &&
		cmp -s "$dir/claim.$LEASE.$STEP" "$dir/claims/$LEASE.$STEP"; then
		rm -f "$dir/claim.$LEASE.$STEP"
		return 0
	fi
	# Written only where it is missing: on a full disk an empty one would take its place.
	[ -s "$dir/name" ] || printf '%s' "$2" >"$dir/name"
	if [ ! -d "$dir/baseline" ]; then
		mkdir "$dir/baseline.$STEP"
		"$1_save" "$2" "$dir/baseline.$STEP"
	fi
	printf '%s\n' "$dir" >>"$WORK/claims"
}

# $1 the thing's directory, then as for want.
stop_where_another_wants() {
	local claim other
	for claim in "$1"/claims/*; do
		# Of an empty one nobody knows what it wanted.
		[ -s "$claim" ] || continue
		other=${claim##*/}
		other=${other%%.*}
		[ "$(tail -n +2 "$claim")" != "$4" ] || continue
		stands_beside "$other" || continue
		fail "$2 $3" "'$(tail -n +2 "$claim")', wanted by $(owner_of "$other")" "'$4' by $(owner_of "$LEASE")" "give both the same value: the machine has only one"
	done
}

# Saves what another lease has there, where this one wants another value: it comes back where this
# claim is dropped and the other one is still there, as after a takeover that never came to its end.
# It is on the disk before the thing is changed. $1 the thing's directory, then as for want.
keep_previous() {
	local previous=$1/previous/$LEASE.$STEP new=$1/previous.$STEP now
	command -v "$2_now" >/dev/null || return 0
	others_want "$1"
	if [ ! -s "$WORK/others-want" ] || is_among "$4" "$WORK/others-want"; then return 0; fi
	if [ -d "$previous" ]; then
		now=$("$2_now" "$3" "$previous") || return 0
		# What this lease has put there itself is nobody else's.
		is_among "$now" "$WORK/others-want" || return 0
	fi
	rm -rf "$new"
	mkdir "$new"
	"$2_save" "$3" "$new"
	find "$new" -exec sync {} +
	mkdir -p "$1/previous"
	rm -rf "$previous"
	mv -T "$new" "$previous"
	sync_directories "$1/previous" "$1"
}

# The values that other leases claim, into $WORK/others-want. $1 the thing's directory.
others_want() {
	local claim
	for claim in "$1"/claims/*; do
		case ${claim##*/} in
		'*' | "$LEASE".*) ;;
		*) tail -n +2 "$claim" ;;
		esac
	done | without_mode >"$WORK/others-want"
}

# $1 a value, $2 a file of values without modes.
is_among() { printf '%s\n' "$1" | without_mode | grep -qxF -f - -- "$2"; }

# This lease's claim on a thing is going, and another one's stays: what that one had comes back.
# Where it cannot, that is said. A lease that took over from this one has what it wants already.
# $1 kind, $2 the thing's directory.
give_back() {
	local name account now own before previous=$2/previous/$LEASE.$STEP
	! successor_of "$LEASE" >/dev/null || return 0
	own=$(tail -n +2 "$2/claims/$LEASE.$STEP")
	others_want "$2"
	if [ ! -s "$WORK/others-want" ] || is_among "$own" "$WORK/others-want"; then return 0; fi
	name=$(thing_name "$2")
	account=$(account_of_thing "$1" "$2")
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
		say "$1 $name stays: somebody changed it after this package did"
		return 0
	fi
	before=$(wc -l <"$WORK/changed")
	("$1_restore" "$name" "$previous")
	[ "$before" = "$(wc -l <"$WORK/changed")" ] || sync_host
}

# $1 the thing's directory.
leases_of() {
	local claim
	for claim in "$1"/claims/*; do
		claim=${claim##*/}
		printf '%s\n' "${claim%%.*}"
	done | sort -u
}

# Whose claim stays, in words. $1 the thing's directory.
next_owner() {
	local claim
	for claim in "$1"/claims/*; do
		claim=${claim##*/}
		[ "${claim%%.*}" = "$LEASE" ] || {
			owner_of "${claim%%.*}"
			return 0
		}
	done
}

# Brings what was claimed to the disk: first all that is in it, then the names by which it counts. Of many
# it is quicker to write the whole file system.
settle_claims() {
	local dir
	[ -s "$WORK/claims" ] || return 0
	if [ "$(wc -l <"$WORK/claims")" = 1 ]; then
		dir=$(cat "$WORK/claims")
		set -- "$dir/name" "$dir/left" "$dir/claim.$LEASE.$STEP"
		[ ! -d "$dir/baseline.$STEP" ] || set -- "$@" "$dir/baseline.$STEP"
		find "$@" -exec sync {} +
		place_claim "$dir"
		sync_directories "$dir/claims" "$dir" "${dir%/*}" "$STATE/things"
	else
		sync -f "$STATE"
		while read -r dir; do place_claim "$dir"; done <"$WORK/claims"
		sync -f "$STATE"
	fi
	: >"$WORK/claims"
}

# The claim comes first: a baseline without one would look like something that was kept on purpose.
place_claim() {
	mv "$1/claim.$LEASE.$STEP" "$1/claims/$LEASE.$STEP"
	[ -d "$1/baseline.$STEP" ] || return 0
	# Another step may have been faster: what it saw is older.
	mv -T "$1/baseline.$STEP" "$1/baseline" 2>/dev/null || rm -rf "$1/baseline.$STEP"
}

# The things that this lease's step claims and that this run did not want, last claimed first.
unwanted() {
	local claim dir order=written
	for claim in "$STATE"/things/*/*/claims/"$LEASE.$STEP"; do
		if [ -e "$claim" ] && [ ! -s "$claim" ]; then order=lost; fi
	done
	for claim in "$STATE"/things/*/*/claims/"$LEASE.$STEP"; do
		[ -e "$claim" ] || continue
		dir=${claim%/claims/*}
		grep -qxF -- "$dir" "$WORK/wanted" || printf '%s %s\n' "$(order_of "$claim" "$order")" "$dir"
	done | sort -rn
}

# The order is in the claim. Where version 0.1.0 lost one by a power cut, the times of all of them say as
# much: they were written one after the other. $1 the claim, $2 written or lost.
order_of() { if [ "$2" = lost ]; then stat -c %.9Y "$1"; else head -n 1 "$1"; fi; }

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

# The thing's name. Where version 0.1.0 lost it by a power cut, most directories say it too. $1 the directory.
thing_name() {
	if [ -s "$1/name" ]; then
		cat "$1/name"
	else
		printf '%s' "${1##*/}" | sed 's/%2F/\//g'
	fi
}

# Ends the step where version 0.1.0 lost a part of the record by a power cut that nothing else says: what is
# empty here never was. $1 the thing's directory.
stop_on_empty_record() {
	local kind=${1%/*} file empty=''
	kind=${kind##*/}
	for file in mode link value account kind added; do
		if [ -e "$1/baseline/$file" ] && [ ! -s "$1/baseline/$file" ]; then empty=baseline/$file; fi
	done
	if [ -e "$1/baseline/content" ] && [ ! -s "$1/baseline/content" ] && [ ! -e "$1/baseline/empty" ]; then
		empty=baseline/content
	fi
	if [ ! -s "$1/name" ] && printf '%s' "${1##*/}" | grep -qE '^[0-9a-f]{64}$'; then
		fail "$1/name" "it empty, as a power cut leaves it" "the name of the $kind that was changed" \
			"run pulumi up with a new value of recheck, which writes it again; or take back by hand what \
was set there, remove $1, then run again"
	fi
	[ -z "$empty" ] || fail "$1/$empty" "it empty, as a power cut leaves it" \
		"what $kind $(thing_name "$1") was before, to give it back" \
		"see that $(thing_name "$1") is as you want it, remove $1, then run again"
}

# What a killed run left.
forget_rest() { [ ! -e "$(gone_thing)" ] || rm -rf "$(gone_thing)"; }

# Where a thing is on its way out, under the step's lock; no pattern for things finds it.
gone_thing() { printf '%s/things/.gone.%s' "$STATE" "$STEP"; }

# Drops the claims that this run did not want; what nobody claims any more goes back to its baseline.
# A step may have a function STEP_released for what follows from that.
release_unwanted() {
	local order dir kind status before
	forget_rest
	unwanted >"$WORK/unwanted"
	(meet_accounts)
	unwanted >"$WORK/unwanted"
	while read -r order dir <&6; do
		kind=${dir%/*}
		kind=${kind##*/}
		if claimed_by_another "$dir"; then
			give_back "$kind" "$dir"
			rm -f "$dir/claims/$LEASE.$STEP"
			# Where one lease is left, there is no other one to go back to.
			[ "$(leases_of "$dir" | wc -l)" -gt 1 ] || rm -rf "$dir/previous"
			continue
		fi
		# Killed before it was remembered, and so before anything was changed.
		if [ ! -d "$dir/baseline" ]; then
			forget_thing "$dir"
			continue
		fi
		stop_on_empty_record "$dir"
		if is_theirs "$kind" "$dir"; then
			forget_thing "$dir"
			continue
		fi
		# Only packages are worth the lock of all: what is an account's may take its time.
		if [ "$kind" = package ]; then remove_packages_together; else release_packages; fi
		before=$(wc -l <"$WORK/changed")
		status=0
		# Not in a condition: there the shell would go on after a failed command inside.
		set +e
		(
			set -e
			stop_where_home_is_away "$(account_of_thing "$kind" "$dir")"
			restore_thing "$kind" "$dir"
		)
		status=$?
		set -e
		case $status in
		0)
			[ "$before" = "$(wc -l <"$WORK/changed")" ] || sync_host
			forget_thing "$dir"
			;;
		10)
			: >"$WORK/stays"
			rm -f "$dir/claims/$LEASE.$STEP"
			;;
		*) exit "$status" ;;
		esac
	done 6<"$WORK/unwanted"
	release_packages
	! command -v "${STEP}_released" >/dev/null || "${STEP}_released"
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
