import type { Accepted, Refused } from "../../support/arguments";
import { certificate } from "../../support/certificate";
import {
  agreementKey,
  expiredCertificate,
  otherKey,
  serverCertificate,
  serverKey,
} from "../../support/serverCertificate";

const whole = { caCertificate: certificate, certificate: serverCertificate, privateKey: serverKey };
const asPem = "write it as PEM (-----BEGIN CERTIFICATE----- ...)";
const notKey =
  "the value is not a private key, or has a passphrase; write it as PEM (-----BEGIN PRIVATE KEY----- ...)";

/** A row of one option; without the others it is told that they are missing, too. */
const row = (option: keyof typeof whole | "address" | "port", value: unknown, reason: string) => {
  const missing = Object.keys(whole).filter((name) => name !== option);
  const where = [option, ...missing].map((name) => `tcpSocket.${name}`).join(",");
  return [`tcpSocket.${option}`, value, reason, where] as Refused;
};

/** A row of one option beside the others. */
const beside = (given: object, reason: string): Refused => [
  "tcpSocket",
  { ...whole, ...given },
  reason,
  `tcpSocket.${Object.keys(given)[0]}`,
];

const shownPem = (pem: string) => `'${pem.slice(0, 77).replace(/\n/g, "\\n")}...'`;

export const refused: Refused[] = [
  [
    "tcpSocket",
    true,
    "'true' is not an object; write one",
    "tcpSocket,tcpSocket.caCertificate,tcpSocket.certificate,tcpSocket.privateKey",
  ],
  [
    "tcpSocket",
    { ...whole, tls: false },
    "no such option; use address, port, caCertificate, certificate, privateKey",
    "tcpSocket.tls",
  ],
  [
    "tcpSocket",
    { ...whole, privateKey: undefined },
    "is missing; write the private key of certificate",
    "tcpSocket.privateKey",
  ],
  [
    "tcpSocket",
    { ...whole, certificate: undefined },
    "is missing; write the daemon's own certificate",
    "tcpSocket.certificate",
  ],
  [
    "tcpSocket",
    { ...whole, caCertificate: undefined },
    "is missing; write the certificate of the authority that signs the clients' certificates",
    "tcpSocket.caCertificate",
  ],
  row(
    "address",
    "docker.example",
    "'docker.example' is not an address; write one of the machine, or 0.0.0.0 for all",
  ),
  row("port", 443, "'443' is out of range; use 1024 to 65535"),
  row("caCertificate", "/etc/ssl/ca.crt", `'/etc/ssl/ca.crt' is not a certificate; ${asPem}`),
  row("certificate", "cert.pem", `'cert.pem' is not a certificate; ${asPem}`),
  row("privateKey", "key.pem", notKey),
  beside(
    { address: "fe80::1%eth0" },
    "'fe80::1%eth0' is not an address; write one of the machine, or 0.0.0.0 for all",
  ),
  beside(
    { certificate: `${serverCertificate}${serverKey}` },
    `the value has a private key in it; ${asPem}`,
  ),
  beside(
    { certificate: serverCertificate.replace("MII", "!!!") },
    `${shownPem(serverCertificate.replace("MII", "!!!"))} has a certificate in it that cannot be read; ${asPem}`,
  ),
  beside({ privateKey: serverCertificate }, notKey),
  beside(
    { privateKey: otherKey },
    "the value does not belong to certificate; write the key that the certificate was requested with",
  ),
  beside(
    { privateKey: agreementKey },
    "the value is of a kind that dockerd cannot load; use RSA, ECDSA or Ed25519",
  ),
];

export const accepted: Accepted[] = [
  ["tcpSocket", whole],
  ["tcpSocket", { ...whole, address: "::", port: 65_535 }],
  ["tcpSocket", { ...whole, caCertificate: `# two\n${expiredCertificate}\n${certificate}` }],
  ["tcpSocket", { ...whole, certificate: `${serverCertificate}${certificate}` }],
];
