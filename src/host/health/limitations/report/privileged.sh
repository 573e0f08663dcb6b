# shellcheck shell=dash
# What --privileged gives.

privileged_limitation() {
	local capabilities
	capabilities=$(sed -n 's/^CapEff:[ 	]*//p' "/proc/$(daemon_process)/status")
	limitation privileged limited \
		"dockerd has capabilities $capabilities in the user namespace of uid_map '$(daemon_id_map)', and no other" \
		"what needs real root (devices, kernel settings) needs a rootful host"
}
