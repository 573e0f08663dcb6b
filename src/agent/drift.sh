# shellcheck shell=dash
# Drift: what somebody changed after this package left it is theirs, and stays.
#
# A kind may have a function KIND_now NAME BASELINE. It prints what is there in the words of the
# wanted value, and nothing where nothing is there or what was there before has come back.
#
# $STATE/things/KIND/ID/left    values that this package has left there, one a line. The claims'
#                               values count too: version 0.1.0 kept no such list.

# $1 the thing's directory, $2 a value.
note_left() { grep -qsxF -- "$2" "$1/left" || printf '%s\n' "$2" >>"$1/left"; }

# Of a file's value, MODE SHA256, the bytes count: a mode alone is nothing that anybody would lose.
without_mode() { sed 's/^[0-7]* \([0-9a-f]\{64\}\)$/\1/'; }

# True where this package has left a value there. $1 the thing's directory, $2 the value.
was_left() {
	{
		cat "$1/left"
		tail -qn +2 "$1"/claims/*
	} 2>/dev/null | without_mode | grep -qxF -- "$2"
}

# True where a thing is not as this package left it. $1 kind, $2 its directory.
has_drifted() {
	local now
	command -v "$1_now" >/dev/null || return 1
	now=$("$1_now" "$(thing_name "$2")" "$2/baseline") || return 1
	[ -n "$now" ] && ! was_left "$2" "$now"
}

# True where a thing is somebody else's now, and says so. $1 kind, $2 its directory.
is_theirs() {
	local name account before
	name=$(thing_name "$2")
	account=$(account_of_thing "$1" "$2")
	if [ -n "$account" ] && is_another_account "$account"; then
		[ -e "$WORK/another-account" ] || {
			: >"$WORK/another-account"
			say "account $account is another one now than when it was recorded: what is its own stays as it is"
		}
	elif has_drifted "$1" "$2"; then
		before=$(keep_before "$1" "$2") || exit 1
		say "$1 $name stays: somebody changed it after this package did$before"
	else
		return 1
	fi
}

# Whose a thing is, where it is an account's. $1 kind, $2 its directory.
account_of_thing() {
	case $1 in
	linger | subuid | subgid | delegation) thing_name "$2" ;;
	keyfile | currentcontext | userdaemon | userunit) thing_name "$2" ;;
	*) cat "$2/baseline/account" 2>/dev/null || true ;;
	esac
}

# Where something stays, what was there before this package is kept beside it: under a name that
# ends in ~, which programs that read whole directories leave out. Prints where. $1 kind, $2 the
# thing's directory.
keep_before() {
	local owner=as_root path before
	path=$(thing_name "$2")
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
		printf '; before, it was a link to %s' "$(printable <"$2/baseline/link")"
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

# The first name for it that is free, or has these bytes already: what an earlier installation kept
# stays. $1 as_root or as_account, $2 path, $3 the bytes' file, or nothing.
free_before() {
	local number='' name
	while name=$2.before-rootless-docker${number:+.$number}~ && is_there "$1" "$name"; do
		if [ -n "$3" ] && "$1" cat "$name" 2>/dev/null | cmp -s - "$3"; then break; fi
		number=$((${number:-1} + 1))
	done
	printf '%s' "$name"
}

# $1 as_root or as_account, $2 path.
is_there() {
	if [ "$1" = as_account ]; then account_has "$2"; else [ -e "$2" ] || [ -h "$2" ]; fi
}

# $1 the path.
not_kept() {
	fail "$1" "that it cannot be written ($(tail -n 1 "$WORK/error" | printable))" "what was there before the first up in it, since somebody has changed the file itself" "make room for it, or let it be written, then run again"
}

# What others have named, on one line without control characters.
printable() { shown "$(head -c 8000 | tr -d '\000')"; }

# What is at a path, for KIND_now. $1 as_root or as_account, $2 path, $3 baseline directory.
path_now() {
	local now
	if "$1" test -h "$2"; then
		now=$("$1" readlink "$2")
		[ "$now" = "$(cat "$3/link" 2>/dev/null)" ] || printf '%s\n' "$now"
	elif "$1" test -f "$2"; then
		now=$(if [ "$1" = as_root ]; then cat "$2"; else account_file "$2"; fi | sha256sum | cut -c 1-64)
		[ -e "$3/content" ] && [ "$now" = "$(sha256sum <"$3/content" | cut -c 1-64)" ] ||
			printf '%s\n' "$now"
	elif "$1" test -e "$2"; then
		[ -e "$3/directory" ] || printf 'no file\n'
	fi
}

# As its package brings it, a configuration file is nobody's work.
file_now() { is_shipped "$1" || path_now as_root "$@"; }

# $1 the file.
is_shipped() {
	local sum
	[ -f "$1" ] && [ ! -h "$1" ] || return 1
	sum=$(md5sum <"$1" | cut -c 1-32)
	# shellcheck disable=SC2016 # dpkg's own variable
	dpkg-query -W -f '${Conffiles}\n' | grep -qF -- " $1 $sum"
}

homefile_now() {
	# The daemon's own, whatever it holds.
	! was_left "${2%/*}" the-daemon || return 0
	know_account "$(cat "$2/account")" || return 0
	path_now as_account "$@"
}
