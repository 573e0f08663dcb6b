# shellcheck shell=dash
# Where else the account's data are, by links and mounts in its data roots.

# Where links and mounts right in a data root led when it was taken back, as "link PATH" or "mount PATH": once these are
# gone nothing else says that files of the account's ids are there. $1 the account.
elsewhere_file() { printf '%s/baseline/elsewhere' "$(resource_directory account "$1")"; }

# Before anything of a data root is removed. $1 data root.
note_where_data_lead() {
	local file
	file=$(elsewhere_file "$ACCOUNT")
	[ -d "${file%/*}" ] || return 0
	{
		cat "$file" 2>/dev/null || true
		{
			links_in_data "$1" | sed 's/^/link /'
			mounts_in_data "$1" | without_escapes | sed 's/^/mount /'
		} | head -n 60 | grep -E '^(link|mount) /[^[:cntrl:]]+$' || true
	} | awk -v home="$ACCOUNT_HOME/" -v root="$1/" '
		{ path = $0 "/"; sub(/^[a-z]+ /, "", path) }
		index(path, home) != 1 && index(path, root) != 1 && !seen[$0]++' >"$WORK/elsewhere"
	if [ ! -s "$WORK/elsewhere" ] || cmp -s "$WORK/elsewhere" "$file"; then return 0; fi
	write_record "$file" <"$WORK/elsewhere"
}

# The account's word. $1 data root.
links_in_data() {
	# shellcheck disable=SC2016,SC2086 # the inner shell expands them; a list of names
	as_account sh -c 'root=$1
		shift
		[ ! -h "$root" ] || realpath -e -- "$root"
		for name in "$@"; do
			[ ! -h "$root/$name" ] || realpath -e -- "$root/$name"
		done' sh "$1" $ENGINE_NAMES 2>/dev/null || true
}

# Where else what is mounted there is seen: of a bind mount where it comes from. As /proc has it. $1 data root.
mounts_in_data() {
	DATA_ROOT=$(as_account realpath -m -- "$1" | with_escapes) awk '
		{ device[NR] = $3; top[NR] = $4 == "/" ? "" : $4; at[NR] = $5 == "/" ? "" : $5 }
		END {
			root = ENVIRON["DATA_ROOT"]
			for (i = 1; root != "" && i <= NR; i++) {
				if (index(at[i], root) != 1 || substr(at[i], length(root) + 1) !~ /^(\/[^\/]*)?$/) continue
				for (j = 1; j <= NR; j++)
					if (device[j] == device[i] && index(at[j] "/", root "/") != 1 && index(top[i] "/", top[j] "/") == 1)
						print at[j] substr(top[i], length(top[j]) + 1)
			}
		}' /proc/self/mountinfo
}

# Those of these places where files of its ids are, one a line. What the account has said is looked at as the account.
# $1 the account, which is known.
places_data_led_to() {
	local how place file
	file=$(elsewhere_file "$1")
	[ -s "$file" ] || return 0
	set --
	while read -r how place; do
		if [ "$how" = mount ] && only_root_leads_to "$place"; then
			seen_with_ids as_root "$place" </dev/null
		else
			set -- "$@" "$place"
		fi
	done <"$file" >"$WORK/led-to"
	[ $# = 0 ] || seen_with_ids as_account "$@" >>"$WORK/led-to"
	sort -u "$WORK/led-to"
}
