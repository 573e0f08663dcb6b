# Runs as the account. Ends with 1 where something of the user's lies in a data root. The daemon tells only
# of what its present storage driver or image store sees. Its argument is the data root.
cd -- "$1" || exit 0
for path in containers/* volumes/*/_data plugins/????????????????* swarm/* image/*/imagedb/content/*/* \
	containerd/daemon/io.containerd.content.v1.content/blobs/*/*; do
	if [ -e "$path" ]; then exit 1; fi
done
