# shellcheck shell=dash
# A repository of packages: a file that names it, and one with the key that signs it, of kind keyring.

keyring_check() { path_check as_root "$@"; }

keyring_now() { path_now as_root "$@"; }

keyring_save() { save_path as_root "$@"; }

# A source that somebody has edited, or made, may name it.
keyring_restore() {
	if names_key_file "$1"; then
		say "$1 stays: a source of packages names it"
		return 10
	fi
	restore_path as_root "$@"
}

# A source that stayed for packages which are gone by now, and its key. $1 its name.
sweep_repository() {
	local source key SWEPT
	source=$(repository_file "$1")
	key=$(repository_key_file "$1")
	if [ -z "$(packages_of_source "$source")" ]; then sweep_resource file "$(resource_directory file "$source")"; fi
	if ! names_key_file "$key"; then sweep_resource keyring "$(resource_directory keyring "$key")"; fi
}

# One that somebody's own file names is used as it is: the package manager refuses two that name
# different keys. $1 its name, $2 its URL, $3 its suite, $4 the URL of the key, $5 the key's fingerprint.
want_repository() {
	local file
	file=$(repository_file "$1")
	if names_repository "$2" "$3" "$file"; then
		say "uses $2 as this machine names it already"
		leave_repository_to_others "$1" "$2" "$3"
		return 0
	fi
	read_repository_key "$@"
	repository_key_text <"$WORK/key" >"$WORK/key.text"
	want_file_as keyring "$(repository_key_file "$1")" 644 "$WORK/key.text"
	repository_entry "$1" "$2" "$3" >"$WORK/repository"
	cmp -s "$WORK/repository" "$file" || : >"$WORK/repository.new"
	want_file "$file" 644 "$WORK/repository"
	[ ! -e "$WORK/repository.new" ] || refresh_repository "$1"
}

# Somebody has named it since, perhaps with another key file, with which apt does nothing at all. The key goes at the
# end of the run. Another installation's file may name another mirror, and stays. $1 its name, $2 its URL, $3 its suite.
leave_repository_to_others() {
	local file dir
	file=$(repository_file "$1")
	dir=$(resource_directory file "$file")
	if [ ! -d "$dir/baseline" ] || is_theirs file "$dir"; then return 0; fi
	if [ "$(installations_of "$dir")" = "$LEASE" ]; then
		drop_claims file "$dir"
	else
		repository_entry "$1" "$2" "$3" >"$WORK/repository"
		! cmp -s "$WORK/repository" "$file" || restore_resource file "$dir"
	fi
}

# Into $WORK/key, from this machine or from where it comes: the bytes that were looked at, which nobody
# else reads in another way. A file with one more key in it would let that one sign, too.
read_repository_key() {
	local here found
	here=$(repository_key_file "$1")
	if [ -f "$here" ] && [ "$(key_fingerprints "$here")" = "$5" ]; then
		cat "$WORK/key.bytes" >"$WORK/key"
		return 0
	fi
	# What else this installation has brought may go for the engine's sake.
	# shellcheck disable=SC2046 # a package name, or none
	want_packages_of_option $(packages_of_url "$4")
	download_file "$4" "$WORK/key.there" ||
		fail "$4" "$(package_errors)" "the key of the repository" \
			"let this machine reach it, or name a mirror that it reaches in engine.mirror"
	found=$(key_fingerprints "$WORK/key.there" | paste -s -d ' ')
	[ "$found" = "$5" ] ||
		fail "$4" "the key ${found:-unknown}" "$5" \
			"see why it is another one; of a mirror with a key of its own, name that in engine.mirrorKey"
	cat "$WORK/key.bytes" >"$WORK/key"
}
