import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { expectFilled, fillAccount } from "../support/accountData";
import { asAccount, bootHost, daemonStart, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import type { StepName } from "../../src/steps";
import { Installation, revertOrder } from "../support/installation";

afterAll(destroyAllHosts);

let host: TestHost;
let fresh: Awaited<ReturnType<typeof snapshotHost>>;

beforeAll(async () => {
  host = await bootHost();
  fresh = await snapshotHost(host);
});

const ada: StepArgs = {
  owner: "infra/prod/ada",
  account: { name: "ada" },
  privilegedPorts: "file-capability",
};
const bob: StepArgs = { ...ada, owner: "infra/test/bob", account: { name: "bob" } };
const deletes: StepArgs = { ...ada, onDestroy: { data: "delete" } };

const expectAsBefore = async () =>
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);

test("two accounts share a machine; the first one to come may go first", async () => {
  const first = new Installation(host, "aa");
  const second = new Installation(host, "bb");
  await Promise.all([first.applyAll(ada), second.applyAll(bob)]);
  for (const account of ["ada", "bob"])
    expect(await asAccount(host, account, "docker info --format '{{.SecurityOptions}}'")).toContain(
      "rootless",
    );
  for (const { changed } of Object.values(await first.applyAll(ada))) expect(changed).toEqual([]);

  // One of them wants another value for what the machine has once.
  const other = { ...bob, kernel: { sysctls: { "net.ipv4.ping_group_range": "0 9" } } };
  const { exitCode, said } = await second.tryApply("machine", other);
  expect(exitCode).toBe(1);
  for (const word of ["net.ipv4.ping_group_range", "infra/prod/ada", "infra/test/bob"])
    expect(said.join("\n")).toContain(word);
  await second.apply("machine", bob);

  await importImage(host, "bob");
  const started = await daemonStart(host, "bob");
  await first.revertAll(ada);
  await host.run("none getent passwd ada");
  expect(await daemonStart(host, "bob")).toBe(started);
  expect(await asAccount(host, "bob", "docker run --rm busybox id -u")).toBe("0\n");
  expect(
    await host.run("cat /proc/sys/net/ipv4/ping_group_range; getcap /usr/bin/rootlesskit"),
  ).toBe("0\t2147483647\n/usr/bin/rootlesskit cap_net_bind_service=ep\n");
  for (const { changed } of Object.values(await second.applyAll(bob))) expect(changed).toEqual([]);
  expect(await daemonStart(host, "bob")).toBe(started);

  // What is kept is bob's, and no record of it stays.
  await second.revertAll(bob);
  await host.run(
    `cd /home/bob/.local/share/docker/image; grep -q ^bob: /etc/subuid; none ls -d /var/lib/rootless-docker
    userdel -rf bob 2>/dev/null; sed -i /^bob:/d /etc/subuid /etc/subgid`,
  );
  await expectAsBefore();
});

test("the same owner with a new installation takes over; the old one's revert changes nothing", async () => {
  const lost = new Installation(host, "d0");
  await lost.applyAll({
    ...ada,
    account: { name: "ada", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= a"] },
  });
  await fillAccount(host, "ada");
  const started = await daemonStart(host, "ada");
  const anew = new Installation(host, "d1");
  const { machine } = await anew.applyAll(deletes);
  expect(machine.said.join("\n")).toContain("takes over the account ada from infra/prod/ada");
  await lost.revertAll(ada);
  await expectFilled(host, "ada");
  expect(await daemonStart(host, "ada")).toBe(started);
  for (const { changed } of Object.values(await anew.applyAll(deletes)))
    expect(changed).toEqual([]);
  await anew.revertAll(deletes);
  await expectAsBefore();
});

test("another owner is an error, and takes over with takeOver", async () => {
  const first = new Installation(host, "d2");
  await first.applyAll(deletes);
  await fillAccount(host, "ada");
  const other = { ...deletes, owner: "ops/dev/ada" };
  const second = new Installation(host, "d3");
  await second.install();
  const { exitCode, said } = await second.tryApply("machine", other);
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("takeOver")]);
  await second.applyAll({ ...other, operations: { takeOver: true } });
  await first.revertAll(deletes);
  expect(await asAccount(host, "ada", "docker ps --format '{{.Names}}'")).toBe("mine\n");
  await expectFilled(host, "ada");
  await second.revertAll(other);
  await expectAsBefore();
});

test("a takeover that is cut off after its first step: its destroy gives all back", async () => {
  await new Installation(host, "d4").applyAll(deletes);
  const second = new Installation(host, "d5");
  await second.install();
  await second.apply("machine", {
    ...deletes,
    owner: "ops/dev/ada",
    operations: { takeOver: true },
  });
  await second.destroy();
  await expectAsBefore();
});

const early = ["machine", "secrets"] as const;

test("a step that is created twice: one delete of it changes nothing", async () => {
  await new Installation(host, "c0").applyAll(deletes);
  // It knows of nothing, as Pulumi where it was killed before it heard of success; and as one that replaces.
  const again = new Installation(host, "c0");
  for (const step of ["agent", ...early]) again.created.add(step);
  await again.applyAll(deletes);
  await fillAccount(host, "ada");
  const started = await daemonStart(host, "ada");
  expect((await again.revert("daemon", deletes)).said.join("\n")).toContain(
    "Pulumi has created this step twice",
  );
  expect(await daemonStart(host, "ada")).toBe(started);
  await expectFilled(host, "ada");
  // Its own delete, and then the end, in which the other steps' counts are not used up.
  await again.revertAll(deletes);
  await expectAsBefore();
});

test("a first up with Delete that fails, and a destroy: nothing is left", async () => {
  const app = new Installation(host, "cb");
  const nobody = { address: "127.0.0.1:9", username: "robot", password: "nobody-answers" };
  const { exitCode } = await app.tryUp({ ...deletes, registryAuth: [nobody] });
  expect(exitCode).toBe(1);
  await app.destroy();
  await expectAsBefore();
});

// A state of before that was restored, `pulumi state delete`: Pulumi makes again what it has forgotten, and deletes
// each once.
test.each<[string, string, readonly StepName[]]>([
  ["all", "a2", [...early, "daemon"]],
  ["all, and the daemon failed", "a2", early],
  ["daemon", "a1", ["daemon"]],
])(
  "created again, since they were lost: %s; destroy takes all back",
  async (_what, agentId, steps) => {
    const first = new Installation(host, "c1");
    await first.applyAll(deletes);
    await fillAccount(host, "ada");
    const kept = [...first.created].filter(
      (step) => agentId === "a1" && !steps.some((one) => one === step),
    );
    const again = new Installation(host, "c1", "root", new Set(kept), agentId);
    await again.install();
    for (const step of steps) await again.apply(step, deletes);
    await expectFilled(host, "ada");
    for (const step of revertOrder.filter((one) => again.created.has(one)))
      await again.revert(step, deletes);
    await again.revertAgent();
    await expectAsBefore();
  },
);

test("all replaced, and the agent: the deletes of those from before change nothing", async () => {
  const before = new Installation(host, "c2");
  await before.applyAll(deletes);
  await fillAccount(host, "ada");
  const started = await daemonStart(host, "ada");
  const after = new Installation(host, "c2", "root", new Set(), "a2");
  await after.applyAll(deletes);
  await before.revertAll(deletes);
  expect(await daemonStart(host, "ada")).toBe(started);
  await expectFilled(host, "ada");
  await after.revertAll(deletes);
  await expectAsBefore();
});
