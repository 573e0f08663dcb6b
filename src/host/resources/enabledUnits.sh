# shellcheck shell=dash
# What the account has enabled in its own service manager, for which linger and its subordinate ids stay.

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

# The same as a reason for its subordinate ids, which units such as those of Podman need: of an account that was there
# before. $1 the account, which is known.
units_need_ids() { [ -e "$(resource_directory account "$1")/baseline/made" ] || enabled_since "$1"; }
