# Accounts that cannot have a daemon, or not without handling what is unusual: an error each.

# An account in the making, or going, is for the step machine to finish. $1 the name.
account_problems() {
	local entry status=0
	for entry in "$STATE"/installations/*/account-entry; do
		case $(words_of_file "$entry") in "$1 "*' making' | "$1 "*' going') return 0 ;; esac
	done
	if [ "$ACCOUNT" != "$1" ]; then
		know_account "$1" || status=$?
	fi
	if [ "$status" = 0 ]; then
		known_account_problems
	else
		ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=$(new_home "$1")
		if [ "$status" != 2 ]; then
			problem "account $1" "'getent passwd $1' fails with status $status, so it \
is not known whether the account exists" '' \
				"see that the directory service that /etc/nsswitch.conf names can be reached"
		fi
		new_account_problems "$1"
	fi
	place_problems "$1"
	id_problems "$1"
}

# A group would be another's, with what that may do. $1 the name.
new_account_problems() {
	if [ "$(doc create)" = false ]; then
		problem "account.create" "account $1 does not exist, and account.create is false" '' \
			"create it, or leave account.create out"
	fi
	if others_can_change "$ACCOUNT_HOME" || [ -e "$ACCOUNT_HOME" ] || [ -h "$ACCOUNT_HOME" ]; then
		problem "account.home" "$ACCOUNT_HOME cannot be the home of a new account, because it \
exists already, or because users other than root can change the path to it" '' \
			"name another directory in account.home, such as one in /home, or move the existing directory away"
	fi
	if has uid && getent passwd "$(doc uid)" >/dev/null; then
		problem "account.uid" "uid $(doc uid) belongs to another account" '' \
			"set another uid, or leave account.uid out"
	fi
	if getent group "$1" >/dev/null; then
		problem "account.name" "a group $1 exists already, so account $1 cannot be created with a \
group of its own" '' \
			"remove it with 'groupdel $1', or name another account"
	fi
}

# An account that exists keeps what it has.
known_account_problems() {
	local entry
	if [ "$ACCOUNT_UID" = 0 ]; then
		problem "account.name" "$ACCOUNT is root (uid 0), but an ordinary account is required" '' \
			"name another account"
	fi
	case $ACCOUNT_HOME in
	*[!A-Za-z0-9/._@+-]*) problem "account.home" "the path of the home '$ACCOUNT_HOME' may \
contain only letters, digits and /._@+-" '' "name another account, or move its home" ;;
	esac
	if has uid; then require_equal uid "$(doc uid)" "$ACCOUNT_UID"; fi
	if has home; then require_equal home "$(doc home)" "$ACCOUNT_HOME"; fi
	if has shell; then
		entry=$(getent passwd "$ACCOUNT")
		require_equal shell "$(doc shell)" "${entry##*:}"
	fi
}

# $1 the key, $2 what is wanted, $3 what the account has.
require_equal() {
	if [ "$2" != "$3" ]; then
		problem "account.$1" \
			"the existing account has '$3', and this program does not change it to '$2'" '' \
			"leave account.$1 out, or change the account yourself"
	fi
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
		problem "$ACCOUNT_HOME" "the home of $name cannot be examined" '' \
			"see what is mounted there, then run again"
		return 0
	fi
	{
		for place in "account.home $ACCOUNT_HOME" "daemon.data-root $root"; do
			read -r type || type=''
			case $type in
			nfs* | cifs | smb* | afs | ceph | msdos | vfat | exfat | fuse* | 9p | v9fs)
				problem "${place%% *}" "${place#* } is on $type, where layers of images \
cannot be unpacked ('lchown: operation not permitted')" '' \
					"name a directory on a local file system, such as ext4, XFS or Btrfs, that the \
account owns, or name another account"
				;;
			esac
		done
		while IFS=$TAB read -r owner path; do
			problem "$ACCOUNT_HOME/$path" "it is owned by $owner, but $ACCOUNT has to write there" \
				'' "move it, or the link there, away"
		done
	} <"$WORK/places"
	case $ACCOUNT_HOME/ in
	"$root"/*) problem "daemon.data-root" "$root contains the home of the account" '' \
		"name a directory of its own, such as one below $root, or leave data-root out" ;;
	esac
}

# Problems of its lines in /etc/subuid and /etc/subgid, had or asked for. $1 the account's name.
id_problems() {
	local file what line other
	flawed_ids "$1" >"$WORK/ids"
	while IFS=$TAB read -r what file line other; do
		case $what in
		taken) problem "account.subordinateIds" "'$line' in $file contains ids of $other, so \
containers could change files of theirs" '' "remove that line, or replace it with \
NAME:FIRST:COUNT, where no account has any of these ids" ;;
		few) problem "subordinate ids" "$1 has $line in $file, but at least $other are required" '' \
			"add a line for it there: this program gives none to an account of a directory service" ;;
		esac
	done <"$WORK/ids"
	short_range_problem uid
	short_range_problem gid
}

# A range that begins where account.subordinateIds says has to have as many ids. $1 uid or gid.
short_range_problem() {
	local start wanted count
	start=$(doc "sub$1-start")
	if [ -z "$start" ] || [ -z "$ACCOUNT" ]; then return 0; fi
	wanted=$(doc "sub$1")
	read_ranges "/etc/sub$1"
	count=$(count_from "$start")
	if [ "$count" = 0 ] || [ "$count" -ge "$wanted" ]; then return 0; fi
	problem "account.subordinateIds" \
		"the range of $ACCOUNT in /etc/sub$1 that begins at $start has $count ids" "at least $wanted" \
		"correct that line, where no other account has any of these ids, or leave the start out"
}

# What is wrong with the ranges of an account, as flawedIds.awk prints it. $1 the account's name.
flawed_ids() {
	local kind start
	{
		for kind in UID GID; do
			echo "/etc/login.defs:${kind}_MAX $(shadow_setting login.defs "${kind}_MAX")"
		done
		grep -sH . /etc/passwd || true
		for kind in uid gid; do
			ranges_of "/etc/sub$kind" | sed "s|^|/etc/sub$kind:|"
			start=$(doc "sub$kind-start")
			if [ -n "$start" ]; then echo "/etc/sub$kind:$1:$start:$(doc "sub$kind"):asked"; fi
		done
	} | awk -v name="$1" -v uid="$ACCOUNT_UID" -v count="$(doc subuid)" "$FLAWED_IDS_AWK"
}
