# shellcheck shell=dash
# preflight: finds every problem at once, before anything on the host is changed. Then the
# installation holds its account.

preflight_apply() {
	local other
	wait_for_cloud_init
	preflight_problems
	stop_on_problems
	make_lease
	doc owner | write_record "$STATE/leases/$LEASE/owner"
	for other in $(lease_of_account "$(doc account)"); do inherit "$other"; done
	[ -s "$STATE/leases/$LEASE/account-entry" ] || note_account - - new
}

preflight_problems() {
	machine_checks
	[ -d /run/systemd/system ] || return 0
	disk_problems
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	account_problems "$(doc account)"
	owner_problems "$(doc account)"
	storage_driver_problems "$(data_root)"
	data_root_checks "$(data_root)"
	data_root_use_problems "$(data_root)"
	bridge_filter_checks
	ipv6_problems
	tcp_socket_problems
	key_quota_checks
	apparmor_choice_problems
}

# One account, one owner: two stacks that both think they hold it would undo each other's work. Of
# an owner whose state was lost, an installation that is new here is enough. $1 the account.
owner_problems() {
	local other
	[ "$(doc take-over)" != true ] || return 0
	for other in $(lease_of_account "$1"); do
		[ "$(owner_of "$other")" = "$(doc owner)" ] ||
			problem "account $1" "it held on this machine by $(owner_of "$other")" \
				"it free, or held by $(doc owner)" \
				"use another account, or destroy the other one first, or set takeOver to take over \
from it; if it is this one under an earlier name, give it aliases"
	done
}

# For a preview of a machine that has nothing of the installation: what an "up" would end with, and
# what is there now. The document is an argument, since the agent itself comes on stdin. $1 the
# document, as hexadecimal digits.
run_preflight_check() {
	local line comma=''
	start_check
	LEASE=- STEP=preflight DOC=$WORK/doc
	printf '%s' "$1" | perl -ne 'print pack("H*", $_)' >"$WORK/document"
	read_document "$WORK/document" "$DOC"
	run_apart preflight_problems >&2
	[ "$APART_STATUS" = 0 ] || [ -s "$WORK/problems" ] || exit 1
	know_account "$(doc account)" || ACCOUNT=
	run_apart present >"$WORK/present"
	[ "$APART_STATUS" = 0 ] || exit 1
	printf '{"problems":['
	while IFS= read -r line; do
		printf '%s%s' "$comma" "$(json_string "$line")"
		comma=,
	done <"$WORK/problems"
	printf '],"present":[%s]}\n' "$(paste -s -d , "$WORK/present")"
}
