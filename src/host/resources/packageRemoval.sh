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
# of it, it was marked as manual after we marked it, or it is recommended by a package that came
# later, or that stays itself, as does what the manager keeps since one that stays depends on it. What this
# package has brought itself recommends nothing: it was installed without.
staying_packages() {
	local name
	: >"$WORK/packages.ours"
	packages_brought_here >"$WORK/packages.brought"
	for name in "$@"; do
		[ ! -e "$(resource_directory package "$name")/auto" ] &&
			[ ! -e "$(resource_directory package "$name")/theirs" ] || echo "$name" >>"$WORK/packages.ours"
	done
	{
		packages_of_programs
		packages_of_stopped_units
		packages_of_used_units
	} >"$WORK/packages.used"
	all_marks | sed -n 's/^manual //p; s/^hold //p' >"$WORK/packages.wished"
	package_relations "$@" |
		awk -F '\t' -v ours="$WORK/packages.ours" -v manual="$WORK/packages.wished" \
			-v first="$STATE/packages.first" -v brought="$WORK/packages.brought" -v used="$WORK/packages.used" -v names="$*" '
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

package_restored() { release_packages; }
