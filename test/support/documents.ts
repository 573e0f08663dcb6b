import { stepCodeHash, type StepName } from "../../src/agent/agentText";
import { documentOf, steps } from "../../src/steps";
import { type Document, wholeDocument } from "../../src/steps/document";
import { readSettings, type Settings } from "../../src/steps/settings";

/** Arguments of the component that a step on a host can be tried with, all of them plain. */
export interface StepArgs {
  account?: object;
  engine?: object;
  rootfulDocker?: string;
  storageDriver?: string;
  privilegedPorts?: string;
  kernel?: object;
  network?: object;
  daemon?: object;
  environment?: object;
  registryCertificates?: object;
  registryCredentialHelpers?: object;
  tcpSocket?: object;
  registryAuth?: object[];
  unitOverrides?: object;
  prune?: object;
  onDestroy?: object;
  operations?: { recheck?: string; takeOver?: boolean };
  /** Who holds the installation. Defaults to "project/dev/web". */
  owner?: string;
  /** Variables of the daemon that are marked as secrets. */
  secretEnvironment?: Record<string, string>;
}

/** What somebody wants who has an account of this name, and of these data at its end. */
export const wishesOf = (name: string, data: "delete" | "keep", more: StepArgs = {}): StepArgs => ({
  owner: `infra/prod/${name}`,
  ...more,
  account: { name, ...more.account },
  onDestroy: { data },
});

/** The documents that the component would send for these arguments. */
export function documentsOf({ owner = "project/dev/web", secretEnvironment, ...args }: StepArgs) {
  const environment = { ...args.environment, ...secretEnvironment };
  const secretPaths = Object.keys(secretEnvironment ?? {}).map((name) => `environment.${name}`);
  const { settings, problems } = readSettings(
    { connection: { host: "host" }, ...args, environment },
    secretPaths,
  );
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return documentsOfSettings(settings, owner);
}

/** The documents of all steps. */
export function documentsOfSettings(settings: Settings, owner: string): Record<StepName, Document> {
  const documents = steps.map((step) => [step.name, documentOf(step, settings, owner)]);
  return Object.fromEntries(documents) as Record<StepName, Document>;
}

/** The same as the component sends it: with the hash of the step's code. */
export function documentText(step: StepName, wishes: StepArgs = {}): string {
  return wholeDocument({ ...documentsOf(wishes)[step], agent: stepCodeHash(step) });
}
