# shellcheck shell=dash
# What the account's daemon.json says, whichever step's document this run has.

# A text of the account's daemon.json, whichever step's document this run has. $1 key.
daemon_json_text() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" | head -n 1 | head -c 4096
}

# A truth value or number of it. $1 key.
daemon_json_word() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \([a-z0-9]*\),\{0,1\}\$/\1/p" | head -n 1 | head -c 64
}

daemon_data_root() {
	local root
	root=$(daemon_json_text data-root)
	printf '%s' "${root:-$ACCOUNT_HOME/.local/share/docker}"
}

# Members of stdin with a sum in the place of each value, which may be a secret one.
sums_of_members() {
	local name value
	while IFS='	' read -r name value; do
		printf '%s\t%s\n' "$name" "$(printf '%s' "$value" | sha256sum | cut -c 1-64)"
	done
}

# Of a file of the account's. What takes apart a larger one would take minutes. $1 path.
small_daemon_json() {
	account_file "$1" >"$WORK/small.json" && [ "$(wc -c <"$WORK/small.json")" -le 65536 ] && cat "$WORK/small.json"
}

# Where it is written down what daemon.json was made of.
daemon_json_members() {
	printf '%s/members' "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")"
}

# $1 the file as it is written.
note_daemon_json() {
	local record sum
	record=$(daemon_json_members)
	sum=$(sha256sum <"$1" | cut -c 1-64)
	[ "$(head -n 1 "$record" 2>/dev/null)" = "$sum" ] || {
		echo "$sum"
		json_members <"$1" | sums_of_members
	} | write_record "$record"
}

# How daemon.json differs from what was written, by its keys; nothing of one that cannot be read, is no JSON object or
# has more than 200, whose sums would take long. $1 path, $2 what was written down; without it, nothing.
changed_members() {
	if [ ! -s "$2" ] || ! small_daemon_json "$1" | json_members >"$WORK/found-members" ||
		[ "$(wc -l <"$WORK/found-members")" -gt 200 ]; then return 0; fi
	sums_of_members <"$WORK/found-members" >"$WORK/members"
	tail -n +2 "$2" | awk -F '\t' '
		FILENAME != "-" { now[$1] = $2; next }
		!($1 in now) { print $1 " (gone)" }
		$1 in now && now[$1] != $2 { print $1 }
		{ was[$1] }
		END { for (name in now) if (!(name in was)) print name " (new)" }' "$WORK/members" - |
		names_of_members ': '
}

# Keys of stdin, a line each, as people may see them: ten at most. The account may have put anything there. $1 what
# comes before them, where there are any.
names_of_members() {
	grep -xE '[A-Za-z0-9_.-]{1,40}( \((gone|new)\))?' | sort | awk -v before="$1" '
		NR <= 10 { printf "%s%s", NR == 1 ? before : ", ", $0 }
		END { if (NR > 10) printf " and %d more", NR - 10 }'
}

# What docker.service of the account's starts, a drop-in's before the unit's.
start_of_unit() {
	local start
	start=$(start_of_drop_ins)
	[ -n "$start" ] || start=$(text_of_unit '' | last_start)
	printf '%s\n' "$start"
}

start_of_drop_ins() { text_of_unit '.d/*.conf' | last_start; }

# Settings on stdin, one a line, without comments.
whole_lines() {
	awk '
		/^[[:blank:]]*[#;]/ { next }
		{ line = line $0 }
		sub(/\\$/, " ", line) { next }
		{ print line; line = "" }
		END { print line }'
}

last_start() {
	whole_lines |
		sed -n 's/^[[:blank:]]*ExecStart[[:blank:]]*=//p' | tail -n 1 | tr -d "\"'" | tr -s ' \t' ' '
}

# What systemd reads: of a name in several places the first one counts, and drop-ins in the order of their names.
# systemd.unit(5). $1 what follows docker.service.
text_of_unit() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'names=
		for place in "$HOME/.config/systemd/user" /etc/systemd/user /run/systemd/user \
			"$HOME/.local/share/systemd/user" /usr/local/lib/systemd/user /usr/lib/systemd/user; do
			for path in "$place"/docker.service$1; do
				name=${path##*/}
				case $names in *"/$name/"*) continue ;; esac
				[ -e "$path" ] || [ -h "$path" ] || continue
				names=$names/$name/
				[ ! -f "$path" ] || printf "%s\t%s\n" "$name" "$path"
			done
		done | sort | cut -f 2- | while IFS= read -r path; do
			head -c 65536 -- "$path"
			echo
		done' sh "$1" 2>/dev/null || true
}
