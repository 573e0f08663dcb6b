# shellcheck shell=dash
# Published ports of SCTP.

# The protocols are what RootlessKit's port driver says of itself.
sctpPorts_limitation() {
	local info driver protocols
	info=$(as_account rootlessctl --socket "$ACCOUNT_RUNTIME/dockerd-rootless/api.sock" info --json 2>/dev/null |
		tr -d ' \n' | sed -n 's/.*"portDriver":{\([^}]*\).*/\1/p')
	driver=$(word_of_account "$(printf '%s' "$info" | sed -n 's/.*"driver":"\([^"]*\)".*/\1/p')")
	protocols=$(printf '%s' "$info" | sed -n 's/.*"protos":\[\([^]]*\)\].*/\1/p' | tr -d '"' | tr -cd 'a-z0-9,')
	case ,$protocols, in
	*,sctp,*)
		limitation sctpPorts available "RootlessKit's port driver $driver forwards $protocols" ""
		;;
	*)
		limitation sctpPorts unavailable \
			"RootlessKit's port driver $driver forwards ${protocols:-what it does not say}" \
			"publish TCP or UDP; or carry SCTP in UDP (RFC 6951)"
		;;
	esac
}
