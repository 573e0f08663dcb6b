# shellcheck shell=dash
# apt: who has asked for a package.

# Which packages apt has installed by itself. apt writes it anew before dpkg begins, and does not
# sync it.
MARKS=/var/lib/apt/extended_states

# Who wants what is there: "auto NAME" where apt has installed it by itself, else "manual NAME", and
# "hold NAME". What apt-mark shows, which needs half a second for each.
apt_all_marks() {
	local native
	native=$(dpkg --print-architecture)
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Architecture}\n' |
		awk -F '\t' -v marks="$MARKS" -v native="$native" '
			function note() { if (said["Auto-Installed"] == 1) auto[said["Package"], said["Architecture"]]; delete said }
			BEGIN {
				while ((getline line <marks) > 0)
					if (split(line, part, ": ") == 2) said[part[1]] = part[2]
					else note()
				note()
			}
			$1 ~ /^h/ { print "hold " $2 }
			$1 ~ /^.[^nc]/ { print (($2, $3 == "all" ? native : $3) in auto ? "auto " : "manual ") $2 }'
}

# $1 auto, manual or hold, then packages.
apt_mark_as() {
	local status=0
	keep_marks
	apt-mark "$@" >"$WORK/apt.log" 2>&1 || status=$?
	keep_marks
	return "$status"
}

# As what this package has brought. Arguments: packages.
apt_mark_as_ours() { apt_mark_as auto "$@"; }

# $STATE/packages.states is a copy of it, from before or after the last apt of ours.
keep_marks() {
	[ -s "$MARKS" ] || return 0
	sync "$MARKS"
	sync_directories "${MARKS%/*}"
	write_record "$STATE/packages.states" <"$MARKS"
}

# Puts them back where a power cut has left the file empty: all packages would be wanted by
# somebody. What an interrupted installation of ours was about to bring was marked so, too.
apt_fix_marks() {
	[ -e "$MARKS" ] && [ ! -s "$MARKS" ] && [ -s "$STATE/packages.states" ] || return 0
	{
		cat "$STATE/packages.states"
		[ ! -e "$STATE/packages.planned" ] || marks_of_planned
	} | write_path as_root "$MARKS" 644
	say "$MARKS was empty, as a power cut leaves it: it is again as it was at the last run"
}

# A package of all architectures has the machine's own one there.
marks_of_planned() {
	local native
	native=$(dpkg --print-architecture)
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Architecture}\n' | sed -n 's/^.[^nc]. *//p' |
		awk -v planned="$STATE/packages.planned" -v native="$native" '
			BEGIN { while ((getline line <planned) > 0)
				if (split(line, word, " ") > 3 && word[2] == "-") { sub(/:.*/, "", word[1]); ours[word[1]] } }
			$1 in ours {
				print "Package: " $1 "\nArchitecture: " ($2 == "all" ? native : $2) "\nAuto-Installed: 1\n"
			}'
}
