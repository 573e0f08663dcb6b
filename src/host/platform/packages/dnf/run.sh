# shellcheck shell=dash
# dnf at work, 4 and 5: how it is run, and what it says.

# Says how it ended in $WORK/dnf.log. Another dnf at work is waited for, 5 minutes at most; dnf itself
# would wait for ever. What nobody asked for by name stays away, and stays there.
run_dnf() {
	local tries=0 status
	while :; do
		status=0
		LC_ALL=C dnf -y --setopt=exit_on_lock=True --setopt=install_weak_deps=False \
			--setopt=clean_requirements_on_remove=False "$@" >"$WORK/dnf.log" 2>&1 </dev/null || status=$?
		if [ "$status" = 0 ] || [ -z "$(dnf_lock)" ]; then return "$status"; fi
		tries=$((tries + 1))
		[ "$tries" != 1 ] || say "waits for another package manager, 5 minutes at most: $(dnf_lock)"
		[ "$tries" -le 300 ] ||
			fail "dnf" "another package manager at work for 5 minutes: $(dnf_lock)" \
				"it free" "let the other installation end, then run again"
		sleep 1
	done
}

# The words of dnf 4, of dnf 5 and of rpm, where one of these has found a lock taken.
dnf_lock() {
	grep -m 1 -E 'already locked by|Failed to obtain (the|rpm) .*lock|transaction lock on .* \(' "$WORK/dnf.log" |
		printable
}

dnf_package_errors() {
	grep -E -e '^ *(-|Error|error:|E:|Problem|Curl error|curl:|Failed|Errors|No match|Unable|Public key|GPG)' \
		-e '^ *.*( is not signed|another copy)' "$WORK/dnf.log" |
		tail -n 4 | tr '\n' ' '
}

dnf_refresh_lists() {
	say "refreshes the package lists"
	run_dnf makecache --refresh || fail "dnf makecache" "$(dnf_package_errors)" \
		"the package lists" "make the package sources of this host work, then run again"
}

# What dnf would do, in $WORK/transaction: a direction (Installing, Upgrading, Downgrading, Removing), a
# name and a version on each line. dnf prints a long name on a line of its own, and what a package
# takes the place of below it. Arguments: the command.
plan_transaction() {
	run_dnf --assumeno "$@" || true
	awk '
		function plain(name) { sub(/\.(noarch|i[3-6]86|x86_64|aarch64)$/, "", name); return name }
		/^[^ ].*:$/ { section = $1; sub(/:$/, "", section); next }
		/^Transaction Summary/ { section = "" }
		section !~ /^(Installing|Upgrading|Downgrading|Removing)$/ { next }
		$1 == "replacing" { if (plain($2) != last) print "Removing", plain($2), $NF; next }
		NF == 1 && !/^=/ { name = $1; next }
		NF > 3 && /^ / {
			if (name == "") { name = $1; version = $3 } else version = $2
			last = name
			print section, name, version
			name = ""
		}' "$WORK/dnf.log" >"$WORK/transaction"
}

# $1 the unit.
dnf_enable_unit_of_package() { systemctl -q enable "$1" 2>/dev/null || true; }

# dnf runs nothing after its work without a plugin.
dnf_after_packages_file() { :; }

dnf_after_packages() { :; }
