# shellcheck shell=dash
# Directives of the document for the daemon's unit.

# They count more than the unit's own, which are above. Each value of several is a line. $1 the section.
compose_directives() {
	local file name head="
[$1]"
	for file in "$DOC/text/docker.service/$1".*; do
		[ -e "$file" ] || continue
		name=${file##*/"$1".}
		[ -z "$head" ] || printf '%s\n' "$head"
		head=''
		{
			cat "$file"
			echo
		} | sed "s/^/$name=/"
	done
}

# What systemd does not know in a unit, or does not take, it ignores. Here that is an error, before the unit is written.
# Nothing of the account's is read for it: root's systemd-analyze has this one file, and then misses all others.
validate_unit() {
	local place=$WORK/unit.d directive found status=0
	[ -n "$(ls "$DOC/text/docker.service")" ] || return 0
	mkdir -p "$place"
	cp "$WORK/docker.service" "$place"
	# It looks at programs that the unit names, which may be where the account has mounted something.
	env -i PATH="$PATH" HOME=/root LC_ALL=C XDG_RUNTIME_DIR="$place" SYSTEMD_UNIT_PATH="$place" timeout -k 5 20 \
		systemd-analyze --user --man=no verify "$place/docker.service" >"$WORK/said" 2>&1 || status=$?
	[ "$status" -le 1 ] ||
		fail "docker.service" "that systemd-analyze does not say what is wrong in it (exit code $status)" \
			"its answer within 20 seconds" "see what 'systemd-analyze verify' says, or take back unitOverrides"
	# One that works, and has a newer name.
	grep -vE ' (instead\.|obsolete|deprecated)' "$WORK/said" |
		sed -n "s|^$place/docker\.service:\([0-9]*\): \([A-Za-z]*\).*|\1 \2|p" |
		awk '
			FNR == NR { words[$1] = $2; next }
			/^\[/ { section = substr($0, 2, length($0) - 2) }
			FNR in words { sub(/=.*/, ""); print section "." $0, words[FNR] }' - "$WORK/docker.service" |
		sort -u >"$WORK/unit.said"
	while read -r directive found; do
		has "docker.service/$directive" || continue
		# The value is not said: others may read what an "up" says.
		case $found in
		Unknown) found="that systemd $(systemd_version) does not know it" ;;
		*) found="that systemd $(systemd_version) does not take its value" ;;
		esac
		problem "docker.service/$directive" "$found" "a directive as systemd.unit(5) has it" \
			"correct $directive in unitOverrides"
	done <"$WORK/unit.said"
	stop_on_problems
}

systemd_version() { systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p'; }
