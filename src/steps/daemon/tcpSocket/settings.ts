import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import type { Parted } from "../../../validation/parted";
import type { Reader, Rule } from "../../../validation/reader";
import { between } from "../../../validation/rules";
import { certificatesIn, wrongPem } from "../certificates/settings";
import type { Document } from "../../document";
import { NetworkDriver, PortDriver } from "../network/args";
import type { NetworkSettings } from "../network/settings";

/** Where the daemon listens, beside its socket; undefined where that is all. */
export type TcpSocketSettings = { address: string; port: number } | undefined;

export interface TcpSocketParts {
  open: TcpSocketSettings;
  /** All three, so that one command renews them together. By the file's name. */
  secret: Record<string, string>;
}

/** Keys of daemon.json that would make it a socket for everybody. */
const ownKeys = ["tls", "tlsverify", "tlscacert", "tlscert", "tlskey"];

export function tcpSocketSettings(
  read: Reader,
  network: NetworkSettings,
  daemon: Parted<unknown>,
): TcpSocketParts {
  const socket = read.object("tcpSocket");
  if (!read.given("tcpSocket")) return { open: undefined, secret: {} };
  const address = socket.string("address", { rule: addressFor(network) }) ?? "0.0.0.0";
  const port = socket.number("port", { rule: between(1024, 65_535) }) ?? 2376;
  const ca = socket.string("caCertificate", { rule: authorities });
  const certificate = socket.string("certificate", { rule: ownCertificate });
  const key = socket.string("privateKey", { rule: privateKeyOf(certificate), secret: true });
  socket.require("caCertificate", "write that of the authority which signs callers' certificates");
  socket.require("certificate", "write the daemon's own");
  socket.require("privateKey", "write that of certificate");
  socket.refuseOthers();
  for (const name of ownKeys)
    if (name in daemon.open || name in daemon.secret)
      read.refuse(`daemon.${name}`, "is set by tcpSocket; leave it out");
  const files = { "ca.pem": ca, "cert.pem": certificate, "key.pem": key };
  const known = Object.entries(files).filter((file): file is [string, string] => !!file[1]);
  return {
    open: { address, port },
    secret: Object.fromEntries(known.map(([name, pem]) => [name, `${pem.trim()}\n`])),
  };
}

const addressFor =
  ({ driver, portDriver }: NetworkSettings): Rule<string> =>
  (value) => {
    if (isIP(value) === 0 || value.includes("%"))
      return "is not an address; write one of the machine's, or 0.0.0.0 for all";
    if (driver === NetworkDriver.Pasta && value !== "0.0.0.0")
      return "is not kept to by the network driver Pasta, which opens ports at all addresses; leave it out, or use Slirp4netns";
    return portDriver === PortDriver.Slirp4netns && !isIPv4(value)
      ? "is not an IPv4 address, and the port driver Slirp4netns knows no others; use Builtin"
      : undefined;
  };

const asPem = "write it as PEM (-----BEGIN CERTIFICATE----- ...)";

/** Of several, one may be on its way out. */
const authorities: Rule<string> = (text) => {
  const wrong = wrongPem(text);
  if (wrong !== undefined) return `${wrong}; ${asPem}`;
  const ends = certificatesIn(text).map(expired);
  return ends.includes(undefined) ? undefined : ends[0];
};

const ownCertificate: Rule<string> = (text) => {
  const wrong = wrongPem(text);
  return wrong === undefined ? expired(certificatesIn(text)[0]) : `${wrong}; ${asPem}`;
};

function expired(pem: string): string | undefined {
  const end = new Date(new X509Certificate(pem).validTo);
  return end.getTime() < Date.now()
    ? `expired on ${end.toISOString().slice(0, 10)}; write a new one`
    : undefined;
}

/** @param certificate undefined where it is not known or wrong. */
const privateKeyOf =
  (certificate: string | undefined): Rule<string> =>
  (text) => {
    const key = keyIn(text);
    if (key === undefined)
      return "is no private key, or has a passphrase; write it as PEM (-----BEGIN PRIVATE KEY----- ...)";
    // What Go's crypto/tls loads.
    if (!["rsa", "ec", "ed25519"].includes(key.asymmetricKeyType ?? ""))
      return "is of a kind that dockerd cannot load; use RSA, ECDSA or Ed25519";
    return certificate === undefined ||
      new X509Certificate(certificatesIn(certificate)[0]).checkPrivateKey(key)
      ? undefined
      : "does not belong to certificate; write the one that its request was made with";
  };

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** As RootlessKit's `-p` and dockerd have it. */
export function tcpSocketDocument(socket: TcpSocketSettings): Document {
  if (socket === undefined) return {};
  const { address, port } = socket;
  return { "tcp-socket": `${isIPv4(address) ? address : `[${address}]`}:${port}` };
}
