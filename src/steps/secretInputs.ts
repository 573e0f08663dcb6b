import type { Problem } from "../validation/reader";
import { type Document, JsonText } from "./document";

/**
 * Inputs with secret values, and the setting that has these: the setting at an input's own path has all else. It is the
 * one list of them. `Inputs` takes secrecy from it, `recordedInputs` has to mark each, and a test tries each.
 */
export const secretInputs = {
  daemon: "secrets",
  environment: "secrets",
  tcpSocket: "secrets",
  registryAuth: "registryLogins",
  "connection.sudoPassword": "sudoPassword",
} as const;

/** Whether a path is that of an input, or leads into it. */
export function isWithin(path: string, input: string): boolean {
  return path.startsWith(input) && /^([.[]|$)/.test(path.slice(input.length));
}

/** Options whose values nobody else on the machine sees, nor whoever reads the log. */
const kept = ["connection", "account.authorizedKeys", ...Object.keys(secretInputs)];

/** Options among these whose values stand in process lists and messages all the same. */
const shown = /^(daemon\.json\/data-root$|environment\/DOCKERD_ROOTLESS_)/;

/** And what `docker login` has as its arguments. */
const argument = /^registryAuth\[\d+\]\.(address|username)$/;

/**
 * Options whose values cannot hold a secret: a word of a list, a number, true or false, a checksum, a public key, a
 * certificate, an address in a strict form. `recheck` says nothing about the host. A mark comes to them from a
 * StackReference's outputs, or from `config.requireSecret`. Names of registries are texts as a login's address is: a
 * mark on all certificates together counts for them.
 */
const holdsNoSecret =
  /^(engine|rootfulDocker|storageDriver|network|privilegedPorts|registryCertificates(?=\.)|registryCredentialHelpers(?=\.)|prune|onDestroy|acceptedAdvisories|operations|account\.(create|uid|subordinateIds|cgroupControllers|limits)|kernel\.(unprivilegedPing|appArmorProfile)|tcpSocket\.(address|port))(?![^.[])/;

/** Whether the value at this path of the arguments is used without a mark as a secret. */
export const isUsedWithoutMark = (path: string): boolean => holdsNoSecret.test(path);

/**
 * Values that are marked as secrets, and that the machine cannot keep: the name of an account or a kernel setting is
 * there for everybody to read. A text that can hold a secret is a problem. For one that cannot, a warning says that the
 * mark does nothing.
 */
export function publicSecrets(
  secretPaths: string[],
  secrets: SecretsSettings,
): { problems: Problem[]; warnings: Problem[] } {
  const paths = Object.keys(secrets)
    .filter((place) => shown.test(place))
    .map((place) =>
      place.replace("daemon.json/", "daemon.").replace("environment/", "environment."),
    )
    .filter((path) =>
      secretPaths.some((secret) => path === secret || path.startsWith(`${secret}.`)),
    );
  const others = secretPaths.filter(
    (path) =>
      !isUsedWithoutMark(path) &&
      (!kept.some((input) => isWithin(path, input)) || argument.test(path)),
  );
  return {
    problems: [...others, ...paths].map((propertyPath) => ({
      propertyPath,
      reason: everybodySees,
    })),
    warnings: secretPaths
      .filter(isUsedWithoutMark)
      .map((propertyPath) => ({ propertyPath, reason: markIgnored })),
  };
}

const everybodySees =
  "the value is marked as a secret, but everybody on the machine can see it; remove the mark with pulumi.unsecret";

const markIgnored =
  "the value is marked as a secret, but this option does not protect secrets: previews, the state and the machine show it; pulumi.unsecret removes the mark and this warning";

/** Secret values by where they go: `environment/HTTP_PROXY`, `daemon.json/proxies`, `tls/key.pem`. */
export type SecretsSettings = Record<string, unknown>;

export function secretsSettings(
  daemon: Record<string, unknown>,
  environment: Record<string, string>,
  tls: Record<string, string>,
): SecretsSettings {
  const at = (folder: string, values: Record<string, unknown>) =>
    Object.entries(values).map(([name, value]) => [`${folder}/${name}`, value] as const);
  return Object.fromEntries([
    ...at("daemon.json", daemon),
    ...at("environment", environment),
    ...at("tls", tls),
  ]);
}

export function secretsDocument(secrets: SecretsSettings): Document {
  return Object.fromEntries(
    Object.entries(secrets).map(([place, value]) => [place, new JsonText(value)]),
  );
}
