import type { Reader, Rule } from "../../validation/reader";
import type { Document } from "../document";
import { dockerHub, registryHost } from "../registries";

/** Names of credential helpers, without "docker-credential-", by the host of the registry. */
export type CredentialHelperSettings = Record<string, string>;

const input = "registryCredentialHelpers";
const prefix = "docker-credential-";

const helperName: Rule<string> = (value) => {
  if (value.startsWith(prefix))
    return `includes the prefix ${prefix}; write only the part after it, such as ecr-login`;
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)
    ? undefined
    : `is not the name of a credential helper; write what follows ${prefix} in its program's name, such as ecr-login`;
};

/** @param logins hosts of registryAuth: docker would ask the helper, and ignore the login. */
export function credentialHelperSettings(
  read: Reader,
  logins: readonly string[],
): CredentialHelperSettings {
  const helpers: CredentialHelperSettings = {};
  for (const [given, value] of Object.entries(read.mapping(input, registryHost))) {
    const host = given === `index.${dockerHub}` ? dockerHub : given;
    const wrong = typeof value === "string" ? helperName(value) : "is not a string; write one";
    const path = `${input}.${given}`;
    if (wrong !== undefined) read.refuse(path, `${read.quote(path, value)} ${wrong}`);
    else if (logins.includes(host))
      read.refuse(
        path,
        "is a registry of registryAuth too, and docker would ignore that login; leave one of the two out",
      );
    else helpers[host] = value as string;
  }
  return helpers;
}

export function credentialHelpersDocument(helpers: CredentialHelperSettings): Document {
  return Object.fromEntries(
    Object.entries(helpers).map(([host, name]) => [`credHelpers/${host}`, name]),
  );
}

/** All helpers in one text, for people. */
export const helpersInWords = (helpers: CredentialHelperSettings): string[] =>
  Object.entries(helpers).map(([host, name]) => `${host} by ${prefix}${name}`);

/** The effect of a helper that is named, dropped or changed; the values are those of the document. */
export function credentialHelperEffect(_before: unknown, after: unknown): string {
  const how =
    after === undefined
      ? "asks no helper for its login there"
      : `asks ${prefix}${after as string} for its login there`;
  return `docker of the account ${how}; the daemon keeps running`;
}
