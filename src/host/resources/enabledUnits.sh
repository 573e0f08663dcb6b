# shellcheck shell=dash
# What the account has enabled in its own service manager, or runs there: linger and its subordinate ids stay for it.

# What the account's service manager starts by itself: the account's word. Generators, as podman's, enable units
# without a link of the account's; those of a desktop do not count. False where it does not answer.
enabled_units() {
	local status=0
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'find -H "$1" -mindepth 2 -maxdepth 2 -regex ".*\.\(wants\|requires\)/[^/]*" -printf "%P\n"
		find "$XDG_RUNTIME_DIR"/systemd/generator* -mindepth 2 -maxdepth 2 -regextype posix-extended \
			-regex ".*/(default|basic|paths|sockets|timers)\.target\.(wants|requires)/[^/]*" -printf "generator/%P\n"' \
		sh "$ACCOUNT_HOME/.config/systemd/user" >"$WORK/enabled-units" 2>/dev/null || status=$?
	LC_ALL=C sort -u "$WORK/enabled-units"
	case $status in 124 | 137) return 1 ;; esac
}

# What it has enabled since the record of its linger began, as a reason, or nothing. $1 the account, which is known.
enabled_since() {
	local thing units
	thing=$(resource_directory linger "$1")
	[ -d "$thing/baseline" ] || return 0
	enabled_units >"$WORK/units" || {
		printf '%s does not say what it has enabled' "$1"
		return 0
	}
	units=$(cat "$thing/baseline/units" "$thing/generated" 2>/dev/null | LC_ALL=C sort -u |
		LC_ALL=C comm -13 - "$WORK/units" | head -n 3 | paste -s -d ' ')
	[ -z "$units" ] || printf '%s has enabled %s since' "$1" "$(words_of_account "$units")"
}

# What the account has started in its service manager and runs still, as a reason, or nothing. What is enabled for
# everybody, or was for the account before, has started by itself, its sockets' and timers' services too; nor does
# podman's pause process count, which each command of it leaves. $1 the account, which is known, $2 a file of the
# processes that count, or nothing for all.
runs_since() {
	local thing units
	thing=$(resource_directory linger "$1")
	{
		cat "$thing/baseline/units" "$thing/generated" 2>/dev/null || true
		find -H /etc/systemd/user /usr/local/lib/systemd/user /usr/lib/systemd/user /lib/systemd/user \
			-mindepth 2 -maxdepth 2 -regex '.*\.\(wants\|requires\)/[^/]*' 2>/dev/null || true
	} >"$WORK/units"
	units=$(processes_of_service_managers |
		awk -F '\t' -v uid="$ACCOUNT_UID" -v enabled="$WORK/units" -v counted="${2-}" '
		function plain(unit) { sub(/.*\//, "", unit); sub(/(@.*)?[.][a-z]+$/, "", unit); return unit }
		BEGIN {
			while ((getline line <enabled) > 0) by_itself[plain(line)]
			while (counted != "" && (getline line <counted) > 0) counts[line]
		}
		$1 != uid || $4 == "" || $4 ~ /^podman-pause|^(app|vte-spawn)-.*[.]scope$/ || plain($4) in by_itself { next }
		(counted == "" || $2 in counts) && !seen[$4]++ { print $4 }' | head -n 3 | paste -s -d ' ')
	[ -z "$units" ] || printf '%s runs %s' "$1" "$(words_of_account "$units")"
}

# Why its service manager has to go on without a login, or nothing. Arguments as for runs_since.
units_need_linger() {
	local why
	why=$(enabled_since "$1")
	[ -n "$why" ] || why=$(runs_since "$@")
	printf '%s' "$why"
}

# The same as a reason for its subordinate ids, which units such as those of Podman need: of an account that was there
# before, and of what runs only where its processes have them. $1 the account, which is known.
units_need_ids() {
	[ ! -e "$(resource_directory account "$1")/baseline/made" ] || return 0
	{
		own_range uid | awk -F : '{ print "Uid: " $2 " " $3 }'
		own_range gid | awk -F : '{ print "Gid: " $2 " " $3 }'
	} | processes_of_ids | tr ' ' '\n' >"$WORK/processes-with-ids"
	units_need_linger "$1" "$WORK/processes-with-ids"
}
