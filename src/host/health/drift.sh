# shellcheck shell=dash
# Drift: what this package put there and is not so any more, of every kind of resource, by KIND_check NAME WANTED
# BASELINE, which prints what is there instead. For the doctor alone, since an "up" fixes what its own steps
# find, and no more. The record is root's to read.

drift_checks() {
	local lease claim before
	[ -r "$STATE/leases" ] || return 0
	before=$(wc -l <"$WORK/findings")
	for lease in $(current_leases_of "$ACCOUNT"); do
		for claim in "$STATE"/things/*/*/claims/"$lease".*; do
			[ ! -e "$claim" ] || drift_check "${claim%/claims/*}" "$(tail -n +2 "$claim")"
		done
	done
	[ "$before" != "$(wc -l <"$WORK/findings")" ] || fine drift "none of what this package set"
}

# $1 the resource's directory, $2 the wanted value.
drift_check() {
	local kind name about found
	kind=${1%/*}
	kind=${kind##*/}
	name=$(resource_name "$1")
	about=$(drift_title "$kind" "$name")
	# Said already, and why it matters.
	! grep -qF "problem$SEPARATOR$about$SEPARATOR" "$WORK/findings" || return 0
	found=$("${kind}_check" "$name" "$2" "$1/baseline")
	[ -z "$found" ] || problem "$about" "$found" "$(drift_wanted "$kind" "$2")" \
		"$(drift_fix "$kind" "$name" "$2")"
}

# What people know it by. $1 kind, $2 name: of a key, whose options may be secret, not the line.
drift_title() {
	case $1 in
	userdaemon | userunit) printf 'docker.service of %s' "$2" ;;
	usertimer) printf 'docker-prune.timer of %s' "$2" ;;
	authorizedkey | keyfile) printf 'authorized_keys of %s' "$ACCOUNT" ;;
	secretvalues) printf 'secret values' ;;
	registrylogin) printf 'login of %s to %s' "${2%%:*}" "${2#*:}" ;;
	currentcontext) printf 'docker of %s' "$2" ;;
	delegation) printf 'control groups of %s' "$2" ;;
	subuid | subgid) printf 'subordinate %ss' "${1#sub}" ;;
	linger) printf linger ;;
	account | group | package | mask | rootunits) printf '%s %s' "$1" "$2" ;;
	*) printf '%s' "$2" ;;
	esac
}

# $1 kind, $2 the wanted value.
drift_wanted() {
	case $1-$2 in
	usertimer-*) printf active ;;
	registrylogin-*) printf 'the one of registryAuth' ;;
	*file-[0-7]*' '*) printf 'the file as this package wrote it' ;;
	*file-/*) printf 'a link to %s' "$2" ;;
	*) printf '%s' "$2" ;;
	esac
}

# $1 kind, $2 name, $3 the wanted value.
drift_fix() {
	case $1 in
	sysctl) printf "run 'sysctl -w %s=\"%s\"', or " "$2" "$3" ;;
	filecap) printf "run 'setcap %s %s' and restart the daemon, or " "$3" "$2" ;;
	esac
	printf 'run pulumi up with a new value of recheck, which puts it back'
}
