# Paths that the step wants in the home, looked at once and written once.

# The directory's name is the SHA-256 of "rootless".
CONTEXT=.docker/contexts/meta/12b961af5feb3e9d39f93b2cefb9a1a944f18d02cca0cac2f04f5a982240605f
PRUNE_STAMP=.local/share/systemd/timers/stamp-docker-prune.timer

# Calls a function for each file that the daemon reads when it starts. $1 the function; its
# arguments are the path and the mode.
each_daemon_file() {
	local config=$ACCOUNT_HOME/.config
	"$1" "$config/docker/daemon.json" 600
	"$1" "$config/docker/environment" 600
	"$1" "$config/systemd/user/docker.service" 644
	has tcp-socket || return 0
	"$1" "$config/docker/tls/ca.pem" 644
	"$1" "$config/docker/tls/cert.pem" 644
	"$1" "$config/docker/tls/key.pem" 600
}

# One look at all paths of the step, and at what leads to them. In $WORK/earlier/NAME there is then
# for each file of the daemon's where its bytes are, and their sum.
look_at_home() {
	local path config=$ACCOUNT_HOME/.config units=$ACCOUNT_HOME/.config/systemd/user
	{
		each_daemon_file echo
		for path in "$DOC"/text/certs.d/*; do
			[ ! -e "$path" ] || echo "$config/docker/certs.d/${path##*/}/ca.crt"
		done
		printf '%s\n' "$ACCOUNT_HOME/$CONTEXT/meta.json" "$ACCOUNT_HOME/$PRUNE_STAMP" \
			"$units/docker-prune.service" "$units/docker-prune.timer" \
			"$units/default.target.wants/docker.service" \
			"$units/timers.target.wants/docker-prune.timer" "$(data_root)"
	} >"$WORK/daemon-paths"
	set -- "=$ACCOUNT_HOME/.docker/config.json" "=$(data_root)"
	while IFS= read -r path; do
		path=${path% [0-7][0-7][0-7]}
		while [ "$path" != "${path#"$ACCOUNT_HOME/"}" ]; do
			case " $* " in *" $path "*) break ;; esac
			set -- "$@" "$path"
			path=${path%/*}
		done
	done <"$WORK/daemon-paths"
	look_home "$@"
	each_daemon_file note_earlier
	note_earlier "$units/docker-prune.service"
	note_earlier "$units/docker-prune.timer"
}

# $1 the path.
note_earlier() {
	find_home "$1"
	case $SEEN_VALUE in
	link*) fail "$1" "a link" "a plain file, or none" "put the file itself there, then run again" ;;
	file*) printf '%s %s\n' "$SEEN_FILE" "${SEEN_VALUE##* }" ;;
	*) echo /dev/null ;;
	esac >"$WORK/earlier/${1##*/}"
}

# The file with the bytes from before: /dev/null where there was none. $1 its name.
earlier_file() {
	local file
	read -r file _ <"$WORK/earlier/$1"
	printf '%s' "$file"
}

# The sum of a file that was composed, or nothing. $1 its name.
new_sum() {
	local sum name
	while read -r sum name; do
		[ "$name" != "$1" ] || printf '%s' "$sum"
	done <"$WORK/sums"
}

# True where files have the bytes from before. Arguments: their names.
are_as_before() {
	local name sum
	for name in "$@"; do
		read -r _ sum <"$WORK/earlier/$name"
		[ "$sum" = "$(new_sum "$name")" ] || return 1
	done
}

# $1 the path, $2 the mode.
want_new_file() {
	want_home_parents "$1"
	want home "$1" "file $2 $(new_sum "${1##*/}")" "$WORK/new/${1##*/}"
}

want_in_home() {
	local file root config=$ACCOUNT_HOME/.config units=$ACCOUNT_HOME/.config/systemd/user
	each_daemon_file want_new_file
	want_home_link "$units/default.target.wants/docker.service" "$units/docker.service"
	# The daemon reads these whenever it asks that registry.
	for file in "$DOC"/text/certs.d/*; do
		[ ! -e "$file" ] || want_home_file "$config/docker/certs.d/${file##*/}/ca.crt" 644 "$file"
	done
	if has docker-prune.OnCalendar; then
		want_new_file "$units/docker-prune.service" 644
		want_new_file "$units/docker-prune.timer" 644
		want_home_link "$units/timers.target.wants/docker-prune.timer" "$units/docker-prune.timer"
		# systemd writes a file there.
		want_directory_as_it_is "$ACCOUNT_HOME/${PRUNE_STAMP%/*}"
	fi
	want_new_file "$ACCOUNT_HOME/$CONTEXT/meta.json" 644
	set -- "$ACCOUNT_HOME/.docker/config.json" currentContext
	want_member "$@" "$WORK/new/context" "$(new_sum context)"
	root=$(data_root)
	case $root in
	"$ACCOUNT_HOME"/*) want_directory_as_it_is "${root%/*}" ;;
	esac
}

# A directory that others make, such as dockerd: it is recorded, and goes when empty. $1 the path.
want_directory_as_it_is() {
	local value
	value=$(home_state "$1")
	want_home_parents "$1"
	case $value in
	absent) want home "$1" 'dir 700' ;;
	dir*) want home "$1" "$value" ;;
	esac
}
