# shellcheck shell=dash
# Limits of input and output of block devices.

# systemd is asked for a limit, and the kernel for what arrived. The rest is the client's.
blockIo_limitation() {
	local device shown said client
	# -v: the device alone, where Btrfs adds its subvolume.
	device=$(on_behalf findmnt -nv -o SOURCE -T "$(daemon_data_root)" 2>/dev/null || true)
	# By FUSE the account names it.
	shown=$(shown_path "$device")
	# shellcheck disable=SC2016 # the inner shell expands them
	said=$(as_account systemd-run --user --scope --quiet --property "IOReadBandwidthMax=$device 1M" \
		sh -c 'cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/io.max"' 2>&1 | tail -n 1) || true
	client=$(docker_of_account version --format '{{.Client.Version}}')
	client=$(word_of_account "${client%%[!0-9.]*}")
	case $said in
	*rbps=*) ;;
	*)
		limitation blockIo unavailable \
			"a limit on ${shown:-the data root} does not arrive in io.max: $(words_of_account "${said:-it stays empty}")" \
			"limit input and output from outside, with IOReadBandwidthMax of user-$ACCOUNT_UID.slice"
		return 0
		;;
	esac
	if client_loses_limits "$client"; then
		limitation blockIo limited \
			"a limit of 1 MB/s on $shown arrives in io.max, but docker $client here loses --device-read-bps and its like" \
			"set BlkioDeviceReadBps through the API, or use a docker CLI before 25.0 or from 27.1.2 on"
	else
		limitation blockIo available \
			"a limit of 1 MB/s on $shown arrives in io.max: $(words_of_account "$said")" ""
	fi
}

# From 25.0 on clients lost --device-read-bps and its like before the daemon heard of them
# (ThrottledeviceOpt of docker/cli copied them into an empty list), until 27.1.2 (docker/cli#5323);
# the repair went to 25.0 after 25.0.6 too (docker/cli#5341). $1 the client's version.
client_loses_limits() {
	case $1 in
	25.0.*) version_is "$1" lt 25.0.7 ;;
	26.*) return 0 ;;
	27.*) version_is "$1" lt 27.1.2 ;;
	*) return 1 ;;
	esac
}
