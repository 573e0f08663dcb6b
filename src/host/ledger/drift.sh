# shellcheck shell=dash
# Drift: what somebody changed after this package left it is theirs, and stays.
#
# A kind may have a function KIND_now NAME BASELINE. It prints what is there in the words of the
# wanted value, and nothing where nothing is there or what was there before has come back.
#
# $STATE/things/KIND/ID/left    values that this package has left there, one a line. The claims'
#                               values count too: version 0.1.0 kept no such list.

# True where a resource is not as this package left it. $1 kind, $2 its directory.
has_drifted() {
	local now
	command -v "$1_now" >/dev/null || return 1
	# It says why there is no answer.
	now=$("$1_now" "$(resource_name "$2")" "$2/baseline") || exit 1
	[ -n "$now" ] && ! was_left "$2" "$now"
}

# True where a resource is somebody else's now, and says so. $1 kind, $2 its directory.
is_theirs() {
	local name account before
	name=$(resource_name "$2")
	account=$(account_of_resource "$1" "$2")
	if [ -n "$account" ] && is_another_account "$account"; then
		[ -e "$WORK/another-account.$account" ] || {
			: >"$WORK/another-account.$account"
			say "account $account is another one now than when it was recorded: what is its own stays as it is"
		}
	elif has_drifted "$1" "$2"; then
		before=$(keep_before "$1" "$2") || exit 1
		say "$(drift_title_of "$1" "$name") stays:" \
			"somebody changed it after this package did$before$(goes_with_home "$1" "$account")"
	else
		return 1
	fi
}

# $1 kind, $2 name. Paths say themselves what they are.
drift_title_of() {
	case $1 in
	file | homefile | keyfile) printf '%s' "$2" ;;
	*) printf '%s %s' "$1" "$2" ;;
	esac
}

# $1 kind, $2 the account.
goes_with_home() {
	[ "$1" = homefile ] && home_may_go "$2" || return 0
	printf '. Where the account goes with its home, as onDestroy.data: Delete says, so does it'
}

# Where something stays, what was there before this package is kept beside it: under a name that
# ends in ~, which programs that read whole directories leave out. Prints where. $1 kind, $2 the
# resource's directory.
keep_before() {
	local owner=as_root path before
	path=$(resource_name "$2")
	case $1 in
	mask) path=/etc/systemd/system/$path ;;
	homefile)
		owner=as_account
		know_account "$(cat "$2/baseline/account")"
		;;
	esac
	if [ "$owner" = as_account ] && as_account test -e "$path.rootless-docker-old"; then
		before=$(free_before "$owner" "$path" '') || exit 1
		as_account mv -fT "$path.rootless-docker-old" "$before" 2>"$WORK/error" || not_kept "$before"
	elif [ -e "$2/baseline/content" ]; then
		before=$(free_before "$owner" "$path" "$2/baseline/content") || exit 1
		write_path_of "$owner" "$before" "$(cat "$2/baseline/mode")" \
			<"$2/baseline/content" 2>"$WORK/error" || not_kept "$before"
	elif [ -e "$2/baseline/link" ]; then
		printf '; before, it was a link to %s' "$(shown_path "$(cat "$2/baseline/link")")"
		return 0
	elif [ -e "$2/baseline/value" ]; then
		printf "; before, it was '%s'" "$(cat "$2/baseline/value")"
		return 0
	elif [ "$1" = package ] && [ -s "$2/baseline/version" ]; then
		printf '; before, it was version %s' "$(cat "$2/baseline/version")"
		return 0
	else
		return 0
	fi
	printf '; what was there before is in %s' "$before"
}

# A name for it that is free, or has these bytes already: what an earlier installation kept stays. After a few that
# are taken it is one that nobody can have made before. $1 as_root or as_account, $2 path, $3 the bytes' file, or
# nothing.
free_before() {
	local number='' name
	while name=$2.before-rootless-docker${number:+.$number}~ && is_there "$1" "$name"; do
		if [ -n "$3" ] && "$1" cat "$name" 2>/dev/null | cmp -s - "$3"; then break; fi
		number=$((${number:-1} + 1))
		[ "$number" -lt 10 ] || number=$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
	done
	printf '%s' "$name"
}

# $1 as_root or as_account, $2 path.
is_there() {
	if [ "$1" = as_account ]; then account_has "$2"; else [ -e "$2" ] || [ -h "$2" ]; fi
}

# $1 the path.
not_kept() {
	fail "$1" "that it cannot be written ($(tail -n 1 "$WORK/error" | printable))" \
		"what was there before the first up in it, since somebody has changed the file itself" \
		"make room for it, or let it be written, then run again"
}
