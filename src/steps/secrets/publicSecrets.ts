import type { Problem } from "../../validation/reader";
import type { DaemonSettings } from "../daemon/settings";

/** Options whose values nobody else on the machine sees, nor whoever reads the log. */
const kept = /^(connection|daemon|environment|account\.authorizedKeys)(?![^.[])/;

/** Of these, what stands in process lists and messages all the same. */
const startScriptNames = /^DOCKERD_ROOTLESS_/;

/**
 * Problems of values that are marked as secrets, and that the machine cannot keep: the name of an account
 * or a kernel setting is there for everybody to read.
 */
export function publicSecrets(
  secretPaths: string[],
  { daemon, environment }: DaemonSettings,
): Problem[] {
  const names = Object.keys(environment).filter((name) => startScriptNames.test(name));
  const shown = [
    ...(daemon["data-root"] === undefined ? [] : ["daemon.data-root"]),
    ...names.map((name) => `environment.${name}`),
  ].filter((path) =>
    secretPaths.some((secret) => path === secret || path.startsWith(`${secret}.`)),
  );
  const others = secretPaths.filter((path) => !kept.test(path));
  return [...others, ...shown].map((propertyPath) => ({
    propertyPath,
    reason:
      "the value is marked as a secret, but everybody on the machine can see it; take the mark away (pulumi.unsecret)",
  }));
}
