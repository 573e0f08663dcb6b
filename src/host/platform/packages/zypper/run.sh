# shellcheck shell=dash
# zypper at work: how it is run, and what it says.

# What it only informs of is no failure: 100 to 103, and 107, that a package's own script has failed. Of 106, that
# it has left a repository out, it is seen by what is there afterwards.
run_zypper() {
	local status=0
	run_manager zypper_lock zypper -n "$@" || status=$?
	case $status in
	10[0-3] | 107) return 0 ;;
	*) return "$status" ;;
	esac
}

zypper_lock() { grep -m 1 'System management is locked' "$WORK/manager.log" | plain_words | printable; }

# Without the marks of zypper's XML.
plain_words() { sed "s/<[^>]*>//g; s/&apos;/'/g; s/&quot;/\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g"; }

zypper_package_errors() {
	plain_words <"$WORK/manager.log" |
		grep -E -e '^ *(Error|Problem|Curl error|curl:|Failed|No provider|Subprocess failed|This is a transactional)' \
			-e 'Failed to retrieve|verification failed|nothing provides|Skipping repository|Signing Key|^error:|conflict' |
		sed 's/^ *- //; s/^ *//' | awk '!seen[$0]++' | tail -n 4 | tr '\n' ' '
}

zypper_refresh_lists() {
	say "refreshes the package lists"
	run_zypper refresh || fail "zypper refresh" "$(zypper_package_errors)" \
		"the package lists" "make the package sources of this host work, then run again"
}

# zypper's words for a verb, and names. It knows name=version as this package has it.
zypper_words() {
	local verb=$1
	shift
	case $verb in
	install) printf 'install --no-recommends --oldpackage %s' "$*" ;;
	replace) printf 'install --no-recommends --oldpackage --force-resolution %s' "$*" ;;
	again) printf 'install --no-recommends --force %s' "$*" ;;
	remove) printf 'remove --no-clean-deps %s' "$*" ;;
	esac
}

# Arguments: a verb, and names.
zypper_transaction() {
	local status=0
	# shellcheck disable=SC2046 # words
	run_zypper $(zypper_words "$@") || status=$?
	[ "$status" = 106 ] || return "$status"
	[ "$1" = remove ] || { shift && [ -z "$(rpm_missing_packages "$@")" ]; }
}

# It asks what to do about a conflict, and does nothing where nobody answers.
zypper_plan() {
	# shellcheck disable=SC2046 # words
	run_zypper --xmlout $(zypper_words "$@" | sed 's/ / --dry-run /') || true
	awk '
		function value(name,   text) {
			text = $0
			if (!sub(".* " name "=\"", "", text)) return ""
			sub(/".*/, "", text)
			return text
		}
		/^<to-/ {
			section = ""
			if (/^<to-(install|reinstall)>/) section = "Installing"
			if (/^<to-upgrade/) section = "Upgrading"
			if (/^<to-downgrade/) section = "Downgrading"
			if (/^<to-remove/) section = "Removing"
			next
		}
		/^<solvable type="package"/ && section != "" { print section, value("name"), value("edition") }
	' "$WORK/manager.log" >"$WORK/transaction"
}
