# shellcheck shell=dash
# Users, groups and subordinate ids, as the machine's files have them.

# Ranges of an account as START:COUNT, one a line, by name or by numeric id. $1 file, $2 name, $3
# uid.
id_ranges() {
	[ ! -e "$1" ] || awk -F : -v name="$2" -v uid="$3" '
		($1 == name || (uid != "" && $1 == uid)) && $3 > 0 { print $2 ":" $3 }' "$1"
}

id_total() { id_ranges "$@" | awk -F : '{ total += $2 } END { print total + 0 }'; }

# Users or groups as NAME:ID, one a line. A directory that does not end counts as far as it has come
# in twenty seconds; the machine's own files count whole, and so does the account, which a directory may
# not list. $1 uid or gid.
ids_in_use() {
	local database
	for database in passwd group; do
		[ -e "$WORK/directory.$database" ] ||
			timeout -k 5 20 getent "$database" >"$WORK/directory.$database" || true
	done
	if [ "$1" = gid ]; then
		cat /etc/group "$WORK/directory.group" | cut -d : -f 1,3
		# A user's own group may have no name.
		cat /etc/passwd "$WORK/directory.passwd" | cut -d : -f 1,4
		id -G "$ACCOUNT" 2>/dev/null | tr ' ' '\n' | sed "s/^/$ACCOUNT:/"
	else
		cat /etc/passwd "$WORK/directory.passwd" | cut -d : -f 1,3
		id -u "$ACCOUNT" 2>/dev/null | sed "s/^/$ACCOUNT:/"
	fi | awk -F : '!seen[$2]++'
}

# The highest id that useradd or groupadd gives. $@ uid, gid or both. As shadow does, which takes its own number for
# what is none.
last_id_of_accounts() {
	awk -v kinds="$*" '
		{ value[$1] = $2 }
		END {
			count = split(toupper(kinds), kind, " ")
			for (i = 1; i <= count; i++) {
				here = value[kind[i] "_MAX"]
				if (here !~ /^[0-9]+$/) here = 60000
				if (here + 0 > last) last = here + 0
			}
			printf "%.0f", last
		}' "$(login_defs_file)"
}

# $1 key, $2 what it is by default.
login_defs() {
	awk -v key="$1" -v value="$2" '$1 == key && $2 != "" { value = $2 } END { printf "%s", value }' "$(login_defs_file)"
}

login_defs_file() { if [ -r /etc/login.defs ]; then printf /etc/login.defs; else printf /dev/null; fi; }

id_file() { printf '/etc/sub%s' "$1"; }
