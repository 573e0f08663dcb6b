# The account that runs the daemon. Its state is one line of the installation, NAME UID HOME STATE,
# written before the change:
#   found   it was there before, and is never removed
#   making  useradd may have been killed; HOME only where no home was there before, else "-"
#   made    this program made it
#   going   its removal has begun
#   new     nobody has looked yet; so it is where somebody has removed the line
# An account that this program made carries a mark in its comment.

account_mark() { printf 'rootless-docker %s' "$1"; }

# True where ACCOUNT has the mark: room and telephone after it are the account's to change.
is_marked() {
	case $ACCOUNT_COMMENT, in
	"$(account_mark "$ACCOUNT"),"*) return 0 ;;
	*) return 1 ;;
	esac
}

# $1 name, $2 uid or "-", $3 home or "-", $4 state.
note_account() { echo "$*" | write_record "$OWN/account-entry"; }

# Reads the record: sets RECORDED_NAME, RECORDED_UID, RECORDED_HOME and RECORDED_STATE, which are empty
# where there is none.
read_account_record() {
	RECORDED_NAME='' RECORDED_UID='' RECORDED_HOME='' RECORDED_STATE=''
	if [ -s "$OWN/account-entry" ]; then
		read -r RECORDED_NAME RECORDED_UID RECORDED_HOME RECORDED_STATE <"$OWN/account-entry"
	fi
}

# The one look at the account, at the begin of a run: it is the recorded one, or gone, or an error.
meet_account() {
	local other
	read_account_record
	case $RECORDED_STATE in found | made | going) ;; *) return 0 ;; esac
	if know_account "$RECORDED_NAME"; then
		is_recorded_account || stop_on_another_account "$ACCOUNT"
		return 0
	fi
	# It may have another name by now.
	other=$(getent passwd "$RECORDED_UID") || other=''
	case $other in *":$RECORDED_HOME:"*) stop_on_another_account "${other%%:*}" ;; esac
	ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=''
	# A directory service that is away for now has an account that is not in the machine's own file.
	if [ "$RECORDED_STATE" = found ] && [ -n "$(remembered account)" ]; then
		fail "account $RECORDED_NAME" \
			"it cannot be looked up in the directory service that it comes from (nsswitch.conf)" '' \
			"see why the service does not answer, then run again"
	fi
	if [ "$RECORDED_STATE" = going ]; then return 0; fi
	say "account $RECORDED_NAME no longer exists, so the records of its home are dropped"
	forget_home
}

# True if the account that has the recorded name is that one: with its uid and home and, where it was made
# here, with the mark.
is_recorded_account() {
	[ "$ACCOUNT_UID $ACCOUNT_HOME" = "$RECORDED_UID $RECORDED_HOME" ] || return 1
	[ "$RECORDED_STATE" = found ] || is_marked
}

# $1 the account that has the recorded name, or else the recorded uid.
stop_on_another_account() {
	local mark=''
	know_account "$1"
	if [ "$RECORDED_STATE" != found ]; then
		mark=", comment '$(account_mark "$RECORDED_NAME")'"
	fi
	fail "account $RECORDED_NAME" \
		"account $ACCOUNT, uid $ACCOUNT_UID, home $ACCOUNT_HOME and comment '$ACCOUNT_COMMENT'" \
		"the one that was recorded: uid $RECORDED_UID, home $RECORDED_HOME$mark" \
		"give it these values again with usermod; or, if it is another account by now, \
run 'rm $OWN/account-entry' as root, which leaves that account unchanged"
}

# The contents of a home that goes are not given back: their records stay until it is gone.
keep_home_records() {
	records_of_kinds 'home|line|member' >>"$WORK/wanted"
}

# Its home is gone: nothing of it goes back.
forget_home() {
	records_of_kinds 'home|line|member|linger' "$ID" >"$WORK/of-home"
	# shellcheck disable=SC2046 # a word for each record
	remove_records $(cut -f 3 "$WORK/of-home")
	note_account "$RECORDED_NAME" "$RECORDED_UID" "$RECORDED_HOME" new
	RECORDED_STATE=new ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=''
}

# Makes sure that the account is there, and records whether it was. Sets ACCOUNT to it.
ensure_account() {
	local name
	name=$(doc account)
	know_account "$name" || true
	case $RECORDED_STATE in
	making) undo_half_account "$RECORDED_NAME" ;;
	going) remove_account ;;
	esac
	if [ -z "$ACCOUNT" ]; then
		make_account "$name"
	elif [ "$RECORDED_STATE" != made ] && [ "$RECORDED_STATE" != found ]; then
		note_account "$name" "$ACCOUNT_UID" "$ACCOUNT_HOME" found
		grep -q "^$name:" /etc/passwd || remember account elsewhere
	fi
	read_account_record
}

# Where its home will be. $1 the name.
new_home() {
	local base
	if has home; then
		doc home
	else
		base=$(shadow_setting default/useradd HOME)
		printf '%s/%s' "${base:-/home}" "$1"
	fi
}

# $1 the name.
# root accounts: useradd. Only if there is no such account; preflight has refused account.create: false.
make_account() {
	local home own_home shell=/bin/bash count start free
	home=$(new_home "$1")
	own_home=$home
	if [ -e "$home" ]; then own_home=-; fi
	note_account "$1" - "$own_home" making
	count=$(doc subuid)
	ensure_id_files
	if has shell; then shell=$(doc shell); fi
	# From here on the arguments are those of useradd, the name first.
	set -- "$1" --comment "$(account_mark "$1")" --create-home --home-dir "$home" --skel /etc/skel \
		--groups '' --expiredate '' --shell "$shell"
	# shadow 4.19 deprecates both: they are given only where a setting would have the account expire.
	if [ -n "$(shadow_setting default/useradd INACTIVE)" ]; then set -- "$@" --inactive -1; fi
	if [ -n "$(shadow_setting login.defs PASS_MAX_DAYS)" ]; then
		set -- "$@" -K PASS_MAX_DAYS=-1
	fi
	if has uid; then set -- "$@" --uid "$(doc uid)"; fi
	if getent group "$1" >/dev/null; then
		set -- "$@" --gid "$1"
	else
		set -- "$@" --user-group
	fi
	free=$(highest_id)
	start=$(doc subuid-start)
	start=${start:-$free}
	set -- "$@" -K "SUB_UID_COUNT=$count" -K "SUB_GID_COUNT=$count" \
		-K "SUB_UID_MIN=$start" -K "SUB_UID_MAX=$((start + count - 1))"
	note_range_end "$((start + count))"
	start=$(doc subgid-start)
	start=${start:-$free}
	set -- "$@" -K "SUB_GID_MIN=$start" -K "SUB_GID_MAX=$((start + count - 1))"
	note_range_end "$((start + count))"
	if ! useradd "$@" 2>"$WORK/error" 9>&-; then
		# Where it cannot make the home, it has made the account already.
		read_account_record
		undo_half_account "$1"
		note_account "$1" - - new
		fail "useradd $1" "it failed ($(tail -n 1 "$WORK/error"))" '' \
			"fix what useradd reports, then run again"
	fi
	know_account "$1" ||
		fail "useradd $1" "it succeeded, but the account does not exist" '' \
			"see what 'getent passwd $1' prints, then run again"
	# Until its files are on the disk it counts as half made.
	sync -f "$ACCOUNT_HOME"
	note_account "$1" "$ACCOUNT_UID" "$ACCOUNT_HOME" made
	changed "account $1 created (uid $ACCOUNT_UID)"
}

# Undoes a useradd that was killed. Both programs take over the locks of the dead. $1 the name.
# root removes: the home of a useradd that was killed. Only if it was not there before, has only files of /etc/skel, and not through a mount.
# root accounts: userdel of that account. Only if it has this program's mark.
undo_half_account() {
	if know_account "$1"; then
		if ! is_marked; then return 0; fi
		if [ "$RECORDED_HOME" != - ] && has_files_beside_skel; then
			# Somebody has used it since.
			note_account "$1" "$ACCOUNT_UID" "$ACCOUNT_HOME" made
			RECORDED_STATE=made
			return 0
		fi
		if [ "$RECORDED_HOME" != - ]; then
			rm -rf --one-file-system "$RECORDED_HOME" "/var/mail/$1"
		fi
		userdel "$1" >/dev/null 2>&1 || true
		ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=''
	elif [ "$RECORDED_HOME" != - ] && [ -d "$RECORDED_HOME" ]; then
		# Debian 11 makes the home before the account: with files of /etc/skel, and no others.
		if ! diff -rq /etc/skel "$RECORDED_HOME" 2>/dev/null | grep -qv '^Only in /etc/skel'; then
			rm -rf --one-file-system "$RECORDED_HOME"
		fi
	fi
	RECORDED_STATE=''
}

# Prints what becomes of the account at a destroy, a word:
#   found          it stays, since it was there before
#   half-made      a useradd that was killed is undone
#   goes           it was made here, and goes with its home
#   is-login       it stays, since this run is logged in as it
#   holds-home     it stays, since its home holds that of another account
#   redirectable   it stays, since others can lead root elsewhere on the way to its home
#   has-own-files  it stays with Keep, since its home holds files of its own
#   has-data       it stays, since data of its daemon do
fate_of_account() {
	case $RECORDED_STATE in
	making) echo half-made ;;
	going) echo goes ;;
	made) fate_of_made_account ;;
	*) echo found ;;
	esac
}

fate_of_made_account() {
	if is_login_of_account; then
		echo is-login
	elif [ -n "$(account_in_home)" ]; then
		echo holds-home
	elif [ -h "$ACCOUNT_HOME" ] ||
		{ [ -d "$ACCOUNT_HOME" ] && others_can_change "$ACCOUNT_HOME"; }; then
		echo redirectable
	elif [ "$(fate_of_data)" != delete ] && may_have_own_files; then
		echo has-own-files
	elif has_data_beside_home; then
		echo has-data
	else
		echo goes
	fi
}

# The same for people, where it stays. $1 the word.
why_account_stays() {
	case $1 in
	is-login) printf 'this run is logged in as it; "userdel -r %s" as root removes it' "$ACCOUNT" ;;
	holds-home) printf 'its home contains the home of %s' "$(account_in_home)" ;;
	redirectable) printf 'users other than root can redirect the path to its home' ;;
	has-own-files)
		printf 'it has files in %s; "userdel -r %s" removes it' "$ACCOUNT_HOME" "$ACCOUNT"
		;;
	has-data) printf 'the data of its daemon are kept' ;;
	esac
}

# True if the home goes with the account, and what lies in it, the daemon's data too: onDestroy.data is
# Delete then.
home_goes() { [ "$(fate_of_data)" = delete ] && [ "$(fate_of_account)" = goes ]; }

# Another account whose home is in this one's, or nothing.
account_in_home() {
	awk -F : -v name="$ACCOUNT" -v home="$ACCOUNT_HOME/" '
		$1 != name && index($6 "/", home) == 1 { print $1; exit }' /etc/passwd
}

# True where the home holds a file that is not one of /etc/skel, or nobody can say.
# root as account: find and cat in its home, to see whether it holds files of its own.
may_have_own_files() {
	local file
	as_account find "$ACCOUNT_HOME" -xdev ! -type d -printf '%P\n' >"$WORK/own-files" || return 0
	while IFS= read -r file; do
		if [ ! -f "/etc/skel/$file" ]; then return 0; fi
		as_account cat -- "$ACCOUNT_HOME/$file" | cmp -s - "/etc/skel/$file" || return 0
	done <"$WORK/own-files"
	return 1
}

# True if the home holds a file that /etc/skel does not have. Content is not compared: a power cut may
# have emptied files of a useradd that was cut off.
# root as account: find in its home.
has_files_beside_skel() {
	local file
	if [ ! -d "$ACCOUNT_HOME" ]; then return 1; fi
	as_account find "$ACCOUNT_HOME" -xdev ! -type d -printf '%P\n' >"$WORK/own-files" || return 0
	while IFS= read -r file; do
		if [ ! -e "/etc/skel/$file" ]; then return 0; fi
	done <"$WORK/own-files"
	return 1
}

# Removes the account as userdel -r does, but never through a mount. Each part may be cut and done
# again. Programs get no lock of this run's (9), which a process that they leave behind would hold.
remove_account() {
	if know_account "$RECORDED_NAME"; then
		quiet_account
		# Root may not be able to look into what is mounted there, as with FUSE.
		stop_where_mounted_below "$RECORDED_HOME"
		note_account "$RECORDED_NAME" "$RECORDED_UID" "$RECORDED_HOME" going
		remove_home "$RECORDED_HOME"
		remove_user "$RECORDED_NAME"
		changed "account $RECORDED_NAME (uid $RECORDED_UID) and $RECORDED_HOME removed"
	else
		finish_userdel "$RECORDED_NAME"
	fi 9>&-
	forget_home
}

# $1 the home.
# root writes: the home becomes root's and closed, so that nobody can change it while it goes.
# root removes: the home of an account that was made here. Not through a mount, and not if it holds files of its own (keep).
remove_home() {
	if ! is_listed "$1"; then return 0; fi
	chown 0:0 "$1"
	chmod 700 "$1"
	rm -rf --one-file-system "$1"
	stop_where_listed "$1"
	# The next account may get this uid: its home must not come back with a power cut.
	sync -f "${1%/*}" 2>/dev/null || sync
}

# $1 the account's name.
# root removes: crontab, linger and mail of an account that was made here. Just before its userdel.
# root accounts: userdel of an account that was made here.
remove_user() {
	rm -f "/var/spool/cron/crontabs/$1" "/var/spool/cron/$1" "/var/lib/systemd/linger/$1" \
		"/var/mail/$1" || true
	userdel "$1" 2>"$WORK/error" || fail "userdel $1" "it failed ($(tail -n 1 "$WORK/error"))" '' \
		"fix what userdel reports, then run again"
	remove_group_of_account "$1"
}

# A userdel that was killed may have left lines of the account in other files than /etc/passwd. They go
# with an account of that name. $1 the name.
# root accounts: useradd -M and userdel once more. Only where a userdel that was cut off left such lines.
finish_userdel() {
	local name=$1
	if ! grep -qs "^$name:" /etc/shadow /etc/group /etc/gshadow /etc/subuid /etc/subgid; then
		return 0
	fi
	set --
	if getent group "$name" >/dev/null; then set -- -g "$name"; fi
	useradd -M "$@" "$name" && userdel "$name"
}

# $1 the home, after rm.
stop_where_listed() {
	if ! is_listed "$1"; then return 0; fi
	fail "$1" "it still exists after rm" '' \
		"see with 'ls -ld $1' and 'findmnt $1' what it is, remove it, then run again"
}

# userdel removes the group that useradd made, unless USERGROUPS_ENAB is no, or others are in it. $1
# the name.
# root accounts: groupdel of the account's own group. Only if it was made here.
remove_group_of_account() {
	local entry
	entry=$(getent group "$1") || return 0
	case $entry in
	*:) groupdel "$1" 2>/dev/null || true ;;
	*) say "kept: group $1, because it has other members: ${entry##*:}" ;;
	esac
}

# Ends all that runs as the account, its containers too. A process that ignores TERM would hold the
# stop of the slice for 90 s. The kill must not hit the stop of logind that an end of linger starts.
# root units: the account's slice is killed and stopped. Only in a destroy that removes the account.
# root accounts: loginctl disable-linger.
# root as account: kill -KILL -1, every process of its own.
quiet_account() {
	systemctl kill -s KILL "user-$ACCOUNT_UID.slice" 2>/dev/null || true
	systemctl stop "user-$ACCOUNT_UID.slice" 2>/dev/null || true
	loginctl disable-linger "$ACCOUNT" 2>/dev/null || true
	as_account sh -c 'kill -KILL -1' >/dev/null 2>&1 || true
	systemctl reset-failed "user@$ACCOUNT_UID.service" 2>/dev/null || true
}
