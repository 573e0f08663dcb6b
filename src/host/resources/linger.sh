# Kind linger: whether the account's service manager runs without a login. on | off

# $1 the account.
linger_state() {
	if [ -e "/var/lib/systemd/linger/$1" ]; then
		printf on
	else
		printf off
	fi
}

# $1 the account, $2 on or off.
# root accounts: loginctl enable-linger or disable-linger. The earlier state is recorded.
linger_set() {
	local verb=disable-linger
	if [ "$2" = on ]; then verb=enable-linger; fi
	loginctl "$verb" "$1" 2>"$WORK/error" || fail "loginctl $verb $1" \
		"it failed ($(tail -n 1 "$WORK/error"))" '' "see what systemd-logind reports, then run again"
}

linger_label() { printf 'linger of %s' "$1"; }
