# shellcheck shell=dash
# Everything that the account's daemon stands on, link by link from the machine up. Each room looks at
# what is its own; the doctor and the step report both ask here.

daemon_chain_checks() {
	machine_checks
	kernel_checks
	engine_checks
	account_checks
	daemon_checks
}
