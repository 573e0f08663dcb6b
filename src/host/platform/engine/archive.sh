# shellcheck shell=dash
# The engine of Docker's static archives, in a directory of root's for each version.
# https://docs.docker.com/engine/install/binaries/
#
# $ENGINES/docker-VERSION-SUM    what the archives hold
# $ENGINES/LEASE                 which of them an installation uses: a link, so that its path stays the same

ENGINES=/usr/local/lib/rootless-docker

# Of the document's version and sums.
archive_directory() { printf '%s/docker-%s-%s' "$ENGINES" "$(doc version)" "$(doc archive.engine | cut -c 1-12)"; }

# An installation's own engine comes first on PATH, where it has one. $1 the installation.
use_engine_of() {
	PATH=$SYSTEM_PATH
	[ ! -d "$ENGINES/$1" ] || PATH=$ENGINES/$1:$PATH
}

# The archives of a version, with their sums, a line each.
engine_archives() {
	local url
	url=$(doc repository)/static/stable/$(uname -m)
	printf '%s/docker-%s.tgz %s\n' "$url" "$(doc version)" "$(doc archive.engine)"
	printf '%s/docker-rootless-extras-%s.tgz %s\n' "$url" "$(doc version)" "$(doc archive.rootless-extras)"
}

# Both are whole before anything of them is unpacked. $1 the directory, which is there at once or not at all.
unpack_archives() {
	local new=$1.new url sum found number=0 archive
	rm -rf "$new"
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
	for archive in "$new"/*.tgz; do
		tar -xz -f "$archive" -C "$new" --strip-components=1 --no-same-owner --no-same-permissions 2>"$WORK/error" ||
			archive_fails "$new" "$archive" "$(tail -n 1 "$WORK/error")" "an archive that tar unpacks" "fix what tar says"
		rm -f "$archive"
	done
	for found in docker dockerd containerd runc rootlesskit dockerd-rootless.sh; do
		[ -f "$new/$found" ] ||
			archive_fails "$new" "the archives" "no $found in them" "the whole engine" \
				"name Docker's own archives"
	done
	sync -f "$new"
	mv -T "$new" "$1"
	sync_directories "$ENGINES"
}

# $1 what is removed, then as for fail.
archive_fails() {
	rm -rf "$1"
	rmdir "$ENGINES" 2>/dev/null || true
	shift
	fail "$@"
}
