import * as pulumi from "@pulumi/pulumi";
import type { StepName } from "./agent/agentText";
import type { LiftedSettings } from "./resolveInputs";
import { type Document, JsonText } from "./steps/document";
import { accountDocument } from "./steps/account/settings";
import { daemonDocument } from "./steps/daemon/settings";
import { engineDocument } from "./steps/engine/settings";
import { kernelDocument } from "./steps/kernel/settings";
import { portsDocument } from "./steps/ports/settings";
import { preflightDocument } from "./steps/preflight/settings";

/** The desired state of every step, each made of the settings that it needs and no others. */
export function stepDocuments(
  owner: string,
  settings: LiftedSettings,
): Record<StepName, pulumi.Output<Document>> {
  const own: Record<StepName, pulumi.Output<Document>> = {
    preflight: settings.impossible.apply((s) => preflightDocument(owner, s)),
    engine: settings.engine.apply((s) => engineDocument(s.engine, s.rootfulDocker)),
    account: settings.account.apply((s) =>
      accountDocument(s.account, s.subordinateIds, s.resourceControllers),
    ),
    kernel: settings.kernel.apply(kernelDocument),
    secrets: settings.secretValues.apply(secretsDocument),
    ports: settings.privilegedPorts.apply(portsDocument),
    daemon: pulumi
      .all([settings.accountName, settings.daemon, settings.secretNames])
      .apply(([account, s, secretNames]) => daemonDocument(account, s, secretNames)),
    report: settings.accountName.apply((account): Document => ({ account })),
  };
  // Not by pulumi.all, which would take JsonText apart.
  const whole = Object.entries(own).map(([step, document]) => [
    step,
    document.apply((one) => settings.everyStep.apply((all) => ({ ...one, ...all }))),
  ]);
  return Object.fromEntries(whole) as typeof own;
}

/** Values as JSON, by place. */
function secretsDocument(values: Record<string, string>): Document {
  return Object.fromEntries(
    Object.entries(values).map(([place, json]) => [place, new JsonText(JSON.parse(json))]),
  );
}
