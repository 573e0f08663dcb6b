# shellcheck shell=dash
# Packages that nobody claims any more, all at once.

# All packages whose last claim is going, when the first of them has its turn: only what is named,
# and not what a package of somebody else depends on.
package_restore_together() {
	local order dir name names='' removed='' purged='' running enabled
	hold_packages
	# Once for a list, whatever lies between its packages.
	! cmp -s "$WORK/unwanted" "$WORK/packages-removed" || return 0
	cp "$WORK/unwanted" "$WORK/packages-removed"
	# shellcheck disable=SC2034 # the order was for sort
	while read -r order dir; do
		case $dir in
		"$STATE"/things/package/*)
			if claimed_by_another "$dir" || [ ! -d "$dir/baseline" ] || [ -s "$dir/baseline/version" ]; then
				continue
			elif [ -e "$dir/baseline/configured" ]; then
				removed="$removed $(resource_name "$dir")"
			else
				names="$names $(resource_name "$dir")"
			fi
			;;
		esac
	done <"$WORK/unwanted"
	# shellcheck disable=SC2086 # lists of package names
	{
		staying_packages gone $names $removed
		keep_masks_of_staying
		names=$(without_staying $names)
		removed=$(without_staying $removed)
		for name in $names; do
			if has_edited_configuration "$name"; then
				removed="$removed $name"
			else
				purged="$purged $name"
			fi
		done
		names=$purged
	}
	[ -n "$names$removed" ] || return 0
	running=$(active_root_units)
	enabled=$(enabled_root_units)
	# shellcheck disable=SC2086 # lists of package names
	say "removes $(printf '%s\n' $names $removed | wc -l) packages"
	remove_packages "$names" "$removed"
	# shellcheck disable=SC2086 # a list of units
	enable_theirs_again $enabled
	# shellcheck disable=SC2086 # a list of units
	start_theirs_again $running
}

# Writes down which of the arguments somebody else wants, with the reason: somebody runs a program
# of it or has a daemon of its own, it was marked as manual after we marked it, or it is recommended by a
# package that came later, or that stays itself, as does what the manager keeps since one that stays
# depends on it. What this package has brought itself recommends nothing: it was installed without. $1 gone, or replaced
# by what has programs of these names as well, then the packages.
staying_packages() {
	local name end=$1
	shift
	: >"$WORK/packages.ours"
	: >"$WORK/packages.in-use"
	packages_brought_here >"$WORK/packages.brought"
	for name in "$@"; do
		[ ! -e "$(resource_directory package "$name")/auto" ] &&
			[ ! -e "$(resource_directory package "$name")/theirs" ] || echo "$name" >>"$WORK/packages.ours"
	done
	{
		packages_of_programs
		packages_of_stopped_units
		packages_of_used_units
		packages_of_own_daemons ours
		packages_of_service_managers
		printf 'ca-certificates\t\t\tanything may trust by it by now\n'
		[ "$end" = replaced ] || packages_of_named_programs "$@"
	} >"$WORK/packages.used"
	all_marks | sed -n 's/^manual //p; s/^hold //p' >"$WORK/packages.wished"
	package_relations "$@" |
		awk -F '\t' -v ours="$WORK/packages.ours" -v manual="$WORK/packages.wished" \
			-v first="$STATE/packages.first" -v brought="$WORK/packages.brought" -v used="$WORK/packages.used" \
			-v in_use="$WORK/packages.in-use" -v names="$*" '
			function plain(name) { sub(/^ */, "", name); sub(/[ :(].*/, "", name); return name }
			function stay(name, why) { print name, why; delete going[name]; again = 1 }
			function is(mine, name) { return name == mine || (name, mine) in provided }
			# Of a dependency only what nothing else satisfies.
			function keep_needed(clause,   i, n, one, mine, found) {
				n = split(clause, one, "|")
				for (i = 1; i <= n; i++) {
					one[i] = plain(one[i])
					if (one[i] in elsewhere) return
					for (mine in candidate) if (!(mine in going) && is(mine, one[i])) return
				}
				for (i = 1; i <= n; i++)
					for (mine in going) if (is(mine, one[i])) found[mine]
				for (mine in found) stay(mine, "others need it")
			}
			BEGIN {
				count = split(names, list, " ")
				while (count > 0) { going[plain(list[count])]; candidate[plain(list[count--])] }
				while ((getline <first) > 0) { sub(/[ :].*/, ""); there[$0] }
				while ((getline <brought) > 0) there[plain($0)]
				while ((getline <ours) > 0) marked[plain($0)]
				while ((getline <used) > 0)
					if ($1 in going) {
						print $1 >in_use
						stay($1, $4 != "" ? $4 : ($3 == "" ? "root" : $3) " runs its " $2)
					}
				while ((getline <manual) > 0)
					if (plain($0) in marked)
						stay(plain($0), "somebody has marked it as manually installed, or held it")
			}
			$1 ~ /^.i/ {
				count = split($3, list, ",")
				while (count > 0) {
					name = plain(list[count--])
					if ($2 in candidate) provided[name, $2]
					else elsewhere[name]
				}
				if (!($2 in candidate)) elsewhere[$2]
				if ($5 != ", ") depends[$2] = $5
				if ($4 != "" && !($2 in there && !($2 in candidate))) recommends[$2] = $4
			}
			END {
				for (again = 1; again;) {
					again = 0
					for (other in depends)
						if (!(other in going)) {
							count = split(depends[other], list, ",")
							while (count > 0) keep_needed(list[count--])
						}
					for (other in recommends) {
						if (other in going) continue
						count = split(recommends[other], list, /[,|]/)
						while (count > 0) {
							name = plain(list[count--])
							for (mine in going)
								if (is(mine, name))
									stay(mine, other " recommends it")
						}
					}
				}
			}' >"$WORK/packages.staying"
}

# Who else than root and the account has a daemon of its own on packages that no installation has brought, or may
# have: a reason a line. Arguments: their names.
daemons_on_packages() {
	{
		packages_of_programs | grep -E '/(containerd|dockerd|rootlesskit)	' || true
		packages_of_own_daemons theirs
	} | awk -F '\t' -v names="$*" '
		BEGIN { count = split(names, list, " "); while (count > 0) going[list[count--]] }
		$1 in going && $3 != "" && $3 != "root" {
			why = $4 != "" ? $4 : $3 " runs its " $2
			if (!seen[why]++) print why
		}'
}

# Packages of the engine, where somebody else has, or may have, a rootless daemon that need not run now: lines as
# those of packages_of_programs, and a tab and the reason. $1 as for own_daemons.
packages_of_own_daemons() {
	local user why row
	own_daemons "$1" | while IFS='	' read -r user why; do
		for row in $(engine_programs); do printf '%s\t%s\t%s\t%s\n' "${row#*:}" "${row%:*}" "$user" "$why"; done
		# Whatever source this installation has.
		for row in dockerd docker rootlesskit containerd fuse-overlayfs pasta; do
			PATH=$SYSTEM_PATH command -v "$row" || true
		done |
			printf '%s\n' "$(cat)" "$(start_script)" /usr/lib/systemd/user/dbus.socket | packages_of_files |
			awk -v user="$user" -v why="$why" '{ print $0 "\t" user "\t" why }'
	done
}

# Debian's packages without which no account has a service manager, where one that is no installation's lingers, or has
# services that run by its own; one of a login alone does not count. Lines as those of packages_of_own_daemons.
packages_of_service_managers() {
	local file uid name row own
	own=$(own_uid) || own=''
	# Where it was there before, nobody has one of us.
	grep -q '^libpam-systemd\(:\|$\)' "$WORK/packages.brought" || return 0
	{
		for file in /var/lib/systemd/linger/*; do id -u -- "${file##*/}" 2>/dev/null || true; done
		processes_of_service_managers | awk -F '\t' '$4 != "" { print $1 }'
	} | sort -nu | while read -r uid; do
		name=$(id -nu "$uid" 2>/dev/null) || continue
		if [ "$uid" = "$own" ] || grep -qsxF -- "$name" "$STATE"/leases/*/account-name; then continue; fi
		for row in libpam-systemd dbus-user-session; do
			printf '%s\t%s\t%s\t%s\n' "$row" /usr/lib/systemd/systemd "$name" "$name has a service manager of its own"
		done
	done
}

# What a unit names that starts a rootless daemon: Docker's, nerdctl's, or another one's.
ROOTLESS_DAEMONS='(dockerd|containerd)-rootless|rootlesskit'

# Who has a unit of a rootless daemon of its own, or may have, a tab and the reason. Accounts that can run one, those
# with a shell or subordinate ids, are asked as themselves, through the links that they have; after three without an
# answer no other one is waited for. $1 ours for packages that installations have brought, which claim what they need of
# them, or theirs for others; $2 what the unit has to name, or nothing.
own_daemons() {
	local user why late=0
	why=$(units_of_rootless_daemons "${2-}")
	[ -z "$why" ] || printf 'the machine\tthe machine has a rootless daemon, by %s\n' "$why"
	accounts_with_ids | cat /etc/passwd - | awk -F : -v own="$(own_uid)" '
		BEGIN { while ((getline <"/etc/subuid") > 0) ids[$1] }
		$3 == 0 || $3 == 65534 || $3 == own || $6 !~ /^\/./ || seen[$1]++ { next }
		$7 !~ /\/(nologin|false|sync)$/ || $1 in ids || $3 in ids { print $1 }' |
		while IFS= read -r user; do
			if [ "$late" = 3 ]; then
				why="was not asked whether it has a daemon of its own, since three others do not answer"
			elif ! (know_account "$user" && own_unit "$1" "${2-}") >"$WORK/own-daemon" 2>/dev/null </dev/null; then
				late=$((late + 1))
				why="does not say whether it has a daemon of its own"
			elif [ -s "$WORK/own-daemon" ]; then
				why="has a daemon of its own, by $(cat "$WORK/own-daemon")"
			else
				continue
			fi
			printf '%s\t%s %s\n' "$user" "$user" "$why"
		done
}

# Their lines of passwd(5): a directory's accounts are not in its file.
accounts_with_ids() {
	local name
	cut -d : -f 1 /etc/subuid 2>/dev/null | sort -u | while IFS= read -r name; do getent passwd -- "$name" || true; done
}

# Units of an administrator's that start a rootless daemon, as whichever user: for people. $1 what they have to name, or
# nothing.
units_of_rootless_daemons() {
	local dir file
	{
		[ ! -f /etc/systemd/user/docker.service ] || echo /etc/systemd/user/docker.service
		for dir in /etc/systemd /usr/local/lib/systemd; do
			files_with "^[^#;]*($ROOTLESS_DAEMONS)" "$dir"/system/*.service "$dir"/system/*.service.d/*.conf \
				"$dir"/user/*.service "$dir"/user/*.service.d/*.conf
		done
	} | sort -u | while IFS= read -r file; do
		[ -z "$1" ] || grep -qsF -- "$1" "$file" || continue
		printf '%s\n' "$file"
	done | paste -s -d ',' | sed 's/,/, /g' | printable
}

# The account's own unit, or that of an administrator's that it has enabled; nothing where it has none, and false where
# it does not say. Arguments as for own_daemons.
own_unit() {
	local unit units=$ACCOUNT_HOME/.config/systemd/user
	! is_unit_of_installation "$1" "$(resource_directory homefile "$units/docker.service")" || return 0
	# shellcheck disable=SC2016 # the inner shell expands it
	unit=$(as_account_within 5 sh -c 'for unit in "$1/docker.service" "$2/docker.service" \
				"$1/default.target.wants/docker.service" "$1"/*.service "$2"/*.service; do
			case ${unit##*/} in
			docker.service) [ -e "$unit" ] || continue ;;
			*) [ -f "$unit" ] && grep -qE "^ExecStart=.*($4)" "$unit" || continue ;;
			esac
			[ -z "$3" ] || grep -qsF -e "$3" "$unit" "$unit".d/*.conf || continue
			printf "%s\n" "$unit"
			exit
		done' sh "$units" "$ACCOUNT_HOME/.local/share/systemd/user" "$2" "$ROOTLESS_DAEMONS") || return
	[ -z "$unit" ] || shown_path "$(printf '%s\n' "$unit" | head -n 1)"
}

# True where an installation has it, and claims what it needs of the packages or has its engine from archives. $1 as
# for own_daemons, $2 the unit's resource.
is_unit_of_installation() {
	local lease claim
	! unclaimed "$2" || return 1
	[ "$1" = theirs ] || return 0
	for lease in $(installations_of "$2"); do
		for claim in "$STATE"/things/archive/*/claims/"$lease".*; do [ ! -e "$claim" ] || return 0; done
	done
	return 1
}

why_package_stays() {
	sed -n "s/^$(printf '%s' "${1%%:*}" | sed 's/[.+]/\\&/g') //p" "$WORK/packages.staying" 2>/dev/null |
		head -n 1 | grep . || printf 'others need it'
}

without_staying() {
	local name
	for name in "$@"; do
		grep -q "^$(printf '%s' "${name%%:*}" | sed 's/[.+]/\\&/g') " "$WORK/packages.staying" || printf '%s ' "$name"
	done
}

package_restored() { release_packages; }
