import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";

/** The settings that accept one host key only, given as in a known_hosts file: `type base64`. */
export function hostKeyCheck(
  hostKey: string,
): Pick<ConnectConfig, "hostVerifier"> & Required<Pick<ConnectConfig, "algorithms">> {
  const found = /\b((?:ssh|ecdsa)-\S+)\s+(\S+)/.exec(hostKey);
  if (!found) {
    throw new Error("ssh: no key found");
  }
  const [, type = "", body = ""] = found;
  const expected = Buffer.from(body, "base64");
  // A server with keys of several types must show the one that is expected.
  const algorithms = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  return {
    hostVerifier: (shown: Buffer) => expected.equals(shown),
    algorithms: { serverHostKey: algorithms as ServerHostKeyAlgorithm[] },
  };
}
