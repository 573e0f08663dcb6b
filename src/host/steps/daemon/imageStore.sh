# shellcheck shell=dash
# Where the engine keeps images: its storage driver's own store, or containerd's.

# Engines from 29 on begin with containerd's store where there are no data of a driver, and those before
# do not look there unless they are told. So daemon.json says it: images and containers are seen by
# whichever engine comes next, from 24 on. What the document says of it counts more. $1 data root, which
# has no data of a driver.
keep_image_store() {
	if ! engine_is_before 29 || is_image_store_named || has_snapshots "$1"; then name_image_store; fi
}

has_snapshots() { has_files "$1/containerd/daemon/io.containerd.snapshotter.v1.overlayfs/snapshots"; }

# As the account sees it. $1 directory.
has_files() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c '[ -n "$(ls -A "$1" 2>/dev/null)" ]' sh "$1"
}

# True where the account's daemon.json says it.
is_image_store_named() {
	local file=$ACCOUNT_HOME/.config/docker/daemon.json status=0
	account_file "$file" >"$WORK/daemon.json.there" || status=$?
	case $status in 124 | 137) no_answer_about "$file" ;; esac
	grep -q '"containerd-snapshotter": \{0,1\}true' "$WORK/daemon.json.there"
}

# The document is this run's own copy.
name_image_store() {
	local features=$DOC/json/daemon.json/features
	[ ! -e "$(secrets_directory)/json/daemon.json/features" ] || return 0
	[ -s "$features" ] || printf '{}' >"$features"
	! grep -q '"containerd-snapshotter"' "$features" || return 0
	sed -i 's/^{/{"containerd-snapshotter":true,/; s/,}$/}/' "$features"
	cp "$features" "$DOC/text/daemon.json/features"
}
