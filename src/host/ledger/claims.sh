# shellcheck shell=dash
# Who wants what: a claim of an installation's step on a resource.

# Claims a resource for this installation and step. $1 kind, $2 name, $3 the wanted value.
# Another owner's claim on another value is an error that names both.
want() {
	claim "$@"
	settle_claims
}

# The same, but that nothing may be changed before settle_claims: for many at once.
claim() {
	local dir
	dir=$(resource_directory "$1" "$2")
	# The first time counts: a directory goes after every file in it.
	! is_wanted "$dir" || return 0
	stop_where_another_wants "$dir" "$@"
	note_wanted "$dir"
	[ -d "$dir/claims" ] || mkdir -p "$dir/claims"
	keep_previous "$dir" "$@"
	note_left "$dir" "$3"
	[ ! -d "$dir/baseline.$STEP" ] || rm -rf "$dir/baseline.$STEP"
	{
		count_wanted
		printf '%s\n' "$3"
	} >"$dir/claim.$LEASE.$STEP"
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

# $1 the resource's directory.
is_wanted() {
	local kind=${1%/*}
	[ -e "$WORK/wanted/${kind##*/}:${1##*/}" ]
}

note_wanted() {
	local kind=${1%/*}
	: >"$WORK/wanted/${kind##*/}:${1##*/}"
}

count_wanted() {
	set -- "$WORK/wanted"/*
	echo $#
}

# $1 the resource's directory, then as for want.
stop_where_another_wants() {
	local claim other
	for claim in "$1"/claims/*; do
		# Of an empty one nobody knows what it wanted.
		[ -s "$claim" ] || continue
		other=${claim##*/}
		other=${other%%.*}
		[ "$(tail -n +2 "$claim")" != "$4" ] || continue
		stands_beside "$other" || continue
		fail "$2 $3" "'$(tail -n +2 "$claim")', wanted by $(owner_of "$other")" \
			"'$4' by $(owner_of "$LEASE")" "give both the same value: the machine has only one"
	done
}

# Saves what another installation has there, where this one wants another value: it comes back where
# this claim is dropped and the other one is still there, as after a takeover that never came to its
# end. It is on the disk before the resource is changed. $1 the resource's directory, then as for
# want.
keep_previous() {
	local previous=$1/previous/$LEASE.$STEP new=$1/previous.$STEP now
	command -v "$2_now" >/dev/null || return 0
	others_want "$1"
	if [ ! -s "$WORK/others-want" ] || is_among "$4" "$WORK/others-want"; then return 0; fi
	if [ -d "$previous" ]; then
		now=$("$2_now" "$3" "$previous") || return 0
		# What this installation has put there itself is nobody else's.
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

# The values that other installations claim, into $WORK/others-want. $1 the resource's directory.
others_want() {
	local claim
	if ! claimed_by_another "$1"; then
		: >"$WORK/others-want"
		return 0
	fi
	for claim in "$1"/claims/*; do
		case ${claim##*/} in
		'*' | "$LEASE".*) ;;
		*) tail -n +2 "$claim" ;;
		esac
	done | without_mode >"$WORK/others-want"
}

# $1 a value, $2 a file of values without modes.
is_among() { printf '%s\n' "$1" | without_mode | grep -qxF -f - -- "$2"; }

# Brings what was claimed to the disk: first all that is in it, then the names by which it counts.
# Of many it is quicker to write the whole file system.
settle_claims() {
	local dir
	[ -s "$WORK/claims" ] || return 0
	if [ "$(wc -l <"$WORK/claims")" -gt 5 ]; then
		sync -f "$STATE"
		while read -r dir; do place_claim "$dir"; done <"$WORK/claims"
		sync -f "$STATE"
	else
		set --
		while read -r dir; do
			set -- "$@" "$dir/name" "$dir/left" "$dir/claim.$LEASE.$STEP"
			[ ! -d "$dir/baseline.$STEP" ] || set -- "$@" "$dir/baseline.$STEP"
		done <"$WORK/claims"
		find "$@" -exec sync {} +
		set -- "$STATE/things"
		while read -r dir; do
			place_claim "$dir"
			set -- "$@" "$dir/claims" "$dir" "${dir%/*}"
		done <"$WORK/claims"
		sync_directories "$@"
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

# The resources that this installation's step claims and that this run did not want, last claimed
# first. Those of one account only, where ONLY_OF says which.
unwanted() {
	local claim dir kind order=written
	for claim in "$STATE"/things/*/*/claims/"$LEASE.$STEP"; do
		if [ -e "$claim" ] && [ ! -s "$claim" ]; then order=lost; fi
	done
	for claim in "$STATE"/things/*/*/claims/"$LEASE.$STEP"; do
		dir=${claim%/claims/*}
		if [ ! -e "$claim" ] || is_wanted "$dir"; then continue; fi
		kind=${dir%/*}
		[ -z "${ONLY_OF-}" ] || [ "$(account_of_resource "${kind##*/}" "$dir")" = "$ONLY_OF" ] || continue
		printf '%s %s\n' "$(order_of "$dir/claims/$LEASE.$STEP" "$order")" "$dir"
	done | sort -rn
}

# The same claim on another resource of the kind. $1 kind, $2 the other one's name, $3 the claim.
copy_claim() {
	local dir
	dir=$(resource_directory "$1" "$2")
	mkdir -p "$dir/claims"
	[ -s "$dir/name" ] || printf '%s' "$2" | write_record "$dir/name"
	cp "$3" "$dir/claim.$LEASE.$STEP"
	[ -d "$dir/baseline" ] || {
		rm -rf "$dir/baseline.$STEP"
		mkdir "$dir/baseline.$STEP"
		"$1_save" "$2" "$dir/baseline.$STEP"
	}
	find "$dir" -exec sync {} +
	mv "$dir/claim.$LEASE.$STEP" "$dir/claims/${3##*/}"
	[ -d "$dir/baseline" ] || mv -T "$dir/baseline.$STEP" "$dir/baseline"
	sync_directories "$dir/claims" "$dir" "${dir%/*}" "$STATE/things"
}

# Another value for what this installation claims already, by whichever step. $1 the resource's
# directory, $2 the value.
change_claims() {
	local claim new=$1/claim.$LEASE
	note_left "$1" "$2"
	for claim in "$1/claims/$LEASE".*; do
		[ -s "$claim" ] || continue
		{
			head -n 1 "$claim"
			printf '%s\n' "$2"
		} >"$new"
		sync "$1/left" "$new"
		mv "$new" "$claim"
		sync_directories "$1/claims"
	done
}
