# shellcheck shell=dash
# Kind filecap: a program's file capability.

filecap_check() {
	setcap -v "$2" "$1" >/dev/null 2>&1 || capability_of "$1" | grep . || echo 'no file capability'
}

filecap_save() { capability_of "$1" >"$2/capability"; }

# Older getcaps print + for =.
filecap_now() {
	local now
	now=$(capability_of "$1")
	[ "$now" = "$(cat "$2/capability" 2>/dev/null)" ] || printf '%s\n' "$now" | tr + =
}

filecap_restore() {
	[ -e "$1" ] || return 0
	[ -e "$2/capability" ] || fail "$2" "no record of the capability of $1" "it to be there" \
		"set the capability by hand, remove ${2%/*}, then run again"
	if [ -s "$2/capability" ]; then
		setcap "$(cat "$2/capability")" "$1"
	elif [ -n "$(getcap "$1")" ]; then
		setcap -r "$1"
	else
		return 0
	fi
	changed "$1: file capability restored"
}

# What takes the place of a program of this installation's may what that one may. $1 the new one.
carry_capability() {
	local claim dir
	for claim in "$STATE"/things/filecap/*/claims/"$LEASE".*; do
		dir=${claim%/claims/*}
		if [ ! -s "$claim" ] || [ "$(resource_name "$dir")" = "$1" ]; then continue; fi
		copy_claim filecap "$1" "$claim"
		setcap "$(tail -n +2 "$claim")" "$1"
	done
}

# The hook that sets it again after an upgrade of a package, where a package has the program now. $1 the program.
carry_hook() {
	local claim hook value
	hook=$(after_packages_file)
	for claim in "$(resource_directory filecap "$1")/claims/$LEASE".*; do
		if [ ! -s "$claim" ] || ! needs_hook "$1" ||
			[ -e "$(resource_directory file "$hook")/claims/${claim##*/}" ]; then continue; fi
		value=$(tail -n +2 "$claim")
		write_hook "$1" "$value"
		{
			head -n 1 "$claim"
			printf '644 %s\n' "$(sha256sum <"$WORK/after-packages" | cut -c 1-64)"
		} >"$WORK/${claim##*/}"
		copy_claim file "$hook" "$WORK/${claim##*/}"
		write_path as_root "$hook" 644 <"$WORK/after-packages"
	done
}

needs_hook() { [ -n "$(after_packages_file)" ] && [ -n "$(printf '%s\n' "$1" | packages_of_files)" ]; }

# $1 the program, $2 its capability.
write_hook() { after_packages "if [ -x $1 ]; then setcap $2 $1 || true; fi" >"$WORK/after-packages"; }

# No other program may it for this installation, nor after an upgrade of a package. $1 the one that may.
keep_only_capability() {
	local claim dir
	for claim in "$STATE"/things/filecap/*/claims/"$LEASE".*; do
		dir=${claim%/claims/*}
		if [ ! -e "$claim" ] || [ "$(resource_name "$dir")" = "$1" ]; then continue; fi
		drop_claims filecap "$dir"
		[ -z "$(after_packages_file)" ] || drop_claims file "$(resource_directory file "$(after_packages_file)")"
	done
}

# An upgrade of a package replaces the file and loses the capability: it is set again after that.
want_capability() {
	want_packages "$(package_name libcap2-bin)"
	want filecap "$1" "$2"
	if ! setcap -v "$2" "$1" >/dev/null 2>&1; then
		setcap "$2" "$1"
		changed "$1: $2"
	fi
	needs_hook "$1" || return 0
	write_hook "$1" "$2"
	want_file "$(after_packages_file)" 644 "$WORK/after-packages"
}
