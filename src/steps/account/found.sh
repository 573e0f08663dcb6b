# shellcheck shell=dash
# What has become of a recorded account on the way back: another name (usermod -l), another home
# (usermod -d), or none (userdel). The uid and the home that were recorded say which one it is.

# $1 the account.
recorded_uid() {
	local baseline
	baseline=$(thing_directory account "$1")/baseline
	if [ -s "$baseline/entry" ]; then
		cut -d : -f 3 "$baseline/entry"
	elif [ -s "$baseline/made" ]; then
		sed -n '1s/ .*//p' "$baseline/made"
	fi
}

# Nothing where version 0.1.0 made the account. $1 the account.
recorded_home() {
	local baseline
	baseline=$(thing_directory account "$1")/baseline
	if [ -s "$baseline/entry" ]; then
		cut -d : -f 6 "$baseline/entry"
	elif [ -s "$baseline/made" ]; then
		sed -n 's/^home //p' "$baseline/made"
	fi
}

# True where a directory is the home that was recorded, wherever it is now. $1 the account, $2 the
# directory.
is_recorded_home() {
	local baseline
	baseline=$(thing_directory account "$1")/baseline
	[ -d "$2" ] && [ ! -h "$2" ] || return 1
	if [ -s "$baseline/entry" ]; then
		[ "$(stat -c '%i %.9W' "$2")" = "$(cat "$baseline/home" 2>/dev/null)" ]
	else
		[ -s "$baseline/made" ] && is_made_home "$baseline/made" "$2"
	fi
}

# What the system knows of an account under its new name. A uid alone is given again to the next one:
# the home has to be the same too. $1 the account's recorded name.
renamed_entry() {
	local uid entry home
	uid=$(recorded_uid "$1")
	[ -n "$uid" ] && entry=$(getent passwd "$uid") || return 1
	home=$(printf '%s' "$entry" | cut -d : -f 6)
	[ "$home" = "$(recorded_home "$1")" ] || is_recorded_home "$1" "$home" || return 1
	printf '%s\n' "$entry"
}

# Says what has become of the accounts of $WORK/unwanted, and follows them home.
meet_accounts() {
	local order dir kind account
	: >"$WORK/met"
	while read -r order dir <&6; do
		kind=${dir%/*}
		account=$(account_of_thing "${kind##*/}" "$dir")
		if [ -z "$account" ] || grep -qxF -- "$account" "$WORK/met"; then continue; fi
		printf '%s\n' "$account" >>"$WORK/met"
		know_account "$account" || continue
		if [ "$ACCOUNT_LOGIN" != "$account" ]; then
			say "account $account is called $ACCOUNT_LOGIN now: what this package left with it is taken back there"
		elif is_another_account "$account"; then
			continue
		fi
		follow_home "$account"
	done 6<"$WORK/unwanted"
}

# Where an account's home was moved, what this package left in it is at its new place. What is at its old
# place still is its own (usermod -d without -m). $1 the account, which is known.
follow_home() {
	local old kind dir name new told=''
	old=$(recorded_home "$1")
	if [ -z "$old" ] || [ "$old" = "$ACCOUNT_HOME" ]; then return 0; fi
	for dir in "$STATE"/things/homefile/* "$STATE"/things/homedir/* "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
		name=$(thing_name "$dir")
		case $name in "$old"/*) ;; *) continue ;; esac
		! account_has "$name" || continue
		kind=${dir%/*}
		new=$ACCOUNT_HOME${name#"$old"}
		[ ! -e "$(thing_directory "${kind##*/}" "$new")" ] || continue
		[ -n "$told" ] || say "the home of $1 is $ACCOUNT_HOME now, and not $old"
		told=yes
		printf '%s' "$new" | write_record "$dir/name"
		mv -T "$dir" "$(thing_directory "${kind##*/}" "$new")"
	done
	[ -z "$told" ] || sync -f "$STATE"
}

# Takes a thing back. Of an account that is gone, what is still there is named and stays recorded: nobody
# can say any more whose it is. $1 kind, $2 its directory.
restore_thing() {
	local account
	account=$(account_of_thing "$1" "$2")
	if [ -n "$account" ] && ! know_account "$account"; then
		case $1 in
		userdaemon) stop_daemon_of_gone "$account" ;;
		*) ! stays_of_gone "$1" "$2" "$account" || return 10 ;;
		esac
	fi
	"$1_restore" "$(thing_name "$2")" "$2/baseline"
}

# True where something of a kind is left of an account that is gone, and names it. $1 kind, $2 the
# thing's directory, $3 the account.
stays_of_gone() {
	local place what=''
	place=$(recorded_home "$3")
	case $1 in
	homefile | homedir | data) place=$(thing_name "$2") ;;
	authorizedkey)
		place=$place/.ssh/authorized_keys
		[ ! -e "$2/baseline/there" ] &&
			gone_file_has "$place" -x "$(thing_name "$2" | cut -d ' ' -f 2-)" || return 1
		what=", with a key of this package's"
		;;
	currentcontext)
		place=$place/.docker/config.json
		gone_file_has "$place" -s '"currentContext": "rootless"' || return 1
		what=", with the context rootless"
		;;
	*) return 1 ;;
	esac
	[ -e "$place" ] || [ -h "$place" ] || return 1
	[ "$1" != data ] || what=" ($(du -sh "$place" 2>/dev/null | cut -f 1) of images, containers and volumes)"
	[ "$1" = homedir ] ||
		say "$place stays$what: $(what_became_of "$3"). Remove it by hand when nothing of it is needed"
}

# $1 the account, which is not there by its name.
what_became_of() {
	local uid entry=''
	uid=$(recorded_uid "$1")
	[ -z "$uid" ] || entry=$(getent passwd "$uid") || true
	printf 'account %s is gone' "$1"
	[ -z "$entry" ] ||
		printf ', and its uid %s is that of %s by now, with another home (%s)' "$uid" "${entry%%:*}" \
			"$(printf '%s' "$entry" | cut -d : -f 6)"
}

# $1 the file, $2 an option of grep's, $3 the text: what is no plain file is not opened.
gone_file_has() { [ -f "$1" ] && printf '%s\n' "$3" | timeout -k 5 20 grep -qsF "$2" -f - -- "$1"; }

# userdel -f leaves what runs. A uid that is another one's by now is left alone. $1 the account.
stop_daemon_of_gone() {
	local uid
	uid=$(recorded_uid "$1")
	if [ -z "$uid" ] || getent passwd "$uid" >/dev/null; then return 0; fi
	systemctl is-active -q "user@$uid.service" || return 0
	systemctl stop "user@$uid.service" "user-runtime-dir@$uid.service"
	changed "daemon of $1, whose account is gone, stopped"
}
