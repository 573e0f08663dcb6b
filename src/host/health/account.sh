# shellcheck shell=dash
# Accounts that cannot have a daemon, or not without handling what is unusual: an error each, in preflight.

# $1 the account's name.
account_problems() {
	local lookup=0
	know_account "$1" || ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=$(new_home "$1")
	getent passwd "$1" >"$WORK/entry" || lookup=$?
	case $lookup in
	0) known_account_problems "$1" ;;
	2) new_account_problems "$1" ;;
	*) problem "account $1" "that 'getent passwd $1' ends with status $lookup" "an answer, yes or no" \
		"see that the directory service that /etc/nsswitch.conf names is there" ;;
	esac
	case $ACCOUNT_HOME in
	# EnvironmentFile= of its unit would take other files, too.
	*[*?[]*) problem "account.home" "a pattern as the home of $1" "a path without *, ? and [" \
		"use another account" ;;
	esac
	id_problems "$1"
}

# $1 the name. One whose making was cut off is the account step's to finish.
new_account_problems() {
	local uid
	[ "$(doc create)" != false ] ||
		problem "account.create" "no account $1" "it to exist, since account.create is false" \
			"create it, or leave account.create out"
	! grep -qs "^$1 .* ma[dk]ing\{0,1\}" "$STATE"/leases/*/account-entry || return 0
	! others_can_change "$ACCOUNT_HOME" ||
		problem "account.home" "that others than root can change what leads to $ACCOUNT_HOME" \
			"a place for a new home that only root can change" \
			"name a directory in a place of root's, such as /home, in account.home"
	[ ! -e "$ACCOUNT_HOME" ] && [ ! -h "$ACCOUNT_HOME" ] ||
		problem "account.home" "something at $ACCOUNT_HOME already" \
			"nothing there, before the account $1 is created" \
			"move it away, or name another directory in account.home"
	uid=$(doc uid)
	[ -z "$uid" ] || ! getent passwd "$uid" >/dev/null ||
		problem "account.uid" "uid $uid to be that of account $(getent passwd "$uid" | cut -d : -f 1)" \
			"one that nobody has, for the new account $1" "name another uid, or leave account.uid out"
	! getent group "$1" >/dev/null ||
		problem "account.name" "a group $1 already" \
			"no such group, before the account $1 is created with one of its own" \
			"remove it with 'groupdel $1', or name another account"
}

# $1 the name.
known_account_problems() {
	[ "$ACCOUNT_UID" != 0 ] ||
		problem "account.name" "$1 to be root (uid 0)" "an ordinary account" "name another account"
	require_equal uid "$ACCOUNT_UID"
	require_equal home "$ACCOUNT_HOME"
	require_equal shell "$(cut -d : -f 7 "$WORK/entry")"
	home_problems
}

# An account that exists keeps what it has. $1 the key, $2 what it has.
require_equal() {
	! has "$1" || [ "$(doc "$1")" = "$2" ] ||
		problem "account.$1" "'$2' at the existing account" "'$(doc "$1")'" \
			"leave account.$1 out, or change the account by hand"
}

# The home, and below it what is not the account's in the places that are written to: asked as the account.
home_problems() {
	local type owner path
	type=$(timeout -k 5 20 stat -f -L -c %T "$ACCOUNT_HOME" 2>/dev/null) || type=unknown
	case $type in
	nfs* | cifs | smb* | afs | ceph | fuse* | 9p | v9fs | unknown)
		problem "home of $ACCOUNT" "$ACCOUNT_HOME on the file system $type" \
			"a home on a file system of this machine, such as ext4, XFS or Btrfs" "use another account"
		return 0
		;;
	esac
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'cd "$HOME" && [ -w . ] && [ -O . ] || { echo "- ."; exit; }
		for path in .config .config/docker .config/docker/* .config/systemd .config/systemd/user \
			.config/systemd/user/docker* .docker .docker/config.json .docker/contexts .local .local/share \
			.ssh .ssh/authorized_keys; do
			[ ! -e "$path" ] || [ -O "$path" ] || stat -c "%U %n" -- "$path"
		done' >"$WORK/foreign" </dev/null || true
	while read -r owner path; do
		case $path in
		.) problem "home of $ACCOUNT" "that $ACCOUNT cannot write to its home, $ACCOUNT_HOME, or does not own it" \
			"an account with a home of its own, where its daemon keeps what it has" \
			"name another account, or give $ACCOUNT a home of its own" ;;
		*) problem "$ACCOUNT_HOME/$path" "it owned by $owner" "a file of $ACCOUNT, which writes there" \
			"run 'chown -hR $ACCOUNT: ~$ACCOUNT/${path%%/*}' if all of that is to be the account's, or move it away" ;;
		esac
	done <"$WORK/foreign"
}

# What is wrong with the account's lines of /etc/subuid and /etc/subgid, and with a range that is asked for. $1 the
# account's name.
id_problems() {
	local kind file last users what line other
	for kind in uid gid; do
		file=/etc/sub$kind
		if [ -h "$file" ] || { [ -e "$file" ] && ! { [ -f "$file" ] && is_roots_own "$file"; }; }; then
			problem "$file" "$(stat -c 'it a %F of %U with mode %a' "$file")" \
				"a file that root alone can change, and no link" \
				"look at every line in it, then make it one: 'chown root $file && chmod go-w $file', or a copy \
in place of the link" "whoever can change $file can give itself the ids of root"
			continue
		fi
		users=/etc/passwd
		[ "$kind" = uid ] || users=/etc/group
		last=$(last_id "$kind")
		flawed_ids "$1" "$kind" "$last" "$users" >"$WORK/ids"
		while IFS=$TAB read -r what line other; do
			case $what in
			malformed) problem "subordinateIds" "'$line' in $file, which is not NAME:FIRST:COUNT" \
				"ids of 32 bits" "correct or remove that line" ;;
			unsafe) problem "subordinateIds" "'$line' in $file, with $other" "ids above $last that nobody has" \
				"remove that line and the files that containers have made under these ids, or ask for others" \
				"containers could be these users, and change what is theirs" ;;
			shared) problem "subordinateIds" "'$line' and '$other' in $file, which share ids" \
				"ids of account $1 that no other line has" \
				"remove one of the two, and the files that its containers have made under the old ids" \
				"containers on the same ids could change each other's files" ;;
			few) [ "$other" = 0 ] || ! is_of_directory "$1" || problem "account $1" \
				"it an account of a directory service, with $line ids in $file" "$other ids there" \
				"give it a line '$1:FIRST:$other' in /etc/subuid and in /etc/subgid, or use another account" ;;
			esac
		done <"$WORK/ids"
	done
}

# True of an account that is there, but not in /etc/passwd, where usermod would change it.
is_of_directory() { getent passwd "$1" >/dev/null && ! grep -q "^$1:" /etc/passwd; }

# The highest id that useradd or groupadd gives, as shadow reads it. $1 uid or gid.
last_id() {
	awk -v key="$1_MAX" 'BEGIN { last = 60000 } toupper($1) == toupper(key) && $2 ~ /^[0-9]+$/ { last = $2 }
		END { printf "%.0f", last }' /etc/login.defs 2>/dev/null || printf 60000
}

# Lines "KIND LINE OTHER" with tabs, of what is wrong with an account's ids. A range that is asked for, and that it has
# not, counts as a line of its. shadow reads 010 as 8 and RootlessKit as 10, so that numbers are strict. $1 name, $2 uid or gid, $3 the
# last id of accounts, $4 the file of users or groups.
flawed_ids() {
	local file=/etc/sub$2
	[ -e "$file" ] || file=/dev/null
	awk -F : -v OFS='\t' -v name="$1" -v uid="${ACCOUNT_UID:-}" -v last="$3" -v users="$4" \
		-v start="$(doc "sub$2-start")" -v count="$(doc "sub$2")" '
		function is_number(text) { return text ~ /^(0|[1-9][0-9]*)$/ && length(text) <= 10 }
		function add(line, first, size, mine) {
			n++
			text[n] = line
			from[n] = first + 0
			to[n] = first + size
			own[n] = mine
		}
		FILENAME == users { id[++people] = $3 + 0; who[people] = $1; next }
		{ mine = $1 == name || (uid != "" && $1 == uid) }
		mine && (NF != 3 || !is_number($2) || !is_number($3) || $2 + $3 > 4294967295) {
			print "malformed", $0, "-"
			next
		}
		$3 > 0 {
			add($0, $2, $3, mine)
			if (mine) total += $3
			if (mine && $2 == start && $3 + 0 >= count + 0) start = ""
		}
		END {
			if (start != "") add(name ":" start ":" count, start, count, 1)
			for (i = 1; i <= n; i++) {
				if (!own[i]) continue
				if (from[i] <= last) print "unsafe", text[i], "ids up to " last ", which accounts can have"
				for (p = 1; p <= people; p++)
					if (id[p] > last && id[p] >= from[i] && id[p] < to[i])
						print "unsafe", text[i], "the id " id[p] " of " who[p]
				for (j = 1; j <= n; j++)
					if (j != i && !(own[j] && j < i) && from[i] < to[j] && from[j] < to[i])
						print "shared", text[i], text[j]
			}
			if (total + 0 < count + 0) print "few", total + 0, count + 0
		}' "$4" "$file"
}
