# shellcheck shell=dash
# Published ports of SCTP.

# The protocols are what RootlessKit's port driver says of itself. Docker's own packages have no
# rootlessctl.
sctpPorts_limitation() {
	local info driver protocols
	info=$(rootlesskit_info |
		tr -d ' \n' | sed -n 's/.*"portDriver":{\([^}]*\).*/\1/p')
	driver=$(word_of_account "$(printf '%s' "$info" | sed -n 's/.*"driver":"\([^"]*\)".*/\1/p')")
	protocols=$(printf '%s' "$info" | sed -n 's/.*"protos":\[\([^]]*\)\].*/\1/p' | tr -d '"' | tr -cd 'a-z0-9,')
	if [ -z "$protocols" ]; then
		limitation sctpPorts unavailable "RootlessKit does not say what its port driver forwards" \
			"publish TCP or UDP, or carry SCTP in UDP (RFC 6951); rootlessctl or curl on PATH lets it say so"
		return 0
	fi
	case ,$protocols, in
	*,sctp,*)
		limitation sctpPorts available "RootlessKit's port driver $driver forwards $protocols" ""
		;;
	*)
		limitation sctpPorts unavailable \
			"RootlessKit's port driver $driver forwards $protocols" \
			"publish TCP or UDP; or carry SCTP in UDP (RFC 6951)"
		;;
	esac
}

rootlesskit_info() {
	local socket=$ACCOUNT_RUNTIME/dockerd-rootless/api.sock
	if command -v rootlessctl >/dev/null; then
		as_account rootlessctl --socket "$socket" info --json
	else
		as_account curl -fsS --unix-socket "$socket" http://rootlesskit/v1/info
	fi 2>/dev/null
}
