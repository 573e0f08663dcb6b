# shellcheck shell=dash
# Rules of the machine by which a new account would be root.

# What a new account comes into by somebody's rule for its name, or for everybody: what leaves a container could use it.
stop_on_rule_of_root() {
	local rule
	[ ! -s "$(resource_directory account "$ACCOUNT")/baseline/made" ] && is_created_here "$ACCOUNT" || return 0
	rule=$(rules_of_root | sed 's/^ *//' | head -n 1 | printable)
	[ -z "$rule" ] ||
		fail "account $ACCOUNT" \
			"a rule by which it may become root without a password, from before it was made: $rule" \
			"none" "remove the rule ('sudo -l -U $ACCOUNT' shows those of sudo), or make the account yourself and set \
account.create to false, if it is to become root; then run again"
}

# A rule that asks for a password is none, for an account without one.
rules_of_root() {
	local group
	group=$(id -gn "$ACCOUNT")
	id -Gn "$ACCOUNT" | tr ' ' '\n' | grep -vxF "$group" |
		sed 's/^/a hook of useradd has put it into group /' || true
	! command -v sudo >/dev/null || rules_of_sudo |
		grep -E -e NOPASSWD -e '!authenticate' -e "exempt_group=$(in_pattern "$group")\\>" -e '^sudo says ' || true
	sed 's/"//g; s/#.*//; s/[[:space:]]\{1,\}/ /g' /etc/doas.conf 2>/dev/null |
		grep -E "^ ?permit (.* )?nopass (.* )?(:?$(in_pattern "$ACCOUNT")|:?$ACCOUNT_UID|:$ACCOUNT_GID)( |\$)" || true
	rules_of_polkit
}

# By the files that name it (its group has its name), and by what polkit says itself of what makes root: other rules
# may be for everybody.
rules_of_polkit() {
	local action
	grep -rlsE "([\"']|unix-(user|group):)$(in_pattern "$ACCOUNT")([\"';[:space:]]|\$)" \
		/etc/polkit-1 /run/polkit-1 /var/lib/polkit-1 /usr/local/share/polkit-1 |
		sed 's/.*/& of polkit names it/' || true
	command -v pkcheck >/dev/null || return 0
	for action in org.freedesktop.policykit.exec org.freedesktop.systemd1.manage-units; do
		# shellcheck disable=SC2016 # the inner shell expands them
		if as_account sh -c 'exec pkcheck --action-id "$1" --process $$' sh "$action" >/dev/null 2>&1; then
			printf 'polkit allows it %s\n' "$action"
		fi
	done
}

# Some machines let sudo answer on a terminal alone. No answer is not that there is no rule.
rules_of_sudo() {
	local list="sudo -n -l -U $ACCOUNT"
	# shellcheck disable=SC2086 # words
	LC_ALL=C timeout -k 5 20 $list >"$WORK/sudo" 2>&1 </dev/null || true
	sudo_has_answered ||
		LC_ALL=C timeout -k 5 20 script -qec "$list" /dev/null >"$WORK/sudo" 2>&1 </dev/null || true
	sudo_has_answered ||
		printf 'sudo says neither that it has rules nor that it has none (%s)\n' "$(tail -n 1 "$WORK/sudo")"
	cat "$WORK/sudo"
}

# sudo-rs says of a user without rules what sudo says of a root who may not ask.
sudo_has_answered() {
	grep -qE 'may run the following|is not allowed to run' "$WORK/sudo" ||
		{ grep -q "is not allowed to execute 'list'" "$WORK/sudo" && sudo --version 2>/dev/null | grep -q '^sudo-rs'; }
}
