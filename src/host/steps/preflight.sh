# shellcheck shell=dash
# preflight: finds every problem at once, before anything on the host is changed. Then the installation holds its
# account.

preflight_apply() {
	local other
	wait_for_cloud_init
	preflight_problems
	stop_on_problems
	make_lease
	doc owner | write_record "$STATE/leases/$LEASE/owner"
	for other in $(lease_of_account "$(doc account)"); do inherit "$other"; done
	[ -s "$STATE/leases/$LEASE/account" ] || note_account - - -
}

preflight_problems() {
	local root
	machine_checks
	[ -d /run/systemd/system ] || return 0
	disk_problems
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	account_problems "$(doc account)"
	owner_problems
	root=$(doc daemon.json/data-root)
	root=${root:-$ACCOUNT_HOME/.local/share/docker}
	storage_driver_problems "$root"
	data_root_problems "$root"
	ipv6_problems
	tcp_socket_problems
	bridge_filter_problems
	key_quota_checks
	apparmor_choice_problems
}

# One account, one owner: two stacks that both think they hold it would undo each other's work. Of an owner whose
# state was lost, an installation that is new here is enough.
owner_problems() {
	local account other
	[ "$(doc take-over)" != true ] || return 0
	account=$(doc account)
	for other in $(lease_of_account "$account"); do
		[ "$(owner_of "$other")" = "$(doc owner)" ] ||
			problem "account $account" "it held on this machine by $(owner_of "$other")" \
				"it free, or held by $(doc owner)" \
				"use another account, or destroy the other one first, or set takeOver to take over from it; \
if it is this one under an earlier name, give it aliases"
	done
}

# Layers of images need owners that only a user namespace knows. $1 the directory.
data_root_problems() {
	local type
	type=$(file_system "$1")
	case $type in
	nfs* | cifs | smb* | afs | ceph | msdos | vfat | exfat | fuse* | 9p | v9fs)
		problem "daemon.data-root" "$1 on $type" \
			"a file system of this machine, such as ext4, XFS or Btrfs" \
			"set daemon.data-root to a directory on one, which belongs to the account" \
			"layers cannot be unpacked there: 'lchown: operation not permitted' or 'invalid argument'"
		;;
	esac
	case $ACCOUNT_HOME/ in
	"$1"/*) problem "daemon.data-root" "$1, which has the home of the account in it" "a directory of its own" \
		"name one below it, or leave data-root out" ;;
	esac
}

# Containers that may not speak with each other are kept apart by rules of iptables, which bridges pass by without
# this module.
bridge_filter_problems() {
	if [ "$(doc daemon.json/icc)" != false ] || [ "$(doc daemon.json/iptables)" = false ] ||
		[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then return 0; fi
	problem "daemon.icc" "false, and no /proc/sys/net/bridge/bridge-nf-call-iptables" \
		"the kernel module br_netfilter" \
		"load it with 'modprobe br_netfilter', and at each boot by 'echo br_netfilter \
>/etc/modules-load.d/br_netfilter.conf'; or leave daemon.icc out" \
		"dockerd does not start otherwise: 'cannot restrict inter-container communication'"
}

# For a preview of a machine that has nothing of the installation: what an "up" would end with, and what is there now.
# The document is an argument, since the agent itself comes on stdin. $1 the document, as hexadecimal digits.
run_preflight_check() {
	local line comma=''
	start_check
	LEASE=- STEP=preflight DOC=$WORK/doc
	printf '%s' "$1" | perl -ne 'print pack("H*", $_)' >"$WORK/document"
	read_document "$WORK/document" "$DOC"
	run_apart preflight_problems >&2
	[ "$APART_STATUS" = 0 ] || [ -s "$WORK/problems" ] || exit 1
	run_apart present >"$WORK/present"
	[ "$APART_STATUS" = 0 ] || exit 1
	printf '{"problems":['
	while IFS= read -r line; do
		printf '%s%s' "$comma" "$(json_string "$line")"
		comma=,
	done <"$WORK/problems"
	printf '],"present":[%s]}\n' "$(paste -s -d , "$WORK/present")"
}
