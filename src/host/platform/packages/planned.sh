# shellcheck shell=dash
# What an installation of packages is about to change, as it notes it in $STATE/packages.planned before
# it begins: each package or version that was asked for on a line; then for each package its name, the
# version that is there or -, a direction, the version that comes or -, and where from.

# What is in $WORK/planned, on the disk before it is done.
append_planned() {
	(umask 077 && cat "$WORK/planned" >>"$STATE/packages.planned")
	sync "$STATE/packages.planned" "$STATE"
}

# Of the packages on stdin (name and version), those that our runs brought: somebody else may have
# installed others meanwhile. One that was there is ours only where its version was asked for.
planned_packages() {
	[ -e "$STATE/packages.planned" ] || return 0
	awk -v before="$STATE/packages.before" -v planned="$STATE/packages.planned" '
		function plain(name) { sub(/:.*/, "", name); return name }
		FILENAME == before { if (NF == 2) there[$1] = 1; next }
		FILENAME == planned && NF == 1 { if (split($1, word, "=") == 2) asked[plain(word[1])] = 1; next }
		FILENAME == planned { if ($4 != "-") ours[$1] = 1; next }
		plain($1) in ours && (!($1 in there) || plain($1) in asked)
	' "$STATE/packages.before" "$STATE/packages.planned" -
}

# The version that our run has replaced, or -, or nothing where it has not installed it. $1 the
# package.
planned_from() {
	[ ! -e "$STATE/packages.planned" ] ||
		awk -v name="${1%%:*}" '$1 == name && NF > 3 && $4 != "-" { print $2; exit }' "$STATE/packages.planned"
}
