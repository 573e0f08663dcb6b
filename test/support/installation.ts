import { agentText, type StepName } from "../../src/agent/agentText";
import { type Drift, readAnswer } from "../../src/drift/answer";
import {
  applyCommand,
  checkCommand,
  copyPath,
  machineCommand,
  revertCommand,
  uninstallCommand,
  type Invocation,
  type StepInvocation,
} from "../../src/agent/commands";
import { AgentTransfer } from "../../src/ssh/args";
import { stepNames } from "../../src/steps";
import type { Finished, TestHost } from "../../stand-ins/hosts";
import { failed } from "../../stand-ins/hosts/exec";
import { documentText, type StepArgs } from "./documents";
import { runExactly } from "./host";

/** What the agent said: its report if it succeeded, and its lines for people. */
export interface Answer {
  exitCode: number;
  changed: string[];
  facts: Record<string, string>;
  /** One line a change or problem. */
  said: string[];
}

/** The order in which steps are taken back. */
export const revertOrder: readonly StepName[] = [...stepNames].reverse();

/** One installation on a host: what a component's commands do there, without the engine. */
export class Installation {
  /**
   * @param created what Pulumi would have in its state: creates that succeeded.
   * @param agentId of the agent in that state.
   */
  constructor(
    readonly host: TestHost,
    readonly id: string,
    readonly user = "root",
    readonly created = new Set<string>(),
    readonly agentId = "a1",
  ) {}

  async install(): Promise<void> {
    expectDone(await this.tryInstall());
    // What the step machine remembers, for the tests that try another step.
    const owner = `/var/lib/rootless-docker/installations/${this.id}/owner`;
    await this.host.run(`[ -e ${owner} ] || {
      echo installation ${this.id} >${owner}.new; sync ${owner}.new; mv ${owner}.new ${owner}
      sync ${owner} $(dirname ${owner}); }`);
  }

  /** Installs the agent alone, and returns a failure too. In an `up` the command of the step machine does it. */
  async tryInstall(): Promise<Answer> {
    const copy = await this.copyAgent();
    const command = `sh ${copy} install agent ${this.id} auto && rm -f ${copy}`;
    return this.noted("add", "agent", this.call(command, ""));
  }

  /** What the child NAME-copy does. */
  private async copyAgent(): Promise<string> {
    const copy = copyPath(this.who.transfer, this.id);
    await this.host.run(`cat >${copy}`, { input: agentText(), user: this.user });
    return copy;
  }

  /** The same; false if it was cut off. */
  private async tryCopyAgent(): Promise<boolean> {
    const copy = copyPath(this.who.transfer, this.id);
    const options = { input: agentText(), user: this.user };
    const finished = await this.host.ssh(`cat >${copy}`, options);
    if (finished.exitCode !== 0 && finished.exitCode !== 255) throw failed("the copy", finished);
    return finished.exitCode === 0;
  }

  /** Applies a step. Anything but success throws. */
  async apply(step: StepName, wishes: StepArgs = {}): Promise<Answer> {
    return expectDone(await this.tryApply(step, wishes));
  }

  /** Applies a step, and returns a failure too. */
  async tryApply(step: StepName, wishes: StepArgs = {}): Promise<Answer> {
    const document = documentText(step, wishes);
    const verb = this.created.has(step) ? "update" : "apply";
    const command =
      step === "machine" ? machineCommand(verb, this.who) : applyCommand(verb, step, this.who);
    return this.noted("add", step, this.call(command, document));
  }

  /** Reverts a step, with the document that the component sends again. */
  async revert(step: StepName, wishes: StepArgs = {}): Promise<Answer> {
    return expectDone(await this.tryRevert(step, wishes));
  }

  /** Reverts a step, and returns a failure too. */
  tryRevert(step: StepName, wishes: StepArgs = {}): Promise<Answer> {
    const document = documentText(step, wishes);
    return this.noted("delete", step, this.call(revertCommand(step, this.who), document));
  }

  /** What a preview is told. */
  async drift(): Promise<Drift[]> {
    return readAnswer(await runExactly(this.host, checkCommand(this.who))) ?? [];
  }

  async revertAgent(): Promise<Answer> {
    return expectDone(await this.tryRevertAgent());
  }

  /** Removes the agent, and returns a failure too. */
  tryRevertAgent(): Promise<Answer> {
    return this.noted("delete", "agent", this.call(uninstallCommand(this.who), ""));
  }

  /** Whether the answer of a step that has succeeded is lost, as with a connection that breaks. */
  isLost: () => boolean = () => false;

  /** What `pulumi up` does: every step, one after the other, until one fails. Anything but success throws. */
  async up(wishes: StepArgs = {}): Promise<Answer> {
    return expectDone(await this.tryUp(wishes));
  }

  /** The same, and returns a failure too. */
  async tryUp(wishes: StepArgs = {}): Promise<Answer> {
    this.#wishes = wishes;
    if (!(await this.tryCopyAgent()))
      return { exitCode: 255, changed: [], facts: {}, said: ["the copy was cut off"] };
    // Pulumi has that child from then on.
    this.created.add("agent");
    return untilFailed(stepNames.map((name) => () => this.tryApply(name, wishes)));
  }

  /** What `pulumi destroy` does: of the steps that have succeeded. Anything but success throws. */
  async destroy(): Promise<Answer> {
    return expectDone(await this.tryDestroy());
  }

  /** The same, until a step fails, and returns that failure. */
  async tryDestroy(): Promise<Answer> {
    const there = revertOrder.filter((step) => this.created.has(step));
    return untilFailed([
      ...there.map((step) => () => this.tryRevert(step, this.#wishes)),
      ...(this.created.has("agent") ? [() => this.tryRevertAgent()] : []),
    ]);
  }

  /** Of the last `up`. */
  #wishes: StepArgs = {};

  /** All steps. */
  async applyAll(wishes: StepArgs = {}): Promise<Record<StepName, Answer>> {
    await this.install();
    const machine = await this.apply("machine", wishes);
    const secrets = await this.apply("secrets", wishes);
    const daemon = await this.apply("daemon", wishes);
    return { machine, secrets, daemon };
  }

  /** All reverts, in the component's order. Returns what they said. */
  async revertAll(wishes: StepArgs = {}): Promise<string[]> {
    const said: string[] = [];
    for (const step of revertOrder) said.push(...(await this.revert(step, wishes)).said);
    said.push(...(await this.revertAgent()).said);
    return said;
  }

  private async noted(
    how: "add" | "delete",
    step: string,
    answered: Promise<Answer>,
  ): Promise<Answer> {
    const answer = await answered;
    if (answer.exitCode !== 0) return answer;
    // ssh's own exit code.
    if (this.isLost()) return { ...answer, exitCode: 255 };
    this.created[how](step);
    return answer;
  }

  private get who(): Invocation & StepInvocation {
    return {
      installation: this.id,
      transfer: AgentTransfer.Sftp,
      escalation: "auto",
      agentId: this.agentId,
    };
  }

  private async call(command: string, input: string): Promise<Answer> {
    return answerOf(await this.host.ssh(command, { input, user: this.user }));
  }
}

/** Does one after the other until one fails. Returns what they said and reported together. */
async function untilFailed(all: (() => Promise<Answer>)[]): Promise<Answer> {
  const together: Answer = { exitCode: 0, changed: [], facts: {}, said: [] };
  for (const run of all) {
    const { exitCode, changed, facts, said } = await run();
    together.exitCode = exitCode;
    together.changed.push(...changed);
    together.said.push(...said);
    Object.assign(together.facts, facts);
    if (exitCode !== 0) break;
  }
  return together;
}

function answerOf({ exitCode, stdout, stderr }: Finished): Answer {
  const said = stderr.split("\n").filter((line) => line !== "");
  if (exitCode !== 0 || stdout === "") return { exitCode, changed: [], facts: {}, said };
  const { facts } = JSON.parse(stdout) as Pick<Answer, "facts">;
  const changed = said
    .filter((line) => !notes.test(line))
    .map((line) => line.replace(/^\w+: /, ""));
  return { exitCode, changed, facts, said };
}

/** Lines of the agent that are about no change. */
const notes =
  /^\w+: (waits|uses|the |takes|stops|kept|starts|restarts|refreshes|packages|installs|downloads|dnf|apt|pacman|completes|nothing|agent: )|is left out|still has only|remains '|is still loaded|takes effect|no effect|somebody has removed|ran before|no longer exists,/;

function expectDone(answer: Answer): Answer {
  if (answer.exitCode !== 0)
    throw new Error(`exit code ${answer.exitCode}:\n${answer.said.join("\n")}`);
  return answer;
}
