# Kind home: files, directories and links of the account's, read and written as the account: one
# look for all paths of a step, one write. Values are those of path; =PATH is where the links of
# PATH lead. Kinds line and member are parts of such files (homeParts.sh).
#   $WORK/home/todo     lines PATH<tab>VALUE<tab>FILE of what is to be written; FILE has its bytes, or
#                       is /dev/null
#   $WORK/home/refused  is there where the account does not let this program work, and a destroy goes on

# The same lines of what was seen, or is to be written; the last line of a path counts. What a subshell
# looks at is known only there: whoever asks later looks again.
SEEN=

# The result of look_up: a value, empty if nobody has looked at the path, and the file with its bytes,
# or /dev/null.
SEEN_VALUE='' SEEN_FILE=/dev/null

# Bytes of the account's file that are read at most.
HOME_FILE_MOST=262144

# Looks at paths that were not looked at yet. Arguments: the paths.
# root as account: reads files in its home. resources/homeLook.pl; links are followed as the account, never as root.
# root scratch: $WORK/home.
see_paths() {
	local path
	for path in "$@"; do
		look_up "$path"
		if [ -z "$SEEN_VALUE" ]; then printf '%s\n' "$path"; fi
	done >"$WORK/home/paths"
	if [ ! -s "$WORK/home/paths" ] || is_home_refused; then return 0; fi
	as_account perl -e "$HOME_LINKS_PL" -e "$HOME_LOOK_PL" "$HOME_FILE_MOST" "$VERB" \
		<"$WORK/home/paths" >"$WORK/home/answer" || : >"$WORK/home/answer"
	if (cd "$WORK/home" && perl -e "$HOME_READ_PL" "$WORK/home/" <answer >now); then
		SEEN=$SEEN$NEWLINE$(cat "$WORK/home/now")
	else
		stop_or_leave_home "$ACCOUNT cannot look into it ($(last_words))"
	fi
}

# Looks at all paths of a file with lines of kind and name, and forgets what was seen before: others write
# in the home, too, so what is compared and written is read right before. Names of lines and members
# begin with their path, which holds no blank. $1 the file.
see_recorded_paths() {
	local kind name
	if [ -z "$ACCOUNT" ]; then return 0; fi
	set -- "$1" ''
	while IFS=$TAB read -r kind name; do
		name=${name%%"$TAB"*}
		case $kind in
		home) ;;
		line | member) name="=${name%% *}" ;;
		*) continue ;;
		esac
		case " $* " in
		*" $name "*) ;;
		*) set -- "$@" "$name" ;;
		esac
	done <"$1"
	shift 2
	if [ $# = 0 ]; then return 0; fi
	SEEN=
	see_paths "$@"
}

# The account does not let this program work in its home: an error. A second destroy goes on, and
# what is there stays: no account holds up more than one. $1 what happened.
stop_or_leave_home() {
	if [ "$VERB" != revert ] || [ -z "$(remembered home)" ]; then
		if [ "$VERB" = revert ]; then remember home refused; fi
		fail "$ACCOUNT_HOME" "$1" '' \
			"see what is mounted there, whether its disk is full, and which of the account's processes run, then run again; \
a second destroy keeps what is there and continues"
	fi
	: >"$WORK/home/refused"
	: >"$WORK/stays"
	say "kept: what this program wrote in $ACCOUNT_HOME, because $1"
}

is_home_refused() { [ -e "$WORK/home/refused" ]; }

# Sets SEEN_VALUE and SEEN_FILE to what was seen of a path, or is to be written. $1 the path.
look_up() {
	local IFS=$NEWLINE line
	SEEN_VALUE='' SEEN_FILE=/dev/null
	# The account chooses where its links lead: nothing in these lines is a pattern.
	set -f
	for line in $SEEN; do
		case $line in
		"$1$TAB"*)
			line=${line#*"$TAB"}
			SEEN_VALUE=${line%"$TAB"*}
			SEEN_FILE=${line##*"$TAB"}
			;;
		esac
	done
	set +f
}

# $1 the path.
home_state() {
	if [ -n "$ACCOUNT" ]; then see_paths "$1"; fi
	if [ -z "$ACCOUNT" ] || is_home_refused; then
		printf gone
	else
		look_up "$1"
		printf '%s' "$SEEN_VALUE"
	fi
}

home_bytes() {
	look_up "$1"
	cat "$SEEN_FILE"
}

# Written when all settle. $1 path, $2 value, $3 the file of its bytes, which stays until then.
home_set() {
	local file=/dev/null
	case $2 in file*) file=$3 ;; esac
	SEEN=$SEEN$NEWLINE$1$TAB$2$TAB$file
	printf '%s\t%s\t%s\n' "$1" "$2" "$file" >>"$WORK/home/todo"
}

# Writes all that was set: as the account, which can lead it nowhere but to what is its own.
# root as account: writes and removes files in its home. resources/homeWrite.pl; each is recorded before, and only what this program wants.
home_settled() {
	if [ ! -s "$WORK/home/todo" ]; then return 0; fi
	perl -e "$HOME_PACK_PL" <"$WORK/home/todo" >"$WORK/home/batch"
	: >"$WORK/home/todo"
	as_account_within 60 perl -e "$HOME_LINKS_PL" -e "$HOME_WRITE_PL" \
		<"$WORK/home/batch" >/dev/null ||
		stop_or_leave_home "$ACCOUNT cannot write there ($(last_words))"
}

home_was_written() { ! is_home_refused; }

# $1 path, $2 mode, $3 the file with its content.
want_home_file() {
	want_home_parents "$1"
	want home "$1" "file $2 $(sum_of "$3")" "$3"
}

# $1 path, $2 target.
want_home_link() {
	want_home_parents "$1"
	want home "$1" "link $2"
}

# Directories that are missing on the way to a path below the home. $1 the path.
want_home_parents() {
	local parent=${1%/*}
	if [ "$parent" = "$ACCOUNT_HOME" ]; then return 0; fi
	see_paths "$parent"
	look_up "$parent"
	if [ "$SEEN_VALUE" != absent ]; then return 0; fi
	want_home_parents "$parent"
	want home "$parent" 'dir 700'
}

# A directory that others make, such as dockerd: it is recorded, and goes when empty. $1 the path.
want_home_directory() {
	local value
	see_paths "$1"
	value=$(home_state "$1")
	want_home_parents "$1"
	case $value in
	absent) want home "$1" 'dir 700' ;;
	dir*) want home "$1" "$value" ;;
	esac
}
