import { X509Certificate } from "node:crypto";
import { isPrivateKey } from "../../validation/credentials";
import type { Reader } from "../../validation/reader";
import type { Document } from "../document";
import { registryHost } from "../registries";

/** Certificates of authorities, as PEM, by the host of the registry that they are trusted for. */
export type CertificateSettings = Record<string, string>;

export function certificateSettings(read: Reader): CertificateSettings {
  const certificates: CertificateSettings = {};
  for (const [host, value] of Object.entries(read.mapping("registryCertificates", registryHost))) {
    const wrong = typeof value === "string" ? wrongPem(value) : "is not a string";
    if (typeof value === "string" && wrong === undefined) certificates[host] = `${value.trim()}\n`;
    else
      read.refuse(
        `registryCertificates.${host}`,
        `the value ${wrong}; write the certificates of the authority as PEM (-----BEGIN CERTIFICATE----- ...)`,
      );
  }
  return certificates;
}

/**
 * The check covers a file as dockerd reads it, and each certificate in it. dockerd ignores what is
 * no PEM, and what it cannot read.
 */
export function wrongPem(text: string): string | undefined {
  if (text.length > 100_000) return "is larger than 100 KB";
  if (isPrivateKey(text)) return "has a private key in it";
  const blocks = certificatesIn(text);
  if (blocks.length === 0) return "is not a certificate";
  return blocks.every(isCertificate) ? undefined : "has a certificate in it that cannot be read";
}

export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}

export function certificatesDocument(certificates: CertificateSettings): Document {
  return Object.fromEntries(
    Object.entries(certificates).map(([host, pem]) => [`certs.d/${host}`, pem]),
  );
}
