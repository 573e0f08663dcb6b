# Accounts that cannot have a daemon, or not without handling what is unusual: an error each.

# An account in the making, or going, is for the step machine to finish. $1 the name.
account_problems() {
	local entry status=0
	for entry in "$STATE"/installations/*/account-entry; do
		case $(words_of_file "$entry") in "$1 "*' making' | "$1 "*' going') return 0 ;; esac
	done
	[ "$ACCOUNT" = "$1" ] || know_account "$1" || status=$?
	if [ "$status" = 0 ]; then
		known_account_problems
	else
		ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=$(new_home "$1")
		[ "$status" = 2 ] || problem "account $1" "that 'getent passwd $1' ends with $status" \
			"an answer, yes or no" \
			"see that the directory service that /etc/nsswitch.conf names is there"
		new_account_problems "$1"
	fi
	place_problems "$1"
	id_problems "$1"
}

# A group would be another's, with what that may do. $1 the name.
new_account_problems() {
	[ "$(doc create)" != false ] ||
		problem "account.create" "no account $1" "it to exist, since account.create is false" \
			"create it, or leave account.create out"
	if others_can_change "$ACCOUNT_HOME" || [ -e "$ACCOUNT_HOME" ] || [ -h "$ACCOUNT_HOME" ]; then
		problem "account.home" "$ACCOUNT_HOME there already, or where others may change the way" \
			"a new directory, in a place that only root can change" \
			"name another directory in account.home, such as one in /home, or move it away"
	fi
	! has uid || ! getent passwd "$(doc uid)" >/dev/null ||
		problem "account.uid" "uid $(doc uid) to be another account's" "one that nobody has" \
			"name another uid, or leave account.uid out"
	! getent group "$1" >/dev/null ||
		problem "account.name" "a group $1 already" \
			"no such group, before the account $1 is created with one of its own" \
			"remove it with 'groupdel $1', or name another account"
}

# An account that exists keeps what it has.
known_account_problems() {
	local entry
	[ "$ACCOUNT_UID" != 0 ] ||
		problem "account.name" "$ACCOUNT to be root (uid 0)" "an ordinary account" \
			"name another account"
	case $ACCOUNT_HOME in
	*[!A-Za-z0-9/._@+-]*) problem "account.home" "the home '$ACCOUNT_HOME'" \
		"a path of letters, digits and /._@+-" "name another account, or move its home" ;;
	esac
	! has uid || require_equal uid "$(doc uid)" "$ACCOUNT_UID"
	! has home || require_equal home "$(doc home)" "$ACCOUNT_HOME"
	! has shell || {
		entry=$(getent passwd "$ACCOUNT")
		require_equal shell "$(doc shell)" "${entry##*:}"
	}
}

# $1 the key, $2 what is wanted, $3 what the account has.
require_equal() {
	[ "$2" = "$3" ] || problem "account.$1" "'$3' at the existing account" "'$2'" \
		"leave account.$1 out, or change the account by hand"
}

# Home and data root, as the account sees them, or root before there is one. $1 the account's name.
place_problems() {
	local name=$1 root place type owner path
	root=$(data_root)
	if [ -z "$ACCOUNT" ]; then
		set -- timeout -k 5 20
	elif can_run_as_account; then
		set -- as_account
	else
		return 0
	fi
	# shellcheck disable=SC2046 # paths without blanks
	if ! "$@" sh -c "$LOOK_AT_PLACES_SH" sh "$ACCOUNT_HOME" "$root" "$ACCOUNT" $(home_paths) \
		</dev/null >"$WORK/places" || [ ! -s "$WORK/places" ]; then
		problem "$ACCOUNT_HOME" "no answer of it" "the home of $name" "see what is mounted there"
		return 0
	fi
	{
		for place in "account.home $ACCOUNT_HOME" "daemon.data-root $root"; do
			read -r type || type=''
			case $type in
			nfs* | cifs | smb* | afs | ceph | msdos | vfat | exfat | fuse* | 9p | v9fs)
				problem "${place%% *}" "${place#* } on $type" \
					"a file system of this machine, such as ext4, XFS or Btrfs" \
					"name a directory of the account's on one, or another account" \
					"layers cannot be unpacked there: 'lchown: operation not permitted'"
				;;
			esac
		done
		while IFS=$TAB read -r owner path; do
			problem "$ACCOUNT_HOME/$path" "it owned by $owner" \
				"a file of $ACCOUNT, which writes there" "move it, or the link there, away"
		done
	} <"$WORK/places"
	case $ACCOUNT_HOME/ in
	"$root"/*) problem "daemon.data-root" "$root, which has the home of the account in it" \
		"a directory of its own" "name one below it, or leave data-root out" ;;
	esac
}

# Problems of its lines in /etc/subuid and /etc/subgid, had or asked for. $1 the account's name.
id_problems() {
	local file what line other
	flawed_ids "$1" >"$WORK/ids"
	while IFS=$TAB read -r what file line other; do
		case $what in
		taken) problem "subordinateIds" "'$line' in $file, with ids of $other" \
			"NAME:FIRST:COUNT with ids above those of accounts, that nobody has" \
			"remove that line, or ask for others" "containers could change what is theirs" ;;
		few) problem "subordinate ids" "$line for $1 in $file" "$other at least" \
			"add a line for it there: an account of a directory service gets none from here" ;;
		esac
	done <"$WORK/ids"
}

# What is wrong with the ranges of an account, as flawedIds.awk prints it. $1 the account's name.
flawed_ids() {
	local kind start
	{
		for kind in UID GID; do
			echo "/etc/login.defs:${kind}_MAX $(shadow_setting login.defs "${kind}_MAX")"
		done
		grep -sH . /etc/passwd /etc/subuid /etc/subgid || true
		for kind in uid gid; do
			start=$(doc "sub$kind-start")
			[ -z "$start" ] || echo "/etc/sub$kind:$1:$start:$(doc "sub$kind"):asked"
		done
	} | awk -v name="$1" -v uid="$ACCOUNT_UID" -v count="$(doc subuid)" "$FLAWED_IDS_AWK"
}
