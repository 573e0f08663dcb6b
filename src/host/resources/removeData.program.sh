# Runs as the account. Removes what its daemon has made in a data root, in a user namespace of its own,
# where its subordinate ids are its too. Arguments: the data root, what it was ("absent" or "empty"), and
# its mode.
# root as account: rm of images, containers and volumes, in its own user namespace.

# RootlessKit keeps its state in /tmp otherwise, where that of a killed run would stay.
state=$XDG_RUNTIME_DIR/rootless-docker
if [ ! -d "$XDG_RUNTIME_DIR" ]; then state=$HOME/.rootless-docker; fi
rm -rf "$state"
rootlesskit --state-dir="$state" sh -c '
	if [ "$2" = absent ]; then exec rm -rf --one-file-system -- "$1"; fi
	find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf --one-file-system {} +
	chmod "$3" "$1"' sh "$@"
status=$?
rm -rf "$state"
exit "$status"
