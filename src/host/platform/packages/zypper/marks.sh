# shellcheck shell=dash
# zypper: who has asked for a package, by the list that libzypp keeps of those that it has installed by itself, and
# the locks that somebody has put on some.

AUTO_INSTALLED=/var/lib/zypp/AutoInstalled

# "manual NAME" where somebody has asked for it, or rpm alone knows it; else "auto NAME"; and "hold NAME". A
# lock may be a pattern.
zypper_all_marks() {
	rpm -qa --qf '%{NAME}\n' | sort -u | awk -v list="$AUTO_INSTALLED" -v locks=/etc/zypp/locks '
		BEGIN {
			while ((getline line <list) > 0) auto[line]
			while ((getline line <locks) > 0) if (sub(/^solvable_name: */, "", line)) {
				gsub(/[.+]/, "[&]", line)
				gsub(/[*]/, ".*", line)
				gsub(/[?]/, ".", line)
				held[line]
			}
		}
		{
			print ($0 in auto ? "auto" : "manual"), $0
			for (pattern in held) if ($0 ~ "^(" pattern ")$") { print "hold", $0; break }
		}'
}

# $1 auto, manual or hold, then packages. zypper has no command that changes the list.
zypper_mark_as() {
	local mark=$1
	shift
	if [ "$mark" = hold ]; then
		run_zypper addlock "$@"
		return
	fi
	printf '%s\n' "$@" | sed '/^gpg-pubkey-/d' >"$WORK/marked"
	{
		if [ -e "$AUTO_INSTALLED" ]; then grep -vxFf "$WORK/marked" "$AUTO_INSTALLED" || true; fi
		[ "$mark" = manual ] || cat "$WORK/marked"
	} >"$WORK/auto-installed"
	cmp -s "$WORK/auto-installed" "$AUTO_INSTALLED" || write_path as_root "$AUTO_INSTALLED" 644 <"$WORK/auto-installed"
}

# libzypp strikes what it removes off its list before rpm begins, and so what is still there after a removal of ours that
# has failed or was killed. What was installed since is somebody's.
zypper_fix_marks() {
	local names
	[ -s "$STATE/packages.removing" ] || return 0
	# shellcheck disable=SC2046 # a list of package names
	names=$(rpm -q --qf '%{NAME} %{INSTALLTIME}\n' $(cat "$STATE/packages.removing") |
		awk -v removal="$(stat -c %Y "$STATE/packages.removing")" 'NF == 2 && $2 < removal { print $1 }')
	# shellcheck disable=SC2086 # a list of package names
	[ -z "$names" ] || zypper_mark_as auto $names
}

# Arguments: packages.
zypper_mark_as_ours() { zypper_mark_as auto "$@"; }
