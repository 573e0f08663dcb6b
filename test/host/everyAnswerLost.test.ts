import { destroyAllHosts } from "../../stand-ins/hosts";
import { asAccount } from "../support/host";
import { Installation, revertOrder } from "../support/installation";
import { LossyHost } from "../support/lossyHost";

// Answers that are lost, under Delete and under Keep. lostAnswers.test.ts has the main ones.

let lossy: LossyHost;

beforeAll(async () => {
  lossy = await LossyHost.create();
});
afterAll(destroyAllHosts);

const steps = ["machine", "secrets", "daemon"] as const;

describe.each(["delete", "keep"] as const)("with onDestroy.data %s", (data) => {
  test("each create and each delete comes twice", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("ben", data);
    await lossy.upWithEachAnswerLost(app, wishes);
    await lossy.fill("ben");
    await lossy.destroyWithEachAnswerLost(app, wishes);
    await lossy.expectOutcome(data, "ben");
  });

  test("the creates of machine and daemon alone come twice", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("dan", data);
    await app.install();
    await lossy.createTwice(app, "machine", wishes);
    await lossy.createTwice(app, "daemon", wishes);
    await lossy.fill("dan");
    for (const step of ["daemon", "machine"] as const) await app.revert(step, wishes);
    await app.revertAgent();
    await lossy.expectOutcome(data, "dan");
  });

  test("the daemon comes twice, and the delete after its own is cut off while it takes the daemon back", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("gus", data);
    await app.install();
    for (const step of ["machine", "secrets"] as const) await app.apply(step, wishes);
    await lossy.createTwice(app, "daemon", wishes);
    await lossy.fill("gus");
    await app.revert("daemon", wishes);
    // The daemon takes its time to stop.
    const slow = "/etc/systemd/user/docker.service.d";
    await lossy.host.run(
      `mkdir -p ${slow}; printf '[Service]\\nExecStop=/usr/bin/sleep 8\\n' >${slow}/slow.conf`,
    );
    await asAccount(lossy.host, "gus", "systemctl --user daemon-reload");
    const cutOff = app.tryRevert("secrets", wishes);
    await lossy.host.run(
      `timeout 60 sh -c 'until grep -q fate-of-data /var/lib/rootless-docker/installations/${app.id}/state; do sleep 0.05; done'
      pkill -KILL -f '[a]gent revert secrets'`,
    );
    expect((await cutOff).exitCode).not.toBe(0);
    const own = `/var/lib/rootless-docker/installations/${app.id}`;
    expect(await lossy.host.run(`ls ${own}/daemon`)).toBe(`${own}/daemon\n`);
    for (const step of ["secrets", "machine"] as const) await app.revert(step, wishes);
    await lossy.host.run(`rm -r ${slow}`);
    await app.revertAgent();
    await lossy.expectOutcome(data, "gus");
  });

  test("each delete comes twice after a takeover", async () => {
    const lost = lossy.install();
    const app = lossy.install();
    const wishes = lossy.wishes("eli", data);
    await lossy.upWithEachAnswerLost(lost, wishes);
    await lossy.fill("eli");
    await app.up(wishes);
    await lost.destroy();
    await lossy.destroyWithEachAnswerLost(app, wishes);
    await lossy.expectOutcome(data, "eli");
  });

  test("a takeover ends after its first step, which comes twice: the deletes keep the data of the one before", async () => {
    const lost = lossy.install();
    const app = lossy.install();
    const wishes = lossy.wishes("fay", data);
    await lost.up(wishes);
    await lossy.fill("fay");
    await app.install();
    await lossy.createTwice(app, "machine", wishes);
    await app.revert("machine", wishes);
    await app.revertAgent();
    await lossy.expectAllKept("fay");
  });
});

test("machine comes twice, and Pulumi never hears of the daemon: destroy is an error, and takes nothing back in silence", async () => {
  const app = lossy.install();
  const wishes = lossy.wishes("kay", "delete");
  await app.install();
  await lossy.createTwice(app, "machine", wishes);
  await app.apply("secrets", wishes);
  await app.apply("daemon", wishes);
  await lossy.fill("kay");
  await app.revert("machine", wishes);
  const { exitCode, said } = await app.tryRevertAgent();
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringContaining("To fix: destroy this host"),
  ]);
  await lossy.expectRunning("kay");
  const command = /'(sh \S+ revert agent \w+ "" end)'/.exec(said.join())?.[1] ?? "false";
  await lossy.host.run(command);
  await lossy.expectAllGone("kay");
});

test("a delete whose answer was lost is drift: the next up makes the step again", async () => {
  const app = lossy.install();
  const wishes = lossy.wishes("noa", "keep");
  await app.up(wishes);
  await lossy.fill("noa");
  expect(await app.drift()).toEqual([]);
  await lossy.runFor("a1", app, "revert", "daemon", wishes);
  expect(await app.drift()).toMatchObject([
    { step: "daemon", about: "step daemon", found: "reverted", wanted: "applied" },
  ]);
  await app.apply("daemon", wishes);
  expect(await app.drift()).toEqual([]);
  await app.destroy();
  await lossy.expectAllKept("noa");
});

describe("replaced", () => {
  const expectStays = (lines: string) => expect(lines).toMatch(/kept(?: for now)?: /);

  test.each(["machine", "daemon"] as const)(
    "--replace of %s, and the delete of the earlier one twice: all of it stays",
    async (replaced) => {
      const app = lossy.install();
      const wishes = lossy.wishes("gil", "delete");
      await app.up(wishes);
      await lossy.fill("gil");
      await lossy.runFor("a1", app, "apply", replaced, wishes);
      expectStays(await lossy.runFor("a1", app, "revert", replaced, wishes));
      expectStays(await lossy.runFor("a1", app, "revert", replaced, wishes));
      await lossy.expectRunning("gil");
      await lossy.destroyWithEachAnswerLost(app, wishes);
      await lossy.expectAllGone("gil");
    },
  );

  test("--replace of the daemon, and of the agent alone after it: an error, and all of it stays", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("lou", "delete");
    await app.up(wishes);
    await lossy.fill("lou");
    await lossy.runFor("a1", app, "apply", "daemon", wishes);
    expectStays(await lossy.runFor("a1", app, "revert", "daemon", wishes));
    const { exitCode, said } = await app.tryRevertAgent();
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      expect.stringContaining("new value of operations.recheck"),
    ]);
    await lossy.expectRunning("lou");
    await lossy.runFor("a2", app, "update", "machine", wishes);
    expectStays((await app.tryRevertAgent()).said.join());
    await lossy.expectRunning("lou");
    await app.destroy();
    await lossy.expectAllGone("lou");
  });

  test("the agent and all steps are tainted, and the answer to the daemon's create is lost: all of it stays", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("mia", "delete");
    await app.up(wishes);
    await lossy.fill("mia");
    await lossy.runFor("a2", app, "apply", "machine", wishes);
    await lossy.runFor("a2", app, "apply", "daemon", wishes);
    await lossy.runFor("a2", app, "apply", "daemon", wishes);
    for (const step of ["daemon", "machine"] as const)
      expectStays(await lossy.runFor("a1", app, "revert", step, wishes));
    expectStays((await app.tryRevertAgent()).said.join());
    await lossy.expectRunning("mia");
    for (const step of ["daemon", "machine"] as const)
      await lossy.runFor("a2", app, "revert", step, wishes);
    await app.revertAgent();
    await lossy.expectAllGone("mia");
  });

  test("--replace of the agent with all steps, and each delete twice: all of it stays", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("hal", "delete");
    await app.up(wishes);
    await lossy.fill("hal");
    for (const step of steps) await lossy.runFor("a2", app, "apply", step, wishes);
    for (const step of revertOrder) {
      expectStays(await lossy.runFor("a1", app, "revert", step, wishes));
      expectStays(await lossy.runFor("a1", app, "revert", step, wishes));
    }
    expectStays((await app.tryRevertAgent()).said.join());
    expectStays((await app.tryRevertAgent()).said.join());
    await lossy.expectRunning("hal");
    const second = new Installation(lossy.host, app.id, "root", new Set(revertOrder), "a2");
    await lossy.destroyWithEachAnswerLost(second, wishes);
    await lossy.expectAllGone("hal");
  });

  test("--replace of the agent alone, and the answers to the updates are lost", async () => {
    const app = lossy.install();
    const wishes = lossy.wishes("ivo", "delete");
    await app.up(wishes);
    await lossy.fill("ivo");
    for (const step of steps) await lossy.runFor("a2", app, "update", step, wishes);
    expectStays((await app.tryRevertAgent()).said.join());
    await lossy.expectRunning("ivo");
    // To Pulumi the steps still are those of the first agent.
    await lossy.destroyWithEachAnswerLost(app, wishes);
    await lossy.expectAllGone("ivo");
  });
});
