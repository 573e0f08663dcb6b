# The engine of Docker's static archives, in a directory of root's for each version.
# https://docs.docker.com/engine/install/binaries/
#
# $ENGINES/docker-VERSION-SUM    what the archives hold; the sum is of theirs
# $ENGINES/ID                 the link that leads an installation to its version

ENGINES=/usr/local/lib/rootless-docker

# Sets PATH: an installation's own engine comes first, where it has one that root alone can change:
# root runs every program of that directory. $1 its id.
use_engine_of() {
	PATH=$SYSTEM_PATH
	[ -e "$ENGINES/$1/dockerd" ] || return 0
	if [ -z "$(paths_of_others "$ENGINES/$1/dockerd")" ]; then PATH=$ENGINES/$1:$PATH; fi
}

# Both archives of the document's version are whole before anything of them is unpacked. $1 the new
# directory.
# root writes: an engine's directory below /usr/local/lib/rootless-docker. Each archive has the SHA-256 of the program.
# root removes: the archive once it is unpacked.
unpack_archives() {
	local name url sum found
	mkdir -p "$1"
	for name in docker:engine docker-rootless-extras:rootless-extras; do
		url=$(doc repository)/static/stable/$(uname -m)/${name%:*}-$(doc version).tgz
		sum=$(doc "archive.${name#*:}")
		download_file "$url" "$1/${url##*/}" || fail "$url" \
			"the archive cannot be downloaded ($(package_errors))" '' \
			"let this machine reach it, or set engine.mirror to a mirror that it can reach"
		found=$(sum_of "$1/${url##*/}")
		if [ "$found" != "$sum" ]; then
			fail "$url" "the SHA-256 $found" "$sum" \
				"check which of the two is right; nothing of the archive was unpacked"
		fi
	done
	for found in "$1"/*.tgz; do
		tar -xzf "$found" -C "$1" --strip-components=1 --no-same-owner --no-same-permissions \
			2>"$WORK/error" || fail "${found##*/} of $(doc repository)" \
			"tar cannot unpack it ($(grep -v 'Exiting with' "$WORK/error" | tail -n 1))" '' \
			"fix what tar reports, then run again"
		rm -f "$found"
	done
	for found in docker dockerd containerd runc rootlesskit dockerd-rootless.sh; do
		if [ ! -f "$1/$found" ]; then
			fail "the archives" "they do not contain $found, which an engine requires" '' \
				"use Docker's own archives"
		fi
	done
}
