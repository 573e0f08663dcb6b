# shellcheck shell=dash
# dnf at work, 4 and 5: how it is run, and what it says.

# dnf itself would wait for another one for ever. What nobody asked for by name stays away, and stays there.
run_dnf() {
	run_manager dnf_lock dnf -y --setopt=exit_on_lock=True --setopt=install_weak_deps=False \
		--setopt=clean_requirements_on_remove=False "$@"
}

# The words of dnf 4, of dnf 5 and of rpm, where one of these has found a lock taken.
dnf_lock() {
	grep -m 1 -E 'already locked by|Failed to obtain (the|rpm) .*lock|transaction lock on .* \(' "$WORK/manager.log" |
		printable
}

dnf_package_errors() {
	grep -E -e '^ *(-|Error|error:|E:|Problem|Curl error|curl:|Failed|Errors|No match|Unable|Public key|GPG)' \
		-e '^ *.*( is not signed|another copy)' "$WORK/manager.log" |
		tail -n 4 | tr '\n' ' '
}

dnf_refresh_lists() {
	say "refreshes the package lists"
	run_dnf makecache --refresh || fail "dnf makecache" "$(dnf_package_errors)" \
		"the package lists" "make the package sources of this host work, then run again"
}

# As dnf understands it: name=version is name-version there. Arguments: names, or name=version.
dnf_specs() {
	local wanted
	for wanted in "$@"; do
		case $wanted in
		*=*) printf '%s-%s ' "${wanted%%=*}" "$(without_epoch "${wanted#*=}")" ;;
		*) printf '%s ' "$wanted" ;;
		esac
	done
}

# dnf's words for a verb, and names.
dnf_words() {
	local verb=$1
	shift
	case $verb in
	install) printf 'install %s' "$(dnf_specs "$@")" ;;
	again) printf 'reinstall %s' "$(dnf_specs "$@")" ;;
	replace) printf 'install --allowerasing %s' "$(dnf_specs "$@")" ;;
	remove) printf 'remove %s' "$*" ;;
	esac
}

# Arguments: a verb, and names.
dnf_transaction() {
	# shellcheck disable=SC2046 # words
	run_dnf $(dnf_words "$@")
}

# dnf prints a long name on a line of its own, and what a package takes the place of below it.
dnf_plan() {
	# shellcheck disable=SC2046 # words
	run_dnf --assumeno $(dnf_words "$@") || true
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
		}' "$WORK/manager.log" >"$WORK/transaction"
}
