# Programs that run as the account. Their output is data, and has an end in time and in bytes.

# How much a program of the account's may print, in bytes.
ACCOUNT_MOST=1048576

# The account of this run: empty where it is not there.
ACCOUNT='' ACCOUNT_UID='' ACCOUNT_GID='' ACCOUNT_HOME='' ACCOUNT_RUNTIME='' ACCOUNT_COMMENT=''

# Reads the account's entry: ACCOUNT, ACCOUNT_UID, ACCOUNT_GID, ACCOUNT_HOME, ACCOUNT_RUNTIME. False
# where there is none, with the status of getent. $1 the name.
know_account() {
	local entry rest
	entry=$(getent passwd "$1") || return
	ACCOUNT=$1
	rest=${entry#*:*:}
	ACCOUNT_UID=${rest%%:*}
	rest=${rest#*:}
	ACCOUNT_GID=${rest%%:*}
	rest=${rest#*:}
	ACCOUNT_COMMENT=${rest%%:*}
	rest=${rest#*:}
	ACCOUNT_HOME=${rest%%:*}
	ACCOUNT_RUNTIME=/run/user/$ACCOUNT_UID
}

# True where who became root for this run is the account.
is_login_of_account() { [ "${SUDO_UID-}" = "$ACCOUNT_UID" ] || [ "${DOAS_USER-}" = "$ACCOUNT" ]; }

# root as account: any command, with 20 seconds. core/accountRunner.pl drops root for good, in a session of its own, without a terminal, and bounds seconds and bytes.
as_account() { as_account_within 20 "$@"; }

# Runs a program as the account: in a session of its own, without a terminal, with a clean
# environment and none of root's descriptors. Its output ends after ACCOUNT_MOST bytes; what it says
# on stderr is in $WORK/said, at most 4 KiB; of a program that fails without a word, how it ended. Root
# does not wait for what it leaves behind. Exits as the program does, and with 124 where the time has
# passed. $1 seconds, 0 for no end; then the program.
as_account_within() {
	local seconds=$1
	shift
	perl -e "$ACCOUNT_RUNNER_PL" "$seconds" "$ACCOUNT_MOST" "$ACCOUNT_UID" "$ACCOUNT_GID" "$ACCOUNT" \
		HOME="$ACCOUNT_HOME" USER="$ACCOUNT" LOGNAME="$ACCOUNT" PATH="$PATH" LC_ALL=C \
		XDG_RUNTIME_DIR="$ACCOUNT_RUNTIME" \
		DBUS_SESSION_BUS_ADDRESS="unix:path=$ACCOUNT_RUNTIME/bus" \
		-- "$@" 2>"$WORK/said" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# The last line that the account's program said on stderr, in quotes, as a part of a message.
last_words() {
	local said
	said=$(tail -n 1 "$WORK/said")
	words_of_account "${said:-nothing was said}"
}

# The words $1 of the account's programs, in quotes, as a part of a message, never of a fix.
words_of_account() {
	printf "'%s'" "$(shown "$(printf '%s' "$1" | head -c 300 | tr "'" '"')")"
}

# A word that a program of the account's said, where it is one; else "unknown". $1 what it said.
word_of_account() {
	case $1 in
	'' | *[!A-Za-z0-9._+-]*) printf unknown ;;
	*) printf '%.64s' "$1" ;;
	esac
}
