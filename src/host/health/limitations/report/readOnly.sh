# shellcheck shell=dash
# Containers with a root that is read only.

readOnly_limitation() {
	limitation readOnly available \
		"a read-only root is a mount inside the user namespace of uid_map '$(daemon_id_map)'" ""
}
