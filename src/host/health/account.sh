# shellcheck shell=dash
# The account as the daemon needs it. The step gives it what it lacks; the doctor says what that is.

account_checks() {
	fine "account" "$ACCOUNT, uid $ACCOUNT_UID, home $ACCOUNT_HOME"
	[ "$(as_account stat -L -c %u "$ACCOUNT_HOME" 2>/dev/null)" = "$ACCOUNT_UID" ] ||
		problem "home of $ACCOUNT" "$ACCOUNT_HOME, which is not there or not its own" \
			"a directory of its own" \
			"give it one with 'install -d -m 700 -o $ACCOUNT -g $ACCOUNT_GID $ACCOUNT_HOME'"
	subordinate_id_checks
	linger_checks
}

subordinate_id_checks() {
	local kind total
	for kind in uid gid; do
		id_file_problems "$kind" || continue
		total=$(id_total "$(id_file "$kind")" "$ACCOUNT" "$ACCOUNT_UID")
		if [ "$total" -ge 65536 ]; then
			fine "subordinate ${kind}s" "$(id_ranges "$(id_file "$kind")" "$ACCOUNT" "$ACCOUNT_UID" | paste -s -d ,)"
		else
			problem "subordinate ${kind}s" "$total for $ACCOUNT in $(id_file "$kind")" \
				"65536 at least" \
				"run pulumi up with a new value of recheck, or 'usermod --add-sub${kind}s FIRST-LAST $ACCOUNT' with a free range" \
				"images have files of as many owners: 'lchown: invalid argument', and without any 'No sub${kind} ranges found'"
		fi
		shared_id_problems "$kind" "$ACCOUNT_UID"
		unsafe_id_problems "$kind" "$ACCOUNT_UID" || true
	done
}

linger_checks() {
	if [ -e "/var/lib/systemd/linger/$ACCOUNT" ]; then
		fine "linger" "on"
	else
		problem "linger" "it off for $ACCOUNT" "it on" "run 'loginctl enable-linger $ACCOUNT'" \
			"the daemon ends with the last login, and does not start at boot"
	fi
}

# $1 the account's name.
account_problems() {
	local there renamed left
	renamed=$(new_name "$1")
	if [ -n "$renamed" ]; then
		problem "account.name" "that account $1 is called $renamed now" \
			"the account $1 that was recorded here" \
			"rename it back ('usermod -l $1 $renamed'), or run pulumi destroy, and then name another account"
		return 0
	fi
	renamed=$(earlier_name "$1")
	if [ -n "$renamed" ]; then
		problem "account.name" "$1 to be the account that was recorded here as $renamed" \
			"one name for one account" \
			"rename it back ('usermod -l $renamed $1'), or destroy what is recorded of $renamed before it is used as $1"
		return 0
	fi
	away_problem "$1" || return 0
	# EnvironmentFile= in its unit would take others' files, too.
	case $(getent passwd "$1" | cut -d : -f 6) in
	*[*?[]*) problem "account.home" "a pattern as the home of $1" "a path without *, ? and [" "use another account" ;;
	esac
	if ! getent passwd "$1" >/dev/null; then
		[ "$(doc create)" != false ] ||
			problem "account.create" "no account $1" "it to exist, since account.create is false" \
				"create it, or leave account.create out"
		frozen_problem "$(first_frozen /etc/passwd /etc/shadow /etc/group /etc/gshadow)" \
			"it to be changed, to make account $1"
		only_root_leads_to "$(new_home "$1")" ||
			problem "account.home" \
				"that others than root can change what leads to $(new_home "$1")" \
				"a place for a new home that only root can change" \
				"name a directory in a place of root's, such as /home, in account.home"
		[ -z "$(stat -c %u "$(new_home "$1")" 2>/dev/null)" ] ||
			problem "account.home" "something at $(new_home "$1") already" \
				"nothing there, before the account $1 is created" \
				"move it away, or name another directory in account.home"
		! has uid || ! getent passwd "$(doc uid)" >/dev/null ||
			problem "account.uid" \
				"uid $(doc uid) to be that of account $(getent passwd "$(doc uid)" | cut -d : -f 1)" \
				"one that nobody has, for the new account $1" \
				"name another uid, or leave account.uid out"
		! has uid || ! left_uids | grep -qx "$(doc uid)" ||
			problem "account.uid" "uid $(doc uid) recorded of an account that somebody has removed" \
				"one that nobody had here: what that one left would be the new account's" \
				"name another uid, or destroy the other installation first"
		! getent group "$1" >/dev/null ||
			problem "account.name" "a group $1 already" \
				"no such group, before the account $1 is created with one of its own" \
				"remove it with 'groupdel $1', or name another account"
		left=$(groups_that_name "$1")
		[ -z "$left" ] ||
			problem "account.name" "$1 in the lines of the groups $left already" \
				"it in none, since a new account comes into no group" \
				"take it out of /etc/group and /etc/gshadow with 'vigr' and 'vigr -s', or name another account"
		left=$(spool_files "$1" | some_on_one_line)
		[ -z "$left" ] ||
			problem "account.name" "$left already" "nothing that an earlier account of this name has left" \
				"move it away, or name another account"
		return 0
	fi
	[ "$(id -u "$1")" != 0 ] ||
		problem "account.name" "$1 to be root (uid 0)" "an ordinary account" "name another account"
	there=$(getent passwd "$1")
	# One that is made here may have been cut before its home was there.
	account_was_absent "$1" || (know_account "$1" && as_account test -w "$ACCOUNT_HOME") ||
		problem "account.name" "that $1 cannot write to its home, $(entry_field "$there" 6)" \
			"an account with a home of its own, where its daemon keeps what it has" \
			"name another account, or give $1 a home of its own"
	require_equal uid "$(entry_field "$there" 3)"
	require_equal home "$(entry_field "$there" 6)"
	require_equal shell "$(entry_field "$there" 7)"
}

# Those that a new account would come into by its name, as a member or an administrator. $1 the name.
groups_that_name() {
	cat /etc/group /etc/gshadow 2>/dev/null |
		awk -F : -v name="$1" 'index("," $3 "," $4 ",", "," name ",") && !seen[$1]++ { print $1 }' |
		paste -s -d ' ' | printable
}

# An account that exists keeps what it has: a wish for something else is an error, not an edit.
require_equal() {
	! has "$1" || [ "$(doc "$1")" = "$2" ] ||
		problem "account.$1" "'$2' at the existing account" "'$(doc "$1")'" \
			"leave account.$1 out, or change the account by hand"
}

# Says by which groups what leaves a container becomes root. $1 the account.
name_groups_of_root() {
	local group
	for group in $(id -nG -- "$1" 2>/dev/null); do
		case $group in
		admin | disk | docker | incus-admin | kmem | libvirt | lxd | root | shadow | staff | sudo | wheel)
			say "account $1 is in group $group, whose members can become root: so can what leaves one of its" \
				"containers. An account of its own is safer"
			;;
		esac
	done
}

# Says by what the machine has for the name of a new account others become that account. $1 the account.
name_ways_in() {
	local file
	! getent passwd "$1" >/dev/null || return 0
	{
		sshd -T -C "user=$1,host=localhost,addr=127.0.0.1" 2>/dev/null | sed -n 's/^authorizedkeysfile //p' |
			tr ' ' '\n' | sed -n "s/%u/$1/g; s|^/|&|p" | while IFS= read -r file; do
			[ ! -s "$file" ] || printf '%s lets others log in as it\n' "$file"
		done
		sudo_files_of_runas "$1" | sed 's/$/ lets others run programs as it/'
	} | while IFS= read -r file; do
		say "account $1 is new, and $file: see whether that is meant"
	done
}
