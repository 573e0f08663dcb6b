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
# different keys. $1 its name, $2 its URL, $3 its suite. $WORK/key is the key that signs it.
want_repository() {
	local file
	file=$(repository_file "$1")
	if names_repository "$2" "$3" "$file"; then
		say "uses $2 as this machine names it already"
		leave_repository_to_others "$1" "$2" "$3"
		return 0
	fi
	repository_entry "$1" "$2" "$3" >"$WORK/repository"
	cmp -s "$WORK/repository" "$file" || {
		: >"$WORK/repository.new"
		# What else this installation has brought may go for the engine's sake.
		# shellcheck disable=SC2046 # a package name, or none
		want_packages_of_option $(packages_of_url "$2")
	}
	want_file_as keyring "$(repository_key_file "$1")" 644 "$WORK/key"
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
