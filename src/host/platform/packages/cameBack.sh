# shellcheck shell=dash
# Files of removed packages that a power cut brings back: on Btrfs the manager's record of a removal can be on the disk
# before the removal itself.

# Written down before packages are removed, with the boot: type, inode, size and time of each file, a tab, and its path.
# Arguments: names.
note_files_of_packages() {
	{
		cat "$STATE/packages.files" 2>/dev/null || boot_id
		files_to_go "$@" | cut -f 2 | sort -u | states_of_files
	} | sort -u | write_record "$STATE/packages.files"
}

# Of paths on stdin, those that are there.
states_of_files() {
	# shellcheck disable=SC2016 # the inner shell expands them
	tr '\n' '\0' | xargs -0 -r sh -c '
		find "$@" -maxdepth 0 -type d -printf "d\t%p\n" -o -printf "%y %i %s %T@\t%p\n"' sh 2>/dev/null || true
}

# Those that no package has any more, and that are the same, after another boot.
remove_what_came_back() {
	local file
	if [ ! -s "$STATE/packages.files" ] || grep -qxF "$(boot_id)" "$STATE/packages.files"; then return 0; fi
	cut -s -f 2 "$STATE/packages.files" | states_of_files | sort | comm -12 - "$STATE/packages.files" |
		cut -f 2 >"$WORK/files-there"
	[ -s "$WORK/files-there" ] || return 0
	packages_of_files <"$WORK/files-there" | cut -f 2 >"$WORK/files-of-packages"
	grep -vxFf "$WORK/files-of-packages" "$WORK/files-there" | sort -r >"$WORK/files-back" || return 0
	while IFS= read -r file; do
		if [ -d "$file" ] && [ ! -h "$file" ]; then rmdir "$file" 2>/dev/null || continue; else rm "$file"; fi
		printf '%s\n' "$file"
	done <"$WORK/files-back" >"$WORK/files-removed"
	[ -s "$WORK/files-removed" ] || return 0
	changed "files of removed packages, which a power cut had brought back, removed"
	ldconfig
	take_back_settings_of_files <"$WORK/files-removed"
}

forget_files_of_packages() { rm -f "$STATE/packages.files"; }
