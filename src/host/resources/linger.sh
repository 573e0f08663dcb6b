# shellcheck shell=dash
# Kind linger: the account's service manager without a login.

linger_check() { [ -e "/var/lib/systemd/linger/$1" ] || echo off; }

linger_save() { [ ! -e "/var/lib/systemd/linger/$1" ] || : >"$2/on"; }

linger_restore() {
	[ ! -e "$2/on" ] || return 0
	[ -e "/var/lib/systemd/linger/$1" ] || return 0
	# logind does not know an account that was removed by hand.
	if getent passwd "$1" >/dev/null; then
		loginctl disable-linger "$1"
	else
		rm -f "/var/lib/systemd/linger/$1"
	fi
	changed "linger of $1 switched off"
}

want_linger() {
	want linger "$ACCOUNT" on
	[ ! -e "/var/lib/systemd/linger/$ACCOUNT" ] || return 0
	loginctl enable-linger "$ACCOUNT" 2>"$WORK/error" ||
		fail "loginctl enable-linger $ACCOUNT" "$(tail -n 1 "$WORK/error")" "a service manager for $ACCOUNT without a login" "make systemd-logind and dbus run on this host"
	changed "linger of $ACCOUNT switched on"
}
