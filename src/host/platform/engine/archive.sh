# shellcheck shell=dash
# The engine of Docker's static archives, in a directory of root's for each version.
# https://docs.docker.com/engine/install/binaries/
#
# $ENGINES/docker-VERSION-SUM    what the archives hold; the sum is of theirs
# $ENGINES/LEASE                 which of them an installation uses: a link, so that its path stays the same
# $ENGINES/docker                the CLI of one of them

ENGINES=/usr/local/lib/rootless-docker

# Of the document's version and sums.
archive_directory() {
	printf '%s/docker-%s-%s' "$ENGINES" "$(doc version)" \
		"$(printf '%s' "$(doc archive.engine) $(doc archive.rootless-extras)" | sha256sum | cut -c 1-12)"
}

# An installation's own engine comes first on PATH, where it has one. Root runs what it finds there. $1
# the installation.
use_engine_of() {
	PATH=$SYSTEM_PATH
	# A link that somebody else uses outlives its claim. Others than root cannot read claims.
	if [ -r "$STATE/things" ] && unclaimed "$(resource_directory link "$ENGINES/$1")"; then return 0; fi
	if [ -d "$ENGINES/$1" ] && is_roots_own "$ENGINES/$1/dockerd"; then PATH=$ENGINES/$1:$PATH; fi
}

# What was unpacked into a directory, a line each: size, time, name. $1 the directory.
archive_record() { printf '%s/files' "$(resource_directory archive "$1")"; }

# What of it is there. $1 the directory.
archive_files() { find "$1" -mindepth 1 -maxdepth 1 -type f -printf '%s %T@ %f\n'; }

# True where each file is there: one that somebody has edited is theirs. $1 the directory.
is_archive_whole() {
	local name
	[ -d "$1" ] && [ -s "$(archive_record "$1")" ] || return 1
	cut -d ' ' -f 3 "$(archive_record "$1")" | while read -r name; do [ -f "$1/$name" ] || exit 1; done
}

# The archives of a version, with their sums, a line each.
engine_archives() {
	local url
	url=$(doc repository)/static/stable/$(uname -m)
	printf '%s/docker-%s.tgz %s\n' "$url" "$(doc version)" "$(doc archive.engine)"
	printf '%s/docker-rootless-extras-%s.tgz %s\n' "$url" "$(doc version)" "$(doc archive.rootless-extras)"
}

# In the background, beside the packages. It has the step's lock as long as it works: the next run of one that was
# killed waits for it. $1 where to.
begin_unpacking() {
	local url sum
	engine_archives | while read -r url sum; do say "downloads $url"; done
	mkdir "$WORK/unpacking"
	unpack_apart "$1" &
	UNPACKING=$!
}

# With files of its own, and without what this run is heard by. $1 where to.
unpack_apart() {
	WORK=$WORK/unpacking
	exec </dev/null >"$WORK/said" 2>&1 3>&-
	unpack_archives "$1"
}

# False where nothing was begun.
end_unpacking() {
	[ -d "$WORK/unpacking" ] || return 1
	wait "$UNPACKING" || {
		cat "$WORK/unpacking/said" >&2
		exit 1
	}
	rm -rf "$WORK/unpacking"
}

# Both are whole before anything of them is unpacked. $1 where to, which is removed where that fails.
unpack_archives() {
	local url sum found number=0
	remove_unpacked "$1"
	mkdir "$1"
	engine_archives >"$WORK/archives"
	while read -r url sum; do
		number=$((number + 1))
		download_file "$url" "$1/$number.tgz" || archive_fails "$1" "$url" "$(package_errors)" "the archive" \
			"let this machine reach it, or name a mirror that it reaches in engine.mirror"
		found=$(sha256sum <"$1/$number.tgz" | cut -c 1-64)
		[ "$found" = "$sum" ] || archive_fails "$1" "$url" "the SHA-256 $found" "$sum" \
			"see which of the two is right: nothing of it was unpacked"
	done <"$WORK/archives"
	number=0
	while read -r url sum; do
		number=$((number + 1))
		# Links that lead out are the last that tar makes: it writes nothing by way of one.
		tar -xzvv -f "$1/$number.tgz" -C "$1" --strip-components=1 --no-same-owner --no-same-permissions \
			>"$WORK/members" 2>"$WORK/error" ||
			archive_fails "$1" "$url" "$(grep -v 'Exiting with' "$WORK/error" | tail -n 1 | printable)" \
				"an archive that tar unpacks" "fix what tar says"
		stop_on_other_members "$1" "$url"
		rm -f "$1/$number.tgz"
	done <"$WORK/archives"
	for found in docker dockerd containerd runc rootlesskit dockerd-rootless.sh; do
		[ -f "$1/$found" ] ||
			archive_fails "$1" "the archives" "no $found in them" "the whole engine" \
				"name Docker's own archives"
	done
	sync -f "$1"
}

# The directory is there at once or not at all; where a file of it has gone, that one comes back. $1 the directory,
# $2 what was unpacked.
place_archives() {
	local found
	archive_files "$2" | write_record "$(archive_record "$1")"
	if [ -d "$1" ]; then
		for found in "$2"/*; do [ -f "$1/${found##*/}" ] || mv -nT "$found" "$1/${found##*/}"; done
		remove_unpacked "$2"
	else
		mv -T "$2" "$1"
	fi
	sync_directories "$1" "$ENGINES"
}

# Docker's archives hold files in one directory, and nothing else: nothing of another one is used. $1 what is removed,
# $2 the archive.
stop_on_other_members() {
	local other
	other=$(awk '$1 !~ /^[-d]/ || $6 !~ /^docker[a-z-]*\/[A-Za-z0-9._-]*$/ || $6 ~ /\/\.+$/ { print $6; exit }' \
		"$WORK/members" | printable)
	[ -z "$other" ] || archive_fails "$1" "$2" "$other in it" "files in one directory, as in Docker's own" \
		"name Docker's own archives"
}

# What a run that was killed has left. Nothing is mounted there but by somebody's hand. $1 the directory.
remove_unpacked() { [ ! -d "$1" ] || rm -rf --one-file-system "$1"; }

# Where the CLI of one is, for the link on PATH, which root finds too: of an installation's, and root's own.
lead_to_docker() {
	local link
	# Somebody's own.
	if [ -e "$ENGINES/docker" ] && [ ! -h "$ENGINES/docker" ]; then return 0; fi
	for link in "$ENGINES/$LEASE" "$ENGINES"/*; do
		if [ ! -h "$link" ] || unclaimed "$(resource_directory link "$link")" || [ ! -x "$link/docker" ] ||
			! is_roots_own "$link/docker"; then continue; fi
		[ "$(readlink "$ENGINES/docker")" = "${link##*/}/docker" ] || ln -sfnT "${link##*/}/docker" "$ENGINES/docker"
		return 0
	done
	rm -f "$ENGINES/docker"
}

# $1 what is removed, then as for fail.
archive_fails() {
	remove_unpacked "$1"
	shift
	fail "$@"
}
