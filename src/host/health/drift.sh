# shellcheck shell=dash
# What this package put there and somebody changed since.

# What this package put there and somebody changed since: for the doctor alone, since an "up" mends what its
# own steps find, and no more. The record is root's to read.
hand_edit_checks() {
	local lease claim before
	[ -r "$STATE/leases" ] || return 0
	before=$(wc -l <"$WORK/findings")
	for lease in "$STATE"/leases/*; do
		if [ "$(cat "$lease/account-name" 2>/dev/null)" != "$ACCOUNT" ] || successor_of "${lease##*/}" >/dev/null; then continue; fi
		for claim in "$STATE"/things/*/*/claims/"${lease##*/}".*; do
			[ -e "$claim" ] || continue
			hand_edit_check "${claim%/claims/*}" "$(tail -n +2 "$claim")"
		done
	done
	[ "$before" != "$(wc -l <"$WORK/findings")" ] || fine "hand edits" "none of what this package set"
}

# $1 the thing's directory, $2 the wanted value.
hand_edit_check() {
	local name found='' again='run pulumi up with a new value of recheck, which puts it back'
	name=$(cat "$1/name")
	case ${1%/*} in
	*/sysctl)
		# Said already, and why it matters.
		! grep -qF "problem$SEPARATOR$name$SEPARATOR" "$WORK/findings" || return 0
		found=$(sysctl_value "$name" 2>/dev/null || echo 'no such setting')
		[ "$found" = "$2" ] || problem "$name" "$found" "$2" "run 'sysctl -w $name=\"$2\"', or $again"
		;;
	*/filecap)
		found=$(capability_of "$name")
		setcap -v "$2" "$name" >/dev/null 2>&1 || problem "$name" "${found:-no file capability}" "$2" "run 'setcap $2 $name' and restart the daemon, or $again"
		;;
	*/file) file_check as_root "$name" "$2" "$again" ;;
	*/homefile) file_check as_account "$name" "$2" "$again" ;;
	esac
}

# $1 as_root or as_account, $2 path.
file_bytes() { if [ "$1" = as_account ]; then account_file "$2"; else cat "$2" 2>/dev/null; fi; }

# $1 as_root or as_account, $2 path, $3 what was written: mode and hash, or where a link leads, $4 mend.
file_check() {
	local found
	case $3 in
	[0-7]*' '*)
		found="$("$1" stat -c %a "$2" 2>/dev/null || echo absent) $(file_bytes "$1" "$2" | sha256sum | cut -c 1-64)"
		if [ "$found" = "$3" ]; then return 0; fi
		case $found in
		absent*) found='no such file' ;;
		"${3%% *} "*) found='other content' ;;
		*) found="mode ${found%% *}" ;;
		esac
		problem "$2" "$found" "the file as this package wrote it" "$4"
		;;
	/*)
		found=$("$1" readlink "$2" 2>/dev/null || true)
		[ "$found" = "$3" ] || problem "$2" "${found:-no such link}" "a link to $3" "$4"
		;;
	esac
}
