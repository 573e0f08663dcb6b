# What RootlessKit was started with.

# The value of an argument that RootlessKit was started with, or "true" of one without a value: of
# several the last, as it takes them. The oldest process of that name is the account's own. $1 its
# name.
rootlesskit_argument() {
	local line value=''
	[ -s "$WORK/rootlesskit-arguments" ] ||
		timeout 20 tr '\0' '\n' >"$WORK/rootlesskit-arguments" \
			<"/proc/$(pgrep -o -u "$ACCOUNT_UID" -x rootlesskit)/cmdline"
	while IFS= read -r line; do
		case $line in
		"--$1="*) value=${line#*=} ;;
		"--$1") value=true ;;
		esac
	done <"$WORK/rootlesskit-arguments"
	printf '%s' "$value"
}
