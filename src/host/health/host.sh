# shellcheck shell=dash
# All that preflight asks: each problem is found before anything on the host is changed.

host_problems() {
	if [ ! -d /run/systemd/system ]; then
		problem "init" "another one than systemd" "systemd, which runs the account's daemon" \
			"boot the machine with systemd"
		return 0
	fi
	machine_problems
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	account_problems "$(doc account)"
	owner_problems "$(doc account)"
	storage_driver_problems "$(data_root)"
	ipv6_problems
	tcp_socket_problems
	apparmor_choice_problems
}

# One account has one owner: two stacks that both hold it would undo each other's work. Of an owner
# whose state was lost, an installation that is new here is enough. $1 the account.
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
