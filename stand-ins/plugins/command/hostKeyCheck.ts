import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";

/** The settings that accept one host key only, given as in a known_hosts file: `type base64`. */
export function hostKeyCheck(
  hostKey: string,
): Pick<ConnectConfig, "hostVerifier"> & Required<Pick<ConnectConfig, "algorithms">> {
  const found = /\b((?:ssh|ecdsa)-\S+)\s+(\S+)/.exec(hostKey);
  if (!found) {
    throw new Error("failed to parse host key: ssh: no key found");
  }
  const [, type = "", body = ""] = found;
  const expected = Buffer.from(body, "base64");
  // A server with keys of several types must show the one that is expected. For ssh-rsa that is a signature with
  // SHA-1, which servers since OpenSSH 8.8 do not give.
  return {
    hostVerifier: (shown: Buffer) => expected.equals(shown),
    algorithms: { serverHostKey: [type] as ServerHostKeyAlgorithm[] },
  };
}
