# shellcheck shell=dash
# Claims and baselines. A resource (a file, a sysctl, a package, ...) has a kind and a name. Before it is
# first changed, what was there is remembered (its baseline). Every installation and step that wants it
# holds a claim. When the last claim goes, the baseline comes back.
#
# $STATE/things/KIND/ID/name                 the resource's name
# $STATE/things/KIND/ID/baseline/            what was there before, written by KIND_save
# $STATE/things/KIND/ID/claims/LEASE.STEP    line 1: order within the step; then the wanted value
# $STATE/things/KIND/ID/previous/LEASE.STEP/ what another installation had there, before this one's value
#
# A kind is two functions: KIND_save NAME DIR, and KIND_restore NAME DIR, which can be run again
# after it was killed, and returns 10 where the resource has to stay (said by itself, with the reason).
#
# The record is on the disk before the resource is changed, and goes when what it says is on the disk again:
# where there is a baseline it is whole, and nothing was changed where there is none.

# A slash becomes %2F. A file name holds 255 bytes: a longer name (an SSH key), or one with
# characters of other meaning, stands under its hash.
resource_directory() {
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

# $1 the resource's directory.
installations_of() {
	local claim
	for claim in "$1"/claims/*; do
		claim=${claim##*/}
		printf '%s\n' "${claim%%.*}"
	done | sort -u
}

# The order is in the claim. Where version 0.1.0 lost one by a power cut, the times of all of them
# say as much: they were written one after the other. $1 the claim, $2 written or lost.
order_of() { if [ "$2" = lost ]; then stat -c %.9Y "$1"; else head -n 1 "$1"; fi; }

claimed_by_another() {
	local claim
	for claim in "$1"/claims/*; do
		[ -e "$claim" ] || continue
		[ "$claim" = "$1/claims/$LEASE.$STEP" ] || return 0
	done
	return 1
}

# Forgets a resource at once or not at all: in half a baseline, a file that is missing would mean
# that nothing was there before.
forget_resource() {
	forget_rest
	mv -T "$1" "$(gone_resource)"
	forget_rest
}

# The resource's name. Where version 0.1.0 lost it by a power cut, most directories say it too. $1
# the directory.
resource_name() {
	if [ -s "$1/name" ]; then
		cat "$1/name"
	else
		printf '%s' "${1##*/}" | sed 's/%2F/\//g'
	fi
}

# Ends the step where version 0.1.0 lost a part of the record by a power cut that nothing else says:
# what is empty here never was. $1 the resource's directory.
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
		fail "$1/name" "it empty, as a power cut leaves it" \
			"the name of the $kind that was changed" \
			"run pulumi up with a new value of recheck, which writes it again; or take back by hand what \
was set there, remove $1, then run again"
	fi
	[ -z "$empty" ] || fail "$1/$empty" "it empty, as a power cut leaves it" \
		"what $kind $(resource_name "$1") was before, to give it back" \
		"see that $(resource_name "$1") is as you want it, remove $1, then run again"
}

# What a killed run left.
forget_rest() { [ ! -e "$(gone_resource)" ] || rm -rf "$(gone_resource)"; }

# Removes the records that a run of this step began and did not end; nothing was changed yet then.
forget_half_made() {
	local half dir
	for half in "$STATE"/things/*/*/baseline."$STEP" "$STATE"/things/*/*/previous."$STEP" \
		"$STATE"/things/*/*/claim."$LEASE.$STEP"; do
		[ -e "$half" ] || continue
		dir=${half%/*}
		rm -rf "$half"
		if unclaimed "$dir" && [ ! -d "$dir/baseline" ]; then forget_resource "$dir"; fi
	done
}

# Where a resource is on its way out, under the step's lock; no pattern for resources finds it.
gone_resource() { printf '%s/things/.gone.%s' "$STATE" "$STEP"; }

# Things left behind on purpose keep their baseline without a claim; they count as unclaimed.
any_claim_left() {
	local claim
	for claim in "$STATE"/things/*/*/claims/*; do
		[ ! -e "$claim" ] || return 0
	done
	return 1
}

unclaimed() { [ -z "$(ls "$1/claims" 2>/dev/null)" ]; }

# A value, which may be the sum of a secret one, is no argument of a program: everybody sees these.
# $1 the resource's directory, $2 a value.
note_left() {
	[ -e "$1/left" ] && printf '%s\n' "$2" | grep -qxF -f - -- "$1/left" || printf '%s\n' "$2" >>"$1/left"
}

# Of a file's value, MODE SHA256, the bytes count: a mode alone is nothing that anybody would lose.
without_mode() { sed 's/^[0-7]* \([0-9a-f]\{64\}\)$/\1/'; }

# True where this package has left a value there. $1 the resource's directory, $2 the value.
was_left() {
	{
		cat "$1/left"
		tail -qn +2 "$1"/claims/*
	} 2>/dev/null | without_mode >"$WORK/was-left"
	printf '%s\n' "$2" | grep -qxF -f - -- "$WORK/was-left"
}

# $1 the installation, $2 the directory of a resource's claims.
is_claimed_by() {
	local claim
	for claim in "$2/$1".*; do
		[ ! -e "$claim" ] || return 0
	done
	return 1
}
