# shellcheck shell=dash
# Packages that nobody claims any more, in one dpkg run.

# One dpkg run for all packages whose last claim is going, when the first of them has its turn.
# dpkg, not apt: it removes only what is named, and leaves what a package of somebody else depends
# on.
package_restore_together() {
	local order dir name names='' removed='' purged='' running
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
		staying_packages $names $removed
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
	# shellcheck disable=SC2086 # lists of package names
	{
		say "removes $(printf '%s\n' $names $removed | wc -l) packages"
		finish_unpacking '..R' $names $removed
		if [ -n "$removed" ]; then
			# Together: either kind may depend on the other.
			run_dpkg --remove $names $removed
			note_removed '[^nc]' $removed
		fi
		[ -z "$names" ] || purge_packages $names
	}
	run_pending_triggers
	# shellcheck disable=SC2086 # a list of units
	start_theirs_again $running
}

# Writes down which of the arguments somebody else wants, with the reason: somebody runs a program
# of it, it was marked as manual after we marked it, or it is recommended by a package that came
# later, or that stays itself, as does what dpkg keeps since one that stays depends on it.
staying_packages() {
	local name
	: >"$WORK/packages.ours"
	for name in "$@"; do
		[ ! -e "$(resource_directory package "$name")/auto" ] &&
			[ ! -e "$(resource_directory package "$name")/theirs" ] || echo "$name" >>"$WORK/packages.ours"
	done
	{
		packages_of_programs
		packages_of_stopped_units
	} >"$WORK/packages.used"
	all_marks | sed -n 's/^manual //p; s/^hold //p' >"$WORK/packages.wished"
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Provides}\t${Recommends}\t${Depends}, ${Pre-Depends}\n' |
		awk -F '\t' -v ours="$WORK/packages.ours" -v manual="$WORK/packages.wished" \
			-v first="$STATE/packages.first" -v used="$WORK/packages.used" -v names="$*" '
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
				while ((getline <ours) > 0) marked[plain($0)]
				while ((getline <used) > 0)
					if ($1 in going) stay($1, ($3 == "" ? "root" : $3) " runs its " $2)
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

why_package_stays() {
	sed -n "s/^$(printf '%s' "${1%%:*}" | sed 's/[.+]/\\&/g') //p" "$WORK/packages.staying" 2>/dev/null |
		grep . || printf 'others need it'
}

without_staying() {
	local name
	for name in "$@"; do
		grep -q "^$(printf '%s' "${name%%:*}" | sed 's/[.+]/\\&/g') " "$WORK/packages.staying" || printf '%s ' "$name"
	done
}

# docker.io takes /var/lib/docker along when purged, by a script that its removal puts there: but
# what is there is not ours, whose root daemon never ran.
purge_packages() {
	case " $* " in
	*' docker.io '*)
		if [ -d /var/lib/docker ]; then
			run_dpkg --remove "$@"
			rm -f /var/lib/docker/nuke-graph-directory.sh
			# Not removed, it would put the script there again when purged.
			if installed_packages | grep -q '^docker\.io '; then
				note_removed '[^nc]' docker.io
				# shellcheck disable=SC2046 # a list of package names
				set -- $(printf '%s\n' "$@" | grep -vxF docker.io || true)
			fi
		fi
		;;
	esac
	[ $# -gt 0 ] || return 0
	run_dpkg --purge "$@"
	note_removed '[^n]' "$@"
}

# Tells which packages are gone. Those that others depend on may stay; package_restore looks at
# each. $1 dpkg's states of those that are still there, then names.
note_removed() {
	local state=$1 name gone='' left=''
	shift
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package} \n' | sed -n "s/^.$state. *//p" | tr -d ' ' >"$WORK/packages.left"
	for name in "$@"; do
		if grep -qxF -- "$name" "$WORK/packages.left"; then left="$left $name"; else gone="$gone $name"; fi
	done
	[ -z "$gone" ] || changed "packages removed:$gone"
	if [ -z "$left" ] || grep -q 'dependency problems' "$WORK/dpkg.log"; then return 0; fi
	fail "packages$left" \
		"dpkg does not remove them: $(grep -vE '^(\(Reading|Removing|Purging|Processing)' "$WORK/dpkg.log" | tail -n 4 | tr '\n' ' ')" \
		"them gone" "fix what dpkg says, then run again"
}

package_restored() { release_packages; }
