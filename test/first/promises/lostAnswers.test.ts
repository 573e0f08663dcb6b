import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../../testbed/hosts";
import type { StepName } from "../../../src/agent/agentText";
import { applyCommand, machineCommand, revertCommand } from "../../../src/agent/commands";
import { AgentTransfer } from "../../../src/ssh/args";
import { documentText, type StepArgs } from "../../../testkit/documents";
import { asAccount, importImage } from "../../../testkit/host";
import { Installation, revertOrder, type Answer } from "../../../testkit/installation";
import { promise, root } from "./promise";

// What holds where the agent comes to its end, and Pulumi never hears of it: it runs the same again. One host for all;
// each account has an image, a container, a volume and a file of its own.

let host: NspawnHost;
let bare: HostSnapshot;
/** Its packages stay while the others come and go. */
let base: Installation;

let installations = 0;
const install = () => new Installation(host, `d${++installations}`);
const wishesOf = (name: string, data: "Delete" | "Keep"): StepArgs => ({
  owner: `infra/prod/${name}`,
  account: { name },
  sysctls: { "net.core.somaxconn": "8192" },
  // Else each life has a higher range than the one before.
  subordinateIds: { uidStart: 2_000_000, gidStart: 2_000_000 },
  onDestroy: { data },
});

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  await root(host, "apt-get -qq update >/dev/null");
  base = install();
  await base.up({ owner: "infra/prod/base", account: { name: "base" } });
  bare = await snapshotHost(host);
});
afterAll(destroyAllHosts);

/** Gives the account something to lose. */
async function fill(name: string): Promise<void> {
  await importImage(host, name);
  await asAccount(
    host,
    name,
    `docker volume create mine >/dev/null; docker run -d --name mine -v mine:/mine busybox sleep 1000 >/dev/null
    docker exec mine sh -c 'echo precious >/mine/file'; echo own >~/own`,
  );
}

/** Nothing is left of an account, and of its installation. */
async function expectAllGone(name: string): Promise<void> {
  await root(host, `none id ${name}; none ls /home/${name}; none grep ${name} /etc/subuid`);
  const left = diffSnapshots(bare, await snapshotHost(host));
  expect(left.filter((line) => !ofEachRun.test(line))).toEqual([]);
}

/** What an engine writes at each start, and the agent's own. */
const ofEachRun = /\/home\/base\/\.local\/share\/docker\/|\/var\/lib\/rootless-docker/;

/** What the account owned is there, and a new daemon sees it. */
async function expectAllKept(name: string): Promise<void> {
  await root(
    host,
    `id ${name} >/dev/null; grep -q own /home/${name}/own; grep -q ${name} /etc/subuid
    grep -rq precious /home/${name}/.local/share/docker/volumes/mine
    none ls /home/${name}/.config/docker/daemon.json
    systemctl stop user@$(id -u ${name}).service; userdel -rf ${name} 2>/dev/null; none ls /home/${name}`,
  );
}

const outcome = { Delete: expectAllGone, Keep: expectAllKept };

/** The answers of all that `run` does are lost once: Pulumi runs it again. */
async function twice(run: () => Promise<Answer>): Promise<Answer> {
  const first = await run();
  if (first.exitCode !== 0) throw new Error(first.said.join("\n"));
  const second = await run();
  if (second.exitCode !== 0) throw new Error(second.said.join("\n"));
  return second;
}

/** A create whose answer is lost: to Pulumi there is no such step, so it creates the step again. */
function createdTwice(app: Installation, step: StepName, wishes: StepArgs): Promise<Answer> {
  return twice(() => {
    app.created.delete(step);
    return app.tryApply(step, wishes);
  });
}

async function upWithEachAnswerLost(app: Installation, wishes: StepArgs): Promise<void> {
  await app.install();
  for (const step of ["machine", "secrets", "daemon"] as const)
    await createdTwice(app, step, wishes);
}

async function destroyWithEachAnswerLost(app: Installation, wishes: StepArgs): Promise<void> {
  for (const step of revertOrder) await twice(() => app.tryRevert(step, wishes));
  await twice(() => app.tryRevertAgent());
}

for (const data of ["Delete", "Keep"] as const) {
  describe(`with onDestroy.data ${data}`, () => {
    test(promise(8, "each delete comes twice"), async () => {
      const app = install();
      const wishes = wishesOf("ann", data);
      await app.up(wishes);
      await fill("ann");
      await destroyWithEachAnswerLost(app, wishes);
      await outcome[data]("ann");
    });

    test(promise(8, "each create and each delete comes twice"), async () => {
      const app = install();
      const wishes = wishesOf("ben", data);
      await upWithEachAnswerLost(app, wishes);
      await fill("ben");
      await destroyWithEachAnswerLost(app, wishes);
      await outcome[data]("ben");
    });

    test(promise(8, "each create comes twice, and the destroy as usual"), async () => {
      const app = install();
      const wishes = wishesOf("cas", data);
      await upWithEachAnswerLost(app, wishes);
      await fill("cas");
      await app.tryUp(wishes);
      await app.destroy();
      await outcome[data]("cas");
    });

    test(promise(8, "the creates of machine and daemon alone come twice"), async () => {
      const app = install();
      const wishes = wishesOf("dan", data);
      await app.install();
      await createdTwice(app, "machine", wishes);
      await createdTwice(app, "daemon", wishes);
      await fill("dan");
      for (const step of ["daemon", "machine"] as const) await app.revert(step, wishes);
      await app.revertAgent();
      await outcome[data]("dan");
    });

    test(promise(8, "each delete comes twice after a takeover"), async () => {
      const lost = install();
      const app = install();
      const wishes = wishesOf("eli", data);
      await upWithEachAnswerLost(lost, wishes);
      await fill("eli");
      await app.up(wishes);
      await lost.destroy();
      await destroyWithEachAnswerLost(app, wishes);
      await outcome[data]("eli");
    });

    test(
      promise(8, "a takeover that ends early: the delete of its agent takes all back"),
      async () => {
        const lost = install();
        const app = install();
        const wishes = wishesOf("fay", data);
        await lost.up(wishes);
        await fill("fay");
        await app.install();
        await createdTwice(app, "machine", wishes);
        await app.revert("machine", wishes);
        await app.revertAgent();
        await outcome[data]("fay");
      },
    );
  });
}

describe("replaced", () => {
  /** What Pulumi runs with `--replace`: creates of new resources, then the deletes of the earlier ones. */
  const command = (verb: "apply" | "update" | "revert", step: StepName, who: Who) => {
    if (verb === "revert") return revertCommand(step, who);
    return step === "machine" ? machineCommand(verb, who) : applyCommand(verb, step, who);
  };
  type Who = Parameters<typeof revertCommand>[1] & Parameters<typeof machineCommand>[1];

  const run = async (
    app: Installation,
    agentId: string,
    verb: "apply" | "update" | "revert",
    step: StepName,
    wishes: StepArgs,
  ) => {
    const who = {
      installation: app.id,
      transfer: AgentTransfer.Sftp,
      escalation: "auto",
      agentId,
    };
    const { exitCode, stderr } = await host.ssh(command(verb, step, who), {
      input: documentText(step, wishes),
    });
    if (exitCode !== 0) throw new Error(stderr);
    return stderr;
  };

  const expectRunning = async (name: string) => {
    expect(await asAccount(host, name, "docker ps --format '{{.Names}}'")).toBe("mine\n");
  };

  test.each([
    ["machine", ["machine"]],
    ["the daemon", ["daemon"]],
    ["all steps", ["machine", "secrets", "daemon"]],
  ] as [string, StepName[]][])(
    promise(8, "--replace of %s, and the delete of the earlier one twice: all of it stays"),
    async (_, replaced) => {
      const app = install();
      const wishes = wishesOf("gil", "Delete");
      await app.up(wishes);
      await fill("gil");
      for (const step of replaced) await run(app, "a1", "apply", step, wishes);
      for (const step of revertOrder.filter((one) => replaced.includes(one)))
        for (const time of [1, 2])
          expect([time, await run(app, "a1", "revert", step, wishes)]).toEqual([
            time,
            expect.stringContaining("stays"),
          ]);
      await expectRunning("gil");
      await destroyWithEachAnswerLost(app, wishes);
      await expectAllGone("gil");
    },
  );

  test(promise(8, "--replace of the agent with all steps, and each delete twice"), async () => {
    const app = install();
    const wishes = wishesOf("hal", "Delete");
    await app.up(wishes);
    await fill("hal");
    for (const step of ["machine", "secrets", "daemon"] as const)
      await run(app, "a2", "apply", step, wishes);
    for (const step of revertOrder)
      for (const time of [1, 2])
        expect([time, await run(app, "a1", "revert", step, wishes)]).toEqual([
          time,
          expect.stringContaining("stays"),
        ]);
    for (const time of [1, 2])
      expect([time, (await app.tryRevertAgent()).said.join()]).toEqual([
        time,
        expect.stringContaining("stays"),
      ]);
    await expectRunning("hal");
    const second = new Installation(host, app.id, "root", new Set(revertOrder), "a2");
    await destroyWithEachAnswerLost(second, wishes);
    await expectAllGone("hal");
  });

  test(promise(8, "--replace of the agent alone, and an update whose answer is lost"), async () => {
    const app = install();
    const wishes = wishesOf("ivo", "Delete");
    await app.up(wishes);
    await fill("ivo");
    for (const step of ["machine", "secrets", "daemon"] as const)
      await run(app, "a2", "update", step, wishes);
    expect((await app.tryRevertAgent()).said.join()).toContain("stays");
    await expectRunning("ivo");
    // To Pulumi the steps still are those of the first agent.
    await destroyWithEachAnswerLost(app, wishes);
    await expectAllGone("ivo");
  });
});

describe("a document that ends early", () => {
  test.each(["", "agent", "half"])(
    promise(
      8,
      "cut (%s), at an up and at a destroy: nothing changes, and Delete is Delete after it",
    ),
    async (cut) => {
      const app = install();
      const wishes = wishesOf("jil", "Delete");
      await app.up(wishes);
      await fill("jil");
      const before = await snapshotHost(host);
      const who = {
        installation: app.id,
        transfer: AgentTransfer.Sftp,
        escalation: "auto",
        agentId: "a1",
      };
      for (const step of ["machine", "daemon"] as const) {
        const whole = documentText(step, wishes).split("\n");
        const lines = { "": 0, agent: 2, half: Math.floor(whole.length / 2) }[cut];
        const input = whole.slice(0, lines).join("\n");
        for (const command of [
          step === "machine" ? machineCommand("update", who) : applyCommand("update", step, who),
          revertCommand(step, who),
        ]) {
          const { exitCode, stderr } = await host.ssh(command, { input });
          expect([exitCode, stderr]).toEqual([
            3,
            expect.stringContaining("document: found it cut short"),
          ]);
        }
      }
      const changed = diffSnapshots(before, await snapshotHost(host));
      expect(changed.filter((line) => !line.includes("/.local/share/docker/"))).toEqual([]);
      await app.destroy();
      await expectAllGone("jil");
    },
  );
});
