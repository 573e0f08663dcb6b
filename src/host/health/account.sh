# shellcheck shell=dash
# Accounts that cannot have a daemon, or not without handling what is unusual: an error each.

# For preflight and the step account. $1 the account's name.
account_problems() {
	local lookup=0
	know_account "$1" || ACCOUNT='' ACCOUNT_UID='' ACCOUNT_HOME=$(new_home "$1")
	getent passwd "$1" >"$WORK/entry" || lookup=$?
	case $lookup in
	0) known_account_problems "$1" ;;
	2) new_account_problems "$1" ;;
	*) problem "account $1" "that 'getent passwd $1' ends with status $lookup" \
		"an answer, yes or no" \
		"see that the directory service that /etc/nsswitch.conf names is there" ;;
	esac
	id_problems "$1"
}

# One whose making was cut off is the account step's to finish. $1 the name.
new_account_problems() {
	local uid
	[ "$(doc create)" != false ] ||
		problem "account.create" "no account $1" "it to exist, since account.create is false" \
			"create it, or leave account.create out"
	! grep -qsE "^$1 .* (making|going)\$" "$STATE"/leases/*/account-entry || return 0
	! others_can_change "$ACCOUNT_HOME" ||
		problem "account.home" "that others than root can change what leads to $ACCOUNT_HOME" \
			"a place for a new home that only root can change" \
			"name a directory in a place of root's, such as /home, in account.home"
	[ -z "$(stat -c %F "$ACCOUNT_HOME" 2>/dev/null)" ] ||
		problem "account.home" "something at $ACCOUNT_HOME already" \
			"nothing there, before the account $1 is created" \
			"move it away, or name another directory in account.home"
	uid=$(doc uid)
	[ -z "$uid" ] || ! getent passwd "$uid" >/dev/null ||
		problem "account.uid" "uid $uid to be that of another account" \
			"one that nobody has, for the new account $1" \
			"name another uid, or leave account.uid out"
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

# The home, and what is not the account's in the places below it that are written to.
home_problems() {
	local type owner path
	type=$(timeout -k 5 20 stat -f -L -c %T "$ACCOUNT_HOME" 2>/dev/null) ||
		type='that does not answer'
	case $type in
	nfs* | cifs | smb* | afs | ceph | fuse* | 9p | v9fs | that*)
		problem "home of $ACCOUNT" "$ACCOUNT_HOME on a file system $type" \
			"a home on one of this machine, such as ext4, XFS or Btrfs" "use another account"
		return 0
		;;
	esac
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'cd "$HOME" && [ -w . ] && [ -O . ] || { echo "- ."; exit; }
		for path in .config .config/docker .config/docker/* .config/systemd .config/systemd/user \
			.config/systemd/user/docker* .docker .docker/config.json .docker/contexts \
			.local .local/share .ssh .ssh/authorized_keys; do
			[ ! -e "$path" ] || [ -O "$path" ] || stat -c "%U %n" -- "$path"
		done' >"$WORK/foreign" </dev/null || true
	while read -r owner path; do
		case $path in
		.) problem "home of $ACCOUNT" "that $ACCOUNT does not own or cannot write $ACCOUNT_HOME" \
			"an account with a home of its own, where its daemon keeps what it has" \
			"name another account, or give $ACCOUNT a home of its own" ;;
		*) problem "$ACCOUNT_HOME/$path" "it owned by $owner" \
			"a file of $ACCOUNT, which writes there" \
			"run 'chown -hR $ACCOUNT: ~$ACCOUNT/${path%%/*}' if all of that is to be the \
account's, or move it away" ;;
		esac
	done <"$WORK/foreign"
}

# What is wrong with the account's lines of /etc/subuid and /etc/subgid, and with a range that is
# asked for. $1 the account's name.
id_problems() {
	local kind file what line other
	for kind in uid gid; do
		file=/etc/sub$kind
		if [ -h "$file" ]; then
			problem "$file" "a symbolic link to $(readlink "$file")" \
				"the file itself, since newuidmap and newgidmap do not follow links" \
				"put the file in its place: 'cp -p --remove-destination \"\$(readlink -f $file)\" $file'"
			continue
		elif [ -e "$file" ] && ! is_roots_own "$file"; then
			problem "$file" "$(stat -c 'it a %F of %U with mode %a' "$file")" \
				"a file that root alone can change" \
				"look at every line in it, then make it a file of root's with mode 644" \
				"whoever can change $file can give itself the ids of root"
			continue
		fi
		flawed_ids "$1" "$kind" >"$WORK/ids"
		while IFS=$TAB read -r what line other; do
			id_problem "$1" "$file" "$what" "$line" "$other"
		done <"$WORK/ids"
	done
}

# $1 the account's name, $2 the file, then the fields of a line of flawed_ids.
id_problem() {
	case $3 in
	unsafe) problem "subordinateIds" "'$4' in $2, $5" \
		"NAME:FIRST:COUNT with ids above those of accounts, that nobody has" \
		"remove that line, or ask for others" \
		"containers could be these users, and change what is theirs" ;;
	shared) problem "subordinateIds" "'$4' and '$5' in $2, which share ids" \
		"ids of account $1 that no other line has" \
		"remove one of the two, and the files that containers have made under its ids" \
		"containers on the same ids could change each other's files" ;;
	few)
		if [ "$STEP" = doctor ]; then
			problem "subordinate ids" "$4 in $2" "$5 at least" \
				"run pulumi up with a new value of recheck" "images have files of as many owners"
		elif [ -n "$ACCOUNT" ] && ! grep -q "^$1:" /etc/passwd; then
			problem "account $1" "it an account of a directory service, with $4 ids in $2" \
				"$5 ids there, which usermod does not give it" \
				"give it a line '$1:FIRST:$5' in both files, or use another account"
		fi
		;;
	esac
}

# Lines of a kind of flaw, a line of the file and more words, with tabs. A range that is asked for
# and is not there counts as a line. shadow reads 010 as 8 and RootlessKit as 10. $1 the account's
# name, $2 uid or gid.
flawed_ids() {
	local users=/etc/passwd file=/etc/sub$2 limits=/etc/login.defs
	[ "$2" = uid ] || users=/etc/group
	[ -e "$file" ] || file=/dev/null
	[ -e "$limits" ] || limits=/dev/null
	awk -v OFS='\t' -v name="$1" -v uid="$ACCOUNT_UID" -v key="$2_max" -v users="$users" \
		-v limits="$limits" -v start="$(doc "sub$2-start")" -v count="$(doc "sub$2")" '
		function add(line, first, size, mine) {
			n++
			text[n] = line
			from[n] = first + 0
			to[n] = first + size
			own[n] = mine
		}
		BEGIN { last = 60000; if (count == "") count = 65536 }
		FILENAME == limits {
			if (tolower($1) == key && $2 ~ /^[0-9]+$/) last = $2 + 0
			next
		}
		{ split($0, field, ":") }
		FILENAME == users { id[++people] = field[3] + 0; who[people] = field[1]; next }
		{ mine = field[1] == name || (uid != "" && field[1] == uid) }
		mine && ($0 !~ /^[^:]+:(0|[1-9][0-9]*):(0|[1-9][0-9]*)$/ ||
			field[2] + field[3] > 4294967295) {
			print "unsafe", $0, "which is no range of ids"
			next
		}
		field[3] > 0 { add($0, field[2], field[3], mine) }
		mine { total += field[3] }
		mine && field[2] == start && field[3] + 0 >= count + 0 { start = "" }
		END {
			if (start != "") add(name ":" start ":" count, start, count, 1)
			for (i = 1; i <= n; i++) {
				if (!own[i]) continue
				if (from[i] <= last) print "unsafe", text[i], "with ids of accounts, up to " last
				for (p = 1; p <= people; p++)
					if (id[p] > last && id[p] >= from[i] && id[p] < to[i])
						print "unsafe", text[i], "with the id " id[p] " of " who[p]
				for (j = 1; j <= n; j++)
					if (j != i && !(own[j] && j < i) && from[i] < to[j] && from[j] < to[i])
						print "shared", text[i], text[j]
			}
			if (total < count + 0) print "few", total + 0, count
		}' "$limits" "$users" "$file"
}
