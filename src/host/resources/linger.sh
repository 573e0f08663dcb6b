# shellcheck shell=dash
# Kind linger: the account's service manager without a login.
#
# things/linger/NAME/switched-on    when it was, by the time of logind's file: somebody who asks for
#                                   it again changes that.
# things/linger/NAME/generated      what generators had enabled by then: they run with the service manager.

linger_check() { [ -e "$(linger_file "$1")" ] || echo off; }

linger_save() {
	[ ! -e "$(linger_file "$1")" ] || : >"$2/on"
	! service_manager_runs || : >"$2/running"
	enabled_units >"$2/units" || no_answer_about "$ACCOUNT_HOME/.config/systemd/user"
}

linger_restore() {
	local why
	stop_going_account "$1"
	if [ ! -e "$2/on" ] && [ -e "$(linger_file "$1")" ]; then
		why=$(linger_stays "$@")
		if [ -n "$why" ]; then
			say "linger of $1 stays on: $why. Switch it off with 'loginctl disable-linger $1' when nobody needs it"
		else
			switch_linger_off "$@"
		fi
	fi
	# They stay for what this record says.
	if know_account "$1" && [ -n "$(own_range uid)$(own_range gid)" ] && [ -n "$(units_need_ids "$1")" ]; then
		return 10
	fi
}

# $1 the account, $2 the baseline's directory.
switch_linger_off() {
	# logind does not know an account that was removed by hand.
	if getent passwd "$1" >/dev/null; then
		loginctl disable-linger "$1"
		stop_unknown_manager "$@"
	else
		rm -f "$(linger_file "$1")"
	fi
	changed "linger of $1 switched off"
}

# logind of Debian 12 forgets an account whose service manager has failed once, and leaves the next one running.
stop_unknown_manager() {
	if [ -e "$2/running" ] || [ "$ACCOUNT_LOGIN" != "$1" ] || ! service_manager_runs ||
		loginctl show-user "$1" >/dev/null 2>&1; then return 0; fi
	stop_service_manager "$ACCOUNT_UID" 2>"$WORK/error" ||
		say "user@$ACCOUNT_UID.service of $1 does not stop: $(last_words)"
}

# The next one of the name has not asked for it.
linger_of_another() {
	if [ -e "$2/on" ] || [ ! -e "$(linger_file "$1")" ] ||
		[ "$(linger_time "$1")" != "$(cat "${2%/*}/switched-on" 2>/dev/null)" ]; then return 0; fi
	loginctl disable-linger "$1"
	changed "linger of $1 switched off: another account has the name"
}

# Why it stays on, or nothing. $1 the account, $2 the baseline's directory.
linger_stays() {
	local switched=${2%/*}/switched-on why
	know_account "$1" || return 0
	if [ "$ACCOUNT_LOGIN" = "$1" ] && account_goes "$1"; then return 0; fi
	if [ -s "$switched" ] && [ "$(linger_time "$1")" != "$(cat "$switched")" ]; then
		printf 'somebody has asked for it since'
		return 0
	fi
	[ "$ACCOUNT_LOGIN" = "$1" ] || return 0
	why=$(user_of_shared_memory)
	if [ -n "$why" ]; then
		printf '%s, whose shared memory logind removes without it' "$why"
	else
		units_need_linger "$1"
	fi
}

# A process with the account's uid in a service of the machine, in words, where the uid has shared memory, semaphores or
# message queues: logind removes them once nobody is logged in (RemoveIPC= in logind.conf(5)).
user_of_shared_memory() {
	{
		find /dev/shm /dev/mqueue -xdev -uid "$ACCOUNT_UID" -print -quit 2>/dev/null || true
		owners_of_ipc | grep "^$ACCOUNT_UID "
	} | grep -q . || return 0
	process_of_uid_elsewhere
}

linger_time() { stat -c %.9Y "$(linger_file "$1")"; }

want_linger() {
	local thing
	want linger "$ACCOUNT" on
	thing=$(resource_directory linger "$ACCOUNT")
	[ -e "$(linger_file "$ACCOUNT")" ] || {
		# Before it is on: what an earlier time says is not of this one.
		rm -f "$thing/switched-on"
		sync_directories "$thing"
		loginctl enable-linger "$ACCOUNT" 2>"$WORK/error" ||
			fail "loginctl enable-linger $ACCOUNT" "$(tail -n 1 "$WORK/error")" \
				"a service manager for $ACCOUNT without a login" \
				"make systemd-logind and dbus run on this host"
		changed "linger of $ACCOUNT switched on"
		note_generated_units "$thing/generated"
	}
	[ -e "$thing/switched-on" ] || linger_time "$ACCOUNT" | write_record "$thing/switched-on"
}

# Once, right after it was switched on: later ones are of somebody who has enabled them since. $1 the record.
note_generated_units() {
	[ ! -e "$1" ] || return 0
	# It is told to start, and not waited for, by logind.
	systemctl_within 120 start "user@$ACCOUNT_UID.service" 2>/dev/null || return 0
	enabled_units >"$WORK/units" || return 0
	grep '^generator/' "$WORK/units" | write_record "$1"
}
