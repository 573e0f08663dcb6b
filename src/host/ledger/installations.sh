# Installations of this machine, by their id: who holds which account.
#   $STATE/installations/ID/owner          PROJECT/STACK/NAME, for people
#   $STATE/installations/ID/account-entry  NAME UID HOME STATE; a "-" where it is not known yet
#   $STATE/installations/ID/STEP           the document that a step has applied to its end

# root writes: the directory of an installation. For root alone.
ensure_installation() {
	if [ -d "$OWN" ]; then return 0; fi
	mkdir -m 700 "$OWN"
	sync "$STATE/installations" "$STATE" "${STATE%/*}"
}

# The words by which people know an installation. $1 its id.
owner_of() {
	cat "$STATE/installations/$1/owner" 2>/dev/null || printf 'installation %s' "$1"
}

# The account of an installation, or nothing. $1 its id.
account_of() {
	cut -d ' ' -f 1 "$STATE/installations/$1/account-entry" 2>/dev/null || true
}

# Other installations of this machine, one a line.
other_installations() {
	local installation
	for installation in "$STATE"/installations/*; do
		[ -e "$installation" ] || continue
		installation=${installation##*/}
		if [ "$installation" != "$ID" ]; then printf '%s\n' "$installation"; fi
	done
}

# The other installation that holds an account, or nothing. $1 the account.
installation_of_account() {
	local installation
	for installation in $(other_installations); do
		if [ "$(account_of "$installation")" = "$1" ]; then printf '%s\n' "$installation"; fi
	done
}

# True if a step has come to its end. $1 the step.
is_applied() { [ -e "$OWN/$1" ]; }

# This installation takes the place of another one of the same account, with all that that one
# wanted. The other one's own delete finds nothing afterwards. $1 its id.
# root writes: what is known of an account, taken over from another installation. Only with operations.takeOver, or where the same component lost its state.
# root removes: the other installation's records and agent. After their copy is on the disk.
inherit() {
	local step key notes=''
	say "takes over the account $(account_of "$1") from $(owner_of "$1") (installation $1)"
	# The steps are those of another agent until this installation's own have run. That is on the disk
	# before the first of them is here.
	for step in $(steps_from_last); do
		notes="$notes agents.$step -"
	done
	# shellcheck disable=SC2086 # pairs of words
	remember $notes
	for key in start unread-units controllers account packages-of; do
		remember "$key" "$(remembered "$key" "$STATE/installations/$1")"
	done
	find "$STATE/installations/$1" -type f ! -name owner ! -name state ! -name account-entry \
		-exec cp -a -t "$OWN" {} +
	# By this file an installation holds its account.
	sync -f "$STATE"
	cp -a "$STATE/installations/$1/account-entry" "$OWN/account-entry"
	sync -f "$STATE"
	inherit_records "$1"
	sync -f "$STATE"
	rm -rf "$STATE/installations/$1" "$STATE/agents/$1" "$STATE/agents/.$1".*
	changed "installation $1 taken over"
}

# The records of another installation become this one's. $1 its id.
inherit_records() {
	records_of "$1" >"$WORK/inherited"
	[ -s "$WORK/inherited" ] || return 0
	clear_new_records
	awk -v earlier="$1" -v installation="$ID" "$INHERIT_AWK" \
		table=inherited "$WORK/inherited" table=records "$WORK/records" >"$WORK/rows"
	write_records "$WORK/rows"
}
