# shellcheck shell=dash
# How data go: by the account as far as it can, and by root in a place where only root leads.

# As the account, in a user namespace of its own where its subordinate ids are its too: as root, a
# link on the way there would lead anywhere. The directory itself may be root's to remove.
remove_data() {
	local path
	for path in "$@"; do stop_where_mounted_below "$path"; done
	remove_in_rootlesskit "$@" >"$WORK/error" 2>&1 || true
	for path in "$@"; do remove_what_is_left "$path"; done
}

remove_what_is_left() {
	leads_somewhere "$1" || return 0
	rm -f "$WORK/others-files"
	if only_root_leads_to "$1"; then
		remove_out_of_reach as_root "$1" "$(place_beside "$1")"
	elif only_root_leads_to "$ACCOUNT_HOME" &&
		# Elsewhere it would be a copy.
		[ "$(as_account stat -c %d "$1")" = "$(stat -c %d "$(dirname "$ACCOUNT_HOME")")" ]; then
		remove_out_of_reach as_account "$1" "$(place_beside "$ACCOUNT_HOME")"
	fi
	if ! leads_somewhere "$1" || [ -s "$WORK/others-files" ]; then return 0; fi
	fail "$1" "data that the account cannot remove ($(tail -n 1 "$WORK/error"))" "them gone" \
		"remove them by hand, then run again"
}

# Without its ids, whose lines somebody may have removed, the account cannot remove what belongs to
# them. But it can move the directory to where root removes it, and where no link of its own leads
# anywhere. What others have in there it may have moved into it: then all of it goes back. $1
# as_root or as_account, $2 path, $3 a directory that is made for it where only root can make one.
remove_out_of_reach() {
	local stays=$2
	note_place "$3"
	mkdir -m 700 "$3"
	[ "$1" = as_root ] || chown "$ACCOUNT_UID:$ACCOUNT_GID" "$3"
	"$1" mv -T "$2" "$3/data" 2>>"$WORK/error" || true
	remove_place "$3"
	[ -e "$3" ] || return 0
	if [ ! -e "$WORK/sealed" ]; then
		[ "$1" = as_root ] || chown -h "$ACCOUNT_UID:$ACCOUNT_GID" "$3"
		"$1" mv -nT "$3/data" "$2" 2>>"$WORK/error" || true
		rmdir "$3" 2>/dev/null || true
	fi
	if [ -e "$3" ]; then stays=$3; else sed -i 's/\(^\|; \)data\//\1/g' "$WORK/others-files"; fi
	say_others_files "$stays"
}

# Where root removes what lay below a path: nobody else has a name like it. $1 the path.
place_beside() {
	printf '%s/.rootless-docker-%s' "$(dirname "$1")" "$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')"
}

# $1 the directory.
note_place() {
	{
		cat "$(places_file "$ACCOUNT")" 2>/dev/null || true
		printf '%s\n' "$1"
	} | write_record "$(places_file "$ACCOUNT")"
}

# Removes such a directory, or notes the files of others in it. $1 the directory.
remove_place() {
	: >"$WORK/others-files"
	rm -f "$WORK/sealed"
	if [ ! -d "$1" ] || ! only_root_leads_to "$1"; then return 0; fi
	chown -h 0:0 "$1"
	remove_own_tree "$1" || true
}

# $1 where they are.
say_others_files() {
	say "$1 stays: others have files there ($(printable <"$WORK/others-files"))." \
		"Give these to whom they belong, then remove it by hand"
}

# Of a run that was killed, too: its data root is not where it was.
remove_what_was_moved() {
	local place
	[ -n "$(left_places "$ACCOUNT")" ] || return 0
	! retains_data || {
		say_left_places
		return 0
	}
	while IFS= read -r place <&5; do
		[ ! -d "$place" ] || say "removes what an interrupted destroy moved to $place"
		remove_place "$place"
		[ ! -s "$WORK/others-files" ] || say_others_files "$place"
		[ ! -d "$place" ] || printf '%s\n' "$place"
	done 5<"$(places_file "$ACCOUNT")" >"$WORK/places.left"
	write_record "$(places_file "$ACCOUNT")" <"$WORK/places.left"
}

# What is there under no setting that removes it.
say_left_places() {
	local place
	left_places "$ACCOUNT" | while IFS= read -r place; do
		say "$place stays: data that an interrupted destroy moved there. onDestroy.data: Delete removes them"
	done
}

# What a power failure has left of a trial of a storage driver, with the kernel's own directory of mode 0; what is at
# work elsewhere, as for a preview, is locked. $1 the directory.
clear_trials() {
	# shellcheck disable=SC2016 # the inner shells expand them
	on_behalf sh -c 'for left in "$1"/.rootless-docker-trial.??????; do
		[ -h "$left" ] || [ ! -d "$left" ] || flock -n "$left" sh -c "chmod -R u+rwx \"\$1\"; rm -rf \"\$1\"" sh "$left"
	done' sh "$1" 2>/dev/null || true
}
