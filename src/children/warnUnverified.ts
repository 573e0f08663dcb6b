import * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../inputs";
import { logOn } from "../log";

/** Warns where the machine, or the one that the connection jumps over, has no host key that is known. */
export function warnUnverified(
  inputs: Inputs,
  host: pulumi.Input<string>,
  proxyHost: pulumi.Input<string>,
  component: pulumi.Resource,
): void {
  warnOf(
    "connection",
    "the host",
    inputs.from(["connection.hostKey"], ({ connection }) => !connection.hostKey),
    host,
    component,
  );
  warnOf(
    "connection.proxy",
    "the proxy",
    inputs.from(
      ["connection.proxy.hostKey", "connection.proxy.host"],
      ({ connection: { proxy } }) => proxy !== undefined && !proxy.hostKey,
    ),
    proxyHost,
    component,
  );
}

function warnOf(
  path: string,
  unnamed: string,
  isUnverified: pulumi.Input<boolean>,
  host: pulumi.Input<string>,
  component: pulumi.Resource,
): void {
  if (isUnverified === false) return;
  const name = pulumi.output(host);
  const shown = pulumi.all([name, pulumi.isSecret(name)]);
  pulumi.all([isUnverified, shown]).apply(([unverified, [known, secret]]) => {
    if (!unverified) return;
    const message = `${secret ? unnamed : known || unnamed} is not verified: set ${path}.hostKey, because otherwise anybody in between can read and change what is sent`;
    void logOn(component, "warn", message);
  });
}
