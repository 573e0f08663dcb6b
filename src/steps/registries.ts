import type * as pulumi from "@pulumi/pulumi";
import { quote } from "../validation/quote";
import type { Reader, Rule } from "../validation/reader";
import { filledLine } from "../validation/rules";
import type { Document } from "./document";

/** A login of the account's docker CLI to a registry. */
export interface RegistryAuthArgs {
  /** The registry's host, with its port if it has one. Not a secret. Defaults to Docker Hub. */
  address?: pulumi.Input<string>;
  /** The user name. Not a secret. */
  username: pulumi.Input<string>;
  /** Password or token. Always kept as a secret. */
  password: pulumi.Input<string>;
}

/** Logins by address: who logs in, a colon, and the password. */
export type RegistryLogins = Record<string, string>;

export interface RegistriesSettings {
  /** Hosts, in the order in which they are given. */
  addresses: string[];
  logins: RegistryLogins;
}

/** Docker Hub, as images have it in front of their names. */
export const dockerHub = "docker.io";

export function registriesSettings(read: Reader): RegistriesSettings {
  const addresses: string[] = [];
  const logins: RegistryLogins = {};
  const where = new Map<string, string>();
  for (const login of read.objects("registryAuth")) {
    const address = addressOf(login);
    login.require("username", "write the user name");
    login.require("password", "write the password or a token of the registry");
    const username = login.string("username", { rule: userName });
    const password = login.string("password", { rule: filledPassword });
    login.refuseOthers();
    if (address === undefined) continue;
    const first = where.get(address);
    if (first !== undefined)
      login.refuse(
        "address",
        `is ${address}, like ${first}, but docker keeps only one login for a registry; leave one of the two out`,
      );
    where.set(address, first ?? login.at("address"));
    addresses.push(address);
    if (username !== undefined && password !== undefined)
      logins[address] = `${username}:${password}`;
  }
  return { addresses, logins };
}

// docker's own rule for what is in front of an image's name, without a bare IPv6 address:
// https://github.com/distribution/reference/blob/main/regexp.go
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const addressParts = new RegExp(
  `^(?:https?://)?(?<host>${label}(?:\\.${label})*(?::(?<port>\\d{1,5}))?)(?<path>/.*)?$`,
);

/** A registry's host by itself. */
export const registryHost: Rule<string> = (address) =>
  address.includes("/")
    ? "has a scheme or a path; write only the registry's host, such as registry.example:5000"
    : wrongAddress(address.length <= 300 ? addressParts.exec(address)?.groups : undefined);

/** The registry's host, as docker keeps a login of it; undefined where it is not known or wrong. */
function addressOf(read: Reader): string | undefined {
  const given = read.string("address");
  if (given === undefined) return read.given("address") ? undefined : dockerHub;
  const parts = given.length <= 300 ? addressParts.exec(given)?.groups : undefined;
  const wrong = wrongAddress(parts);
  if (wrong !== undefined)
    read.refuse("address", `${read.secret("address") ? "the value" : quote(given)} ${wrong}`);
  if (wrong !== undefined || parts === undefined) return undefined;
  return parts.host === `index.${dockerHub}` ? dockerHub : parts.host;
}

function wrongAddress(parts: Record<string, string | undefined> | undefined): string | undefined {
  const { host = "", port = "1", path = "" } = parts ?? {};
  if (host === "" || Number(port) > 65_535)
    return "is not the address of a registry; write its host, such as ghcr.io or registry.example:5000";
  if (!/^(\/(v[12]\/?)?)?$/.test(path))
    return "has a path, but docker keeps one login for each host; write only the host";
  if (!/[.:]/.test(host) && host !== "localhost")
    return "has neither a dot nor a port, so docker takes it for a name on Docker Hub; write the host's whole name";
  return undefined;
}

// A name that HTTP's basic authentication takes, and docker does not cut off.
const userName: Rule<string> = (value) =>
  filledLine(value) ??
  (/:|^\s|\s$/.test(value)
    ? "has a colon, or a space at the beginning or end, which is not allowed in a login; write only the name"
    : undefined);

const filledPassword: Rule<string> = (value) =>
  value === ""
    ? "is empty; write the password or a token of the registry"
    : /[\n\r]/.test(value)
      ? "has a line break, which docker login cuts off; write it on one line"
      : undefined;

export function registriesDocument(logins: RegistryLogins): Document {
  return Object.fromEntries(
    Object.entries(logins).map(([address, login]) => [`registryAuth/${address}`, login]),
  );
}

/** The effect of a login that comes, goes or changes; the values of a secret document are only there or not. */
export function registryEffect(before: unknown, after: unknown): string {
  if (after === undefined)
    return "the account's docker logs out of this registry if this package logged it in";
  return `the account's docker logs in to this registry${before === undefined ? "" : " again"}; the daemon keeps running`;
}
