import { stepCodeHash, type StepName } from "../src/agent/agentText";
import { readSettings, type Settings } from "../src/settings";
import { type Document, renderDocument } from "../src/step/document";
import { everyStepDocument } from "../src/step/settings";
import { accountDocument } from "../src/steps/account/settings";
import { daemonDocument } from "../src/steps/daemon/settings";
import { engineDocument } from "../src/steps/engine/settings";
import { kernelDocument } from "../src/steps/kernel/settings";
import { portsDocument } from "../src/steps/ports/settings";
import { preflightDocument } from "../src/steps/preflight/settings";

/** Arguments of the component that a step on a host can be tried with, all of them plain. */
export interface StepArgs {
  account?: object;
  subordinateIds?: object;
  engine?: object;
  rootfulDocker?: string;
  storageDriver?: string;
  privilegedPorts?: string;
  unprivilegedPing?: object;
  sysctls?: object;
  kernelModuleOptions?: object;
  appArmorProfile?: string;
  resourceControllers?: string[];
  network?: object;
  daemon?: object;
  environment?: object;
  onDestroy?: object;
  takeOver?: boolean;
  /** Who holds the lease. Defaults to "project/dev/web". */
  owner?: string;
  /** Secret values by place, such as `environment/TOKEN`. */
  secrets?: Document;
}

/** The documents that the component would send for these arguments. */
export function documentsOf({ owner = "project/dev/web", secrets = {}, ...args }: StepArgs) {
  const { settings, problems } = readSettings({ connection: { host: "host" }, ...args });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return documentsFrom(settings, owner, secrets);
}

/** One document a step, of settings that are right already. */
export function documentsFrom(
  settings: Settings,
  owner = "project/dev/web",
  secrets: Document = {},
) {
  const { account, subordinateIds, resourceControllers, rootfulDocker } = settings;
  const everyStep = everyStepDocument(settings.everyStep);
  return {
    preflight: { ...preflightDocument(owner, settings), ...everyStep },
    engine: engineDocument(settings.engine, rootfulDocker),
    account: accountDocument(account, subordinateIds, resourceControllers),
    kernel: kernelDocument(settings.kernel),
    secrets,
    ports: portsDocument(settings.privilegedPorts),
    daemon: daemonDocument(account.name, settings.daemon, Object.keys(secrets)),
    report: { account: account.name },
  } satisfies Record<StepName, Document>;
}

/** The same as the component sends it: with the hash of the step's code. */
export function documentText(step: StepName, wishes: StepArgs = {}): string {
  return renderDocument({ ...documentsOf(wishes)[step], agent: stepCodeHash(step) });
}
