# shellcheck shell=dash
# Whose the machine's files are in a container.

bindMountOwners_limitation() {
	local first
	first=$(id_ranges "$(id_file uid)" "$ACCOUNT" "$ACCOUNT_UID" | head -n 1)
	limitation bindMountOwners limited \
		"uid $ACCOUNT_UID of $ACCOUNT is root in a container, its user 1 is uid ${first%:*} on the machine, and files of others are uid 65534's" \
		"run as root in the container; or give its user the directory with 'docker run -v DIR:/d IMAGE chown UID /d'"
}
