import type { StepName } from "../../src/agent/agentText";
import { applyCommand, machineCommand, revertCommand } from "../../src/agent/commands";
import { AgentTransfer } from "../../src/ssh/args";
import {
  createHost,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../stand-ins/hosts";
import { documentText, type StepArgs } from "./documents";
import { expectFilled, fillAccount } from "./accountData";
import { asAccount, root } from "./host";
import { Installation, revertOrder, type Answer } from "./installation";

// Lives in which the agent comes to its end, and Pulumi never hears of it: it runs the same again. Each account has an
// image, a container, a volume and a file of its own.

/** A host for such lives: an installation of another account keeps the packages there. */
export class LossyHost {
  private installations = 0;

  private constructor(
    readonly host: NspawnHost,
    private readonly bare: HostSnapshot,
  ) {}

  static async create(): Promise<LossyHost> {
    const host = await createHost({ suite: "trixie" });
    await host.run("apt-get -qq update >/dev/null");
    const base = new Installation(host, "d0");
    await base.up({ owner: "infra/prod/base", account: { name: "base" } });
    return new LossyHost(host, await snapshotHost(host));
  }

  install(): Installation {
    this.installations += 1;
    return new Installation(this.host, `d${this.installations}`);
  }

  wishes(name: string, data: "delete" | "keep"): StepArgs {
    return {
      owner: `infra/prod/${name}`,
      // Else each life has a higher range than the one before.
      account: { name, subordinateIds: { uidStart: 2_000_000, gidStart: 2_000_000 } },
      kernel: { sysctls: { "net.core.somaxconn": "8192" } },
      onDestroy: { data },
    };
  }

  /** Gives the account something to lose. */
  async fill(name: string): Promise<void> {
    await fillAccount(this.host, name);
  }

  /** With Delete: nothing is left of an account, and of its installation. */
  async expectAllGone(name: string): Promise<void> {
    await root(this.host, `none id ${name}; none ls /home/${name}; none grep ${name} /etc/subuid`);
    const left = diffSnapshots(this.bare, await snapshotHost(this.host));
    expect(left.filter((line) => !ofEachRun.test(line))).toEqual([]);
  }

  /** With Keep: all that the account owned is there, and nothing of this program. The account is removed then. */
  async expectAllKept(name: string): Promise<void> {
    await expectFilled(this.host, name);
    await root(
      this.host,
      `id ${name} >/dev/null; grep -q ${name} /etc/subuid
      none ls /home/${name}/.config/docker/daemon.json
      systemctl stop user@$(id -u ${name}).service; userdel -rf ${name} 2>/dev/null; none ls /home/${name}`,
    );
  }

  async expectOutcome(data: "delete" | "keep", name: string): Promise<void> {
    if (data === "delete") await this.expectAllGone(name);
    else await this.expectAllKept(name);
  }

  /** The account's container runs: nobody has taken the daemon back. */
  async expectRunning(name: string): Promise<void> {
    expect(await asAccount(this.host, name, "docker ps --format '{{.Names}}'")).toBe("mine\n");
  }

  /** Each step is created twice, the second time because the first answer was lost. */
  async upWithEachAnswerLost(app: Installation, wishes: StepArgs): Promise<void> {
    await app.install();
    for (const step of ["machine", "secrets", "daemon"] as const)
      await this.createTwice(app, step, wishes);
  }

  /** A create whose answer is lost: to Pulumi there is no such step, so it creates the step again. */
  async createTwice(app: Installation, step: StepName, wishes: StepArgs): Promise<void> {
    await twice(() => {
      app.created.delete(step);
      return app.tryApply(step, wishes);
    });
  }

  async destroyWithEachAnswerLost(app: Installation, wishes: StepArgs): Promise<void> {
    for (const step of revertOrder) await twice(() => app.tryRevert(step, wishes));
    await twice(() => app.tryRevertAgent());
  }

  /** A command of a step as Pulumi runs it for an agent's resource of this id. Returns its lines. */
  async runFor(agentId: string, app: Installation, ...[verb, step, wishes]: Run): Promise<string> {
    const { exitCode, stderr } = await this.tryRunFor(agentId, app, verb, step, {
      input: documentText(step, wishes),
    });
    if (exitCode !== 0) throw new Error(stderr);
    return stderr;
  }

  /** The same with any text on stdin, whatever it exits with. */
  tryRunFor(
    agentId: string,
    app: Installation,
    verb: Run[0],
    step: StepName,
    { input }: { input: string },
  ) {
    const who = {
      installation: app.id,
      transfer: AgentTransfer.Sftp,
      escalation: "auto",
      agentId,
    };
    return this.host.ssh(commandOf(verb, step, who), { input });
  }
}

type Run = [verb: "apply" | "update" | "revert", step: StepName, wishes: StepArgs];
type Who = Parameters<typeof revertCommand>[1] & Parameters<typeof machineCommand>[1];

function commandOf(verb: Run[0], step: StepName, who: Who): string {
  if (verb === "revert") return revertCommand(step, who);
  return step === "machine" ? machineCommand(verb, who) : applyCommand(verb, step, who);
}

/** What an engine writes at each start, the agent's own, and settings of the one kernel that all test hosts have. */
const ofEachRun =
  /\/home\/base\/\.local\/share\/docker\/|\/var\/lib\/rootless-docker|^sysctl kernel\./;

async function twice(run: () => Promise<Answer>): Promise<void> {
  for (const time of ["first", "second"]) {
    const { exitCode, said } = await run();
    if (exitCode !== 0) throw new Error(`the ${time} time: ${said.join("\n")}`);
  }
}
