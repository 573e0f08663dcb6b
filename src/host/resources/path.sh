# shellcheck shell=dash
# What was at a path, and what is there now: files, links, directories, of root or of the account.

# What is at a path in place of what was written there, or nothing. $1 as_root or as_account, $2
# path, $3 what was written: a mode and a hash, or where a link leads.
path_check() {
	local found
	case $3 in
	[0-7]*' '*)
		found="$("$1" stat -c %a "$2" 2>/dev/null || echo absent) $(sum_at "$1" "$2")"
		case $found in
		"$3") ;;
		absent*) echo 'no such file' ;;
		"${3%% *} "*) echo 'other content' ;;
		*) echo "mode $(word_of_account "${found%% *}")" ;;
		esac
		;;
	/*)
		found=$("$1" readlink "$2" 2>/dev/null || true)
		[ "$found" = "$3" ] || if [ -n "$found" ]; then shown_path "$found"; else printf 'no such link'; fi
		;;
	esac
}

# $1 as_root or as_account, $2 path.
file_bytes() { if [ "$1" = as_account ]; then account_file "$2"; else cat "$2" 2>/dev/null; fi; }

# Another's file in the account's home is not made anew when it comes back: it is moved aside by the
# account, and back, so that its owner is the kernel's word. In its place is a copy of the account's
# own. $1 path, $2 baseline directory.
park() {
	[ -e "$2/kept" ] || return 0
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -eu -c 'aside=$1.rootless-docker-old new=$1.rootless-docker-new
		if [ ! -e "$aside" ]; then
			[ -e "$1" ] || exit 0
			[ "$(stat -c %u:%g "$1")" != "$2" ] || exit 0
			mv -T "$1" "$aside"
		fi
		[ ! -e "$1" ] || exit 0
		rm -f "$new"
		cp -T --preserve=mode "$aside" "$new"
		mv -fT "$new" "$1"' sh "$1" "$ACCOUNT_UID:$ACCOUNT_GID"
}

# False where it is gone. $1 path.
restore_parked() {
	if account_has "$1.rootless-docker-old"; then
		as_account mv -fT "$1.rootless-docker-old" "$1" && changed "$(shown_path "$1") restored"
	else
		# Not even set aside by a run that was killed before that.
		account_has "$1" && ! is_its_own "$(as_account stat -c '%a %u:%g' "$1")"
	fi
}

# The same where the copy was changed, and changed back: the file itself, unless somebody changed
# more in it meanwhile. $1 path, $2 baseline directory.
resolve_parked() {
	local status=0
	if [ ! -e "$2/kept" ] || ! account_has "$1.rootless-docker-old"; then return 0; fi
	! account_has "$1" || as_account cmp -s "$1.rootless-docker-old" "$1" 2>/dev/null || status=$?
	case $status in
	0) restore_parked "$1" ;;
	1)
		as_account rm -f "$1.rootless-docker-old"
		say "$(shown_path "$1") belongs to $ACCOUNT now, and not to whom it belonged before: it was changed meanwhile"
		;;
	124 | 137) no_answer_about "$1" ;;
	*)
		fail "$(shown_path "$1")" \
			"that $ACCOUNT cannot compare it with $(shown_path "$1.rootless-docker-old"), which it was before" \
			"two files that it can read" \
			"see what is in their place, let $ACCOUNT read both, or move one away, then run again"
		;;
	esac
}

# Says whether a path is a link, a directory, a file, something else, or none. Without an answer nobody can say. $1
# as_root or as_account, $2 path.
kind_of_path() {
	# shellcheck disable=SC2016 # the inner shell expands them
	"$1" sh -c 'if [ -h "$1" ]; then echo link
		elif [ -d "$1" ]; then echo directory
		elif [ -f "$1" ]; then echo file
		elif [ -e "$1" ]; then echo other
		else echo none; fi' sh "$2" || no_answer_about "$2"
}

# What is at a path, for KIND_now. $1 as_root or as_account, $2 path, $3 baseline directory.
path_now() {
	local kind now
	kind=$(kind_of_path "$1" "$2") || return
	case $kind in
	link)
		now=$("$1" readlink "$2")
		[ "$now" = "$(cat "$3/link" 2>/dev/null)" ] || printf '%s\n' "$now"
		;;
	file)
		now=$(sum_at "$1" "$2") || return
		[ -e "$3/content" ] && [ "$now" = "$(sha256sum <"$3/content" | cut -c 1-64)" ] ||
			printf '%s\n' "$now"
		;;
	none) ;;
	*) [ -e "$3/directory" ] || printf 'no file\n' ;;
	esac
}

# The hash of a file. One that the account cannot read, or that is too large, is not what was written there.
# Without an answer nobody can say. $1 as_root or as_account, $2 path.
sum_at() {
	local status=0
	file_bytes "$1" "$2" >"$WORK/path-now" || status=$?
	case $status in
	0) sha256sum <"$WORK/path-now" | cut -c 1-64 ;;
	124 | 137) no_answer_about "$2" ;;
	*) echo unreadable ;;
	esac
}

# $1 as_root or as_account, $2 path, $3 baseline directory.
save_path() {
	local kind
	kind=$(kind_of_path "$1" "$2") || exit
	case $kind in
	none) : >"$3/absent" ;;
	link) "$1" readlink "$2" >"$3/link" ;;
	directory) : >"$3/directory" ;;
	*)
		if [ "$1" = as_account ]; then
			need_account_file "$2" "$3/content" "to give it back one day" "$3"
		else
			cat "$2" >"$3/content"
		fi
		"$1" stat -c '%a %u:%g' "$2" >"$3/mode"
		[ "$1" = as_root ] || is_its_own "$(cat "$3/mode")" || : >"$3/kept"
		chmod 600 "$3/content"
		# A record of version 0.1.0 may be empty because the power went.
		[ -s "$3/content" ] || : >"$3/empty"
		;;
	esac
}

restore_path() {
	# The directory may have gone meanwhile, as a package's removal takes one along.
	if [ -e "$3/content" ] || [ -e "$3/link" ]; then
		"$1" mkdir -p -- "$(dirname "$2")" 2>"$WORK/error" || {
			say "$(shown_path "$2") is not restored: its directory is gone, and cannot be made ($(last_words))"
			return 0
		}
	fi
	"$1" rm -f "$2.rootless-docker-new"
	if [ -e "$3/kept" ] && restore_parked "$2"; then
		return 0
	elif [ -e "$3/content" ]; then
		write_path_of "$1" "$2" "$(cat "$3/mode")" <"$3/content" || unrestored_path "$2"
		changed "$(shown_path "$2") restored"
	elif [ -e "$3/link" ]; then
		write_link "$1" "$2" "$(cat "$3/link")" || unrestored_path "$2"
		changed "$(shown_path "$2") restored"
	elif [ -e "$3/absent" ] && { "$1" test -e "$2" || "$1" test -h "$2"; }; then
		"$1" rm -f "$2"
		changed "$(shown_path "$2") removed"
	fi
}

# $1 path.
unrestored_path() {
	fail "$(shown_path "$1")" "that it cannot be written, as the line above says" "what was there before" \
		"see to that, then run again"
}
