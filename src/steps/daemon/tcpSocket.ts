import type * as pulumi from "@pulumi/pulumi";
import { type KeyObject, X509Certificate, createPrivateKey } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import type { Parted } from "../../validation/parted";
import type { Problem, Reader, Rule } from "../../validation/reader";
import { between } from "../../validation/rules";
import type { Document } from "../document";
import { certificatesIn, wrongPem } from "./certificates";
import { NetworkDriver, type NetworkSettings, PortDriver } from "./network";

/** The daemon's API over TCP, for callers whose certificate an authority of yours has signed, and nobody else. */
export interface TcpSocketArgs {
  /**
   * The address to listen on. The network driver pasta supports only 0.0.0.0, and the port driver slirp4netns only IPv4
   * addresses. Not a secret. Defaults to 0.0.0.0.
   */
  address?: pulumi.Input<string>;
  /** The port to listen on, 1024 to 65535. Not a secret. Defaults to 2376. */
  port?: pulumi.Input<number>;
  /**
   * Authorities that sign the certificates of callers, as PEM. A caller can do everything that the account can, so use
   * an authority that signs nothing else.
   */
  caCertificate: pulumi.Input<string>;
  /** The daemon's certificate as PEM, for the names by which callers reach it, followed by its chain. */
  certificate: pulumi.Input<string>;
  /** The private key of `certificate`, as PEM without a passphrase. Always kept as a secret. */
  privateKey: pulumi.Input<string>;
}

/** Where the daemon listens, beside its socket; undefined where that is all. */
export type TcpSocketSettings = { address: string; port: number } | undefined;

export interface TcpSocketParts {
  open: TcpSocketSettings;
  /** All three, so that one command renews them together. By the file's name. */
  secret: Record<string, string>;
  /** Certificates that have expired: no reason to stop a program, which may be about to renew or destroy them. */
  warnings: Problem[];
}

/** Keys of daemon.json that would make it a socket for everybody. */
const ownKeys = ["tls", "tlsverify", "tlscacert", "tlscert", "tlskey"];

export function tcpSocketSettings(
  read: Reader,
  network: NetworkSettings,
  daemon: Parted<unknown>,
): TcpSocketParts {
  const socket = read.object("tcpSocket");
  if (!read.given("tcpSocket")) return { open: undefined, secret: {}, warnings: [] };
  const address = socket.string("address", { rule: addressFor(network) }) ?? "0.0.0.0";
  const port = socket.number("port", { rule: between(1024, 65_535) }) ?? 2376;
  const ca = socket.string("caCertificate", { rule: certificates });
  const certificate = socket.string("certificate", { rule: certificates });
  const key = socket.string("privateKey", { rule: privateKeyOf(certificate), secret: true });
  socket.require(
    "caCertificate",
    "write the certificate of the authority that signs the clients' certificates",
  );
  socket.require("certificate", "write the daemon's own certificate");
  socket.require("privateKey", "write the private key of certificate");
  socket.refuseOthers();
  for (const name of ownKeys)
    if (name in daemon.open || name in daemon.secret)
      read.refuse(`daemon.${name}`, "is set by tcpSocket; leave it out");
  const files = { "ca.pem": ca, "cert.pem": certificate, "key.pem": key };
  const [authorities, own] = [ca, certificate].map((pem) => certificatesIn(pem ?? ""));
  const known = Object.entries(files).filter((file): file is [string, string] => !!file[1]);
  return {
    open: { address, port },
    secret: Object.fromEntries(known.map(([name, pem]) => [name, `${pem.trim()}\n`])),
    warnings: [
      ...expired(socket.at("caCertificate"), authorities, "the daemon refuses all clients"),
      ...expired(socket.at("certificate"), own.slice(0, 1), "clients refuse the daemon"),
    ],
  };
}

/** The warning where all of these certificates have expired: of several authorities, one may be on its way out. */
function expired(propertyPath: string, pems: string[], effect: string): Problem[] {
  const ends = pems.map((pem) => new Date(new X509Certificate(pem).validTo));
  if (ends.length === 0 || ends.some((end) => end.getTime() >= Date.now())) return [];
  const day = ends[0].toISOString().slice(0, 10);
  return [{ propertyPath, reason: `expired on ${day}, so ${effect}; write a new one` }];
}

const addressFor =
  ({ driver, portDriver }: NetworkSettings): Rule<string> =>
  (value) => {
    if (isIP(value) === 0 || value.includes("%"))
      return "is not an address; write one of the machine, or 0.0.0.0 for all";
    if (driver === NetworkDriver.Pasta && value !== "0.0.0.0")
      return "is ignored by the network driver pasta, which opens ports on all addresses; leave it out, or use slirp4netns";
    return portDriver === PortDriver.Slirp4netns && !isIPv4(value)
      ? "is not an IPv4 address, but the port driver slirp4netns supports no others; use builtin"
      : undefined;
  };

const asPem = "write it as PEM (-----BEGIN CERTIFICATE----- ...)";

const certificates: Rule<string> = (text) => {
  const wrong = wrongPem(text);
  return wrong === undefined ? undefined : `${wrong}; ${asPem}`;
};

/** @param certificate undefined where it is not known or wrong. */
const privateKeyOf =
  (certificate: string | undefined): Rule<string> =>
  (text) => {
    const key = keyIn(text);
    if (key === undefined)
      return "is not a private key, or has a passphrase; write it as PEM (-----BEGIN PRIVATE KEY----- ...)";
    // Go's crypto/tls loads keys of these types.
    if (!["rsa", "ec", "ed25519"].includes(key.asymmetricKeyType ?? ""))
      return "is of a kind that dockerd cannot load; use RSA, ECDSA or Ed25519";
    return certificate === undefined ||
      new X509Certificate(certificatesIn(certificate)[0]).checkPrivateKey(key)
      ? undefined
      : "does not belong to certificate; write the key that the certificate was requested with";
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
