import { readFileSync } from "node:fs";
import { packedAgent, stepCodeHash, type StepName } from "../../src/agent/agentText";
import { readSettings } from "../../src/settings";
import {
  applyCommand,
  installCommand,
  revertCommand,
  uninstallCommand,
  type Who,
} from "../../src/step/commands";
import { everyStepDocument } from "../../src/step/settings";
import { type Document, renderDocument } from "../../src/step/document";
import { accountDocument } from "../../src/steps/account/settings";
import { daemonDocument } from "../../src/steps/daemon/settings";
import { engineDocument } from "../../src/steps/engine/settings";
import { kernelDocument } from "../../src/steps/kernel/settings";
import { portsDocument } from "../../src/steps/ports/settings";
import { preflightDocument } from "../../src/steps/preflight/settings";
import { busyboxImageTar } from "../../testbed/dockerCli";
import { createHost, type Finished, type HostArgs, type TestHost } from "../../testbed/hosts";

/** What the agent said: its report if it succeeded, and its lines for people. */
export interface Answer {
  exitCode: number;
  changed: string[];
  facts: Record<string, string>;
  /** One line a change or problem. */
  said: string[];
}

/** Arguments of the component that a step on a host can be tried with, all of them plain. */
export interface Wishes {
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
export function documentsOf({ owner = "project/dev/web", secrets = {}, ...args }: Wishes) {
  const { settings, problems } = readSettings({ connection: { host: "host" }, ...args });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
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
export function documentText(step: StepName, wishes: Wishes = {}): string {
  return renderDocument({ ...documentsOf(wishes)[step], agent: stepCodeHash(step) });
}

/** Steps that can be reverted, in the order in which the component reverts them. */
export const revertOrder = [
  "report",
  "daemon",
  "secrets",
  "ports",
  "kernel",
  "account",
  "engine",
] as const;

/** One installation on a host: what a component's commands do there, without the engine. */
export class Installation {
  /** @param created what Pulumi would have in its state: creates that succeeded. */
  constructor(
    readonly host: TestHost,
    readonly lease: string,
    readonly user = "root",
    readonly created = new Set<string>(),
  ) {}

  async install(): Promise<void> {
    expectDone(await this.tryInstall());
    // What the step preflight remembers, for the tests that try one other step.
    const owner = `/var/lib/rootless-docker/leases/${this.lease}/owner`;
    await this.host.run(`[ -e ${owner} ] || {
      echo lease ${this.lease} >${owner}.new; sync ${owner}.new; mv ${owner}.new ${owner}
      sync ${owner} $(dirname ${owner}); }`);
  }

  /** Installs the agent, and returns a failure too. */
  tryInstall(): Promise<Answer> {
    const command = installCommand(this.created.has("agent") ? "update" : "install", this.who);
    return this.noted("add", "agent", this.call(command, packedAgent()));
  }

  /** Applies a step. Anything but success throws. */
  async apply(step: StepName, wishes: Wishes = {}): Promise<Answer> {
    return expectDone(await this.tryApply(step, wishes));
  }

  /** Applies a step, and returns a failure too. */
  async tryApply(step: StepName, wishes: Wishes = {}): Promise<Answer> {
    const document = documentText(step, wishes);
    const command = applyCommand(this.created.has(step) ? "update" : "apply", step, this.who);
    return this.noted("add", step, this.call(command, document));
  }

  /** Reverts a step, with the document that the component sends again. */
  async revert(step: StepName, wishes: Wishes = {}): Promise<Answer> {
    return expectDone(await this.tryRevert(step, wishes));
  }

  /** Reverts a step, and returns a failure too. */
  tryRevert(step: StepName, wishes: Wishes = {}): Promise<Answer> {
    const document = documentText(step, wishes);
    return this.noted("delete", step, this.call(revertCommand(step, this.who), document));
  }

  async revertAgent(): Promise<Answer> {
    return expectDone(await this.tryRevertAgent());
  }

  /** Removes the agent, and returns a failure too. */
  tryRevertAgent(): Promise<Answer> {
    return this.noted("delete", "agent", this.call(uninstallCommand(this.who), ""));
  }

  /** All steps, side by side where the component runs them so. */
  async applyAll(wishes: Wishes = {}): Promise<Record<StepName, Answer>> {
    await this.install();
    const preflight = await this.apply("preflight", wishes);
    const accountDone = this.apply("account", wishes);
    const kernelDone = this.apply("kernel", wishes);
    const secretsDone = this.apply("secrets", wishes);
    const engine = await this.apply("engine", wishes);
    const [account, kernel, secrets] = await Promise.all([accountDone, kernelDone, secretsDone]);
    const ports = await this.apply("ports", wishes);
    const daemon = await this.apply("daemon", wishes);
    const report = await this.apply("report", wishes);
    return { preflight, engine, account, kernel, secrets, ports, daemon, report };
  }

  /** All reverts, in the component's order; engine, account and kernel side by side. */
  async revertAll(wishes: Wishes = {}): Promise<void> {
    await this.revert("report", wishes);
    await this.revert("daemon", wishes);
    await this.revert("ports", wishes);
    const rest = ["secrets", "kernel", "account", "engine"] as const;
    await Promise.all(rest.map((step) => this.revert(step, wishes)));
    await this.revertAgent();
  }

  private async noted(
    how: "add" | "delete",
    step: string,
    answered: Promise<Answer>,
  ): Promise<Answer> {
    const answer = await answered;
    if (answer.exitCode === 0) this.created[how](step);
    return answer;
  }

  private get who(): Who {
    return { lease: this.lease, escalation: "" };
  }

  private async call(command: string, input: string): Promise<Answer> {
    return answerOf(await this.host.ssh(command, { input, user: this.user }));
  }
}

function answerOf({ exitCode, stdout, stderr }: Finished): Answer {
  const said = stderr.split("\n").filter((line) => line !== "");
  if (exitCode !== 0 || stdout === "") return { exitCode, changed: [], facts: {}, said };
  const { changed, facts } = JSON.parse(stdout) as Pick<Answer, "changed" | "facts">;
  return { exitCode, changed, facts, said };
}

function expectDone(answer: Answer): Answer {
  if (answer.exitCode !== 0)
    throw new Error(`exit code ${answer.exitCode}:\n${answer.said.join("\n")}`);
  return answer;
}

/** A host of these tests. Each file makes its own, and shares it among its tests. */
export async function bootHost(args: Partial<HostArgs> = {}): Promise<TestHost> {
  return createHost({ suite: "trixie", ...args });
}

/** Runs a shell command as an account, with the environment of its service manager. */
export function asAccount(host: TestHost, account: string, command: string): Promise<string> {
  return host.run(shellOf(account), { input: command });
}

/** The same, whatever it exits with. */
export function tryAsAccount(host: TestHost, account: string, command: string): Promise<Finished> {
  return host.ssh(shellOf(account), { input: command });
}

function shellOf(account: string): string {
  return `setpriv --reuid ${account} --regid ${account} --init-groups env -i HOME=$(getent passwd ${account} | cut -d: -f6) PATH=$PATH:/usr/sbin XDG_RUNTIME_DIR=/run/user/$(id -u ${account}) sh -eu`;
}

/** The daemon's process and start: they change with every restart. */
export function daemonStart(host: TestHost, account: string): Promise<string> {
  return asAccount(
    host,
    account,
    "systemctl --user show -p MainPID -p ActiveEnterTimestampMonotonic docker.service",
  );
}

/** Gives the account's daemon an image: there is no registry. */
export async function importImage(host: TestHost, account: string, where = ""): Promise<void> {
  await host.run("cat >/tmp/busybox.tar", { input: readFileSync(await busyboxImageTar()) });
  await asAccount(host, account, `docker ${where} import /tmp/busybox.tar busybox >/dev/null`);
  await host.run("rm /tmp/busybox.tar");
}
