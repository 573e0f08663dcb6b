# shellcheck shell=dash
# A daemon that somebody has made by hand before, with dockerd-rootless-setuptool.sh: it goes on as
# it is, or there is one error that names what it is told and would not be. Its files come back at
# destroy, as any others.

# Members of daemon.json that hide nothing, open nothing and limit nothing, or that this program has
# a word in.
LOSABLE_MEMBERS='debug|experimental|features|hosts|ip6tables|iptables|log-format|log-level|mtu'
LOSABLE_MEMBERS="$LOSABLE_MEMBERS|pidfile|raw-logs|rootless|userland-proxy|userland-proxy-path"

# Before anything is changed.
adopt_earlier_daemon() {
	local earlier=$WORK/earlier told
	[ -s "$earlier/docker.service" ] || return 0
	! grep -q '^# Managed by rootless-docker' "$earlier/docker.service" || return 0
	told=$(what_earlier_daemon_is_told | paste -s -d ';' | sed 's/;/, and /g')
	[ -z "$told" ] || fail "docker.service of $ACCOUNT" "a daemon of its own, with $told" \
		"nothing but what the program says of it" \
		"say in the program what it is to go on with (daemon, environment, network, \
storageDriver), take the rest out of its files, restart it, and run again"
	# It starts again at the end.
	[ -e "$STATE/leases/$LEASE/earlier-daemon" ] || ! daemon_is_up ||
		write_record "$STATE/leases/$LEASE/earlier-daemon" </dev/null
}

# A line for each of its files that says more than the program, with names and no values.
what_earlier_daemon_is_told() {
	local earlier=$WORK/earlier names
	if grep -q '[^[:space:]]' "$earlier/daemon.json"; then
		json_members <"$earlier/daemon.json" >"$WORK/theirs" ||
			echo 'a daemon.json that is no plain JSON object'
		json_members <"$WORK/new/daemon.json" >"$WORK/ours"
		names=$(grep -vxFf "$WORK/ours" "$WORK/theirs" | cut -f 1 |
			grep -vxE "$LOSABLE_MEMBERS" | names_of_others)
		[ -z "$names" ] || echo "$names in its daemon.json"
	fi
	names=$(sed -n 's/^[[:blank:]]*\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' "$earlier/environment" |
		names_of_others)
	[ -z "$names" ] || echo "$names in ~/.config/docker/environment"
	names=$(sed -nE -e '/^Environment="?PATH=[^=]*$/d' \
		-e 's/^[[:blank:]]*(Environment(File)?)[[:blank:]]*=.*/\1/p' "$earlier/docker.service" |
		names_of_others)
	[ -z "$names" ] || echo "$names in its unit"
	# Its option --skip-iptables ends as that flag.
	grep -qxE 'ExecStart=/[^$ ]*/dockerd-rootless[.]sh[[:blank:]]*(--iptables=false)?' \
		"$earlier/docker.service" ||
		echo "another ExecStart than dockerd-rootless.sh alone in its unit"
	# The engine finds data of other drivers by itself.
	if [ "$(cat "$WORK/drivers")" = vfs ] && ! has daemon.json/storage-driver; then
		echo "images that the storage driver vfs keeps"
	fi
}

# Names on stdin, as people may see them: ten at most. The account may have put anything there.
names_of_others() {
	grep -xE '[A-Za-z0-9_.-]{1,40}' | sort -u | awk '
		NR <= 10 { printf "%s%s", NR == 1 ? "" : ", ", $0 }
		END { if (NR > 10) printf " and %d more", NR - 10 }'
}
