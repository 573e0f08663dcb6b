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

# Both are whole before anything of them is unpacked. $1 the directory, which is there at once or not at
# all; where a file of it has gone, that one comes back.
unpack_archives() {
	local new=$1.new url sum found number=0
	remove_unpacked "$new"
	mkdir -p "$new"
	engine_archives >"$WORK/archives"
	while read -r url sum; do
		number=$((number + 1))
		say "downloads $url"
		download_file "$url" "$new/$number.tgz" || archive_fails "$new" "$url" "$(package_errors)" "the archive" \
			"let this machine reach it, or name a mirror that it reaches in engine.mirror"
		found=$(sha256sum <"$new/$number.tgz" | cut -c 1-64)
		[ "$found" = "$sum" ] || archive_fails "$new" "$url" "the SHA-256 $found" "$sum" \
			"see which of the two is right: nothing of it was unpacked"
	done <"$WORK/archives"
	number=0
	while read -r url sum; do
		number=$((number + 1))
		# Links that lead out are the last that tar makes: it writes nothing by way of one.
		tar -xzvv -f "$new/$number.tgz" -C "$new" --strip-components=1 --no-same-owner --no-same-permissions \
			>"$WORK/members" 2>"$WORK/error" ||
			archive_fails "$new" "$url" "$(grep -v 'Exiting with' "$WORK/error" | tail -n 1 | printable)" \
				"an archive that tar unpacks" "fix what tar says"
		stop_on_other_members "$new" "$url"
		rm -f "$new/$number.tgz"
	done <"$WORK/archives"
	for found in docker dockerd containerd runc rootlesskit dockerd-rootless.sh; do
		[ -f "$new/$found" ] ||
			archive_fails "$new" "the archives" "no $found in them" "the whole engine" \
				"name Docker's own archives"
	done
	sync -f "$new"
	archive_files "$new" | write_record "$(archive_record "$1")"
	if [ -d "$1" ]; then
		for found in "$new"/*; do [ -f "$1/${found##*/}" ] || mv -nT "$found" "$1/${found##*/}"; done
		remove_unpacked "$new"
	else
		mv -T "$new" "$1"
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
