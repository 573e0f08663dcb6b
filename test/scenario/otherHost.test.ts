import * as random from "@pulumi/random";
import {
  createHost,
  destroyAllHosts,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../stand-ins/hosts";
import { asAccount, importImage } from "../support/host";
import { requireDocsTools } from "../../stand-ins/requirements";
import { lineOfDocs } from "../support/docsLine";
import { live, Stack } from "../support/stack";
import { changesSince, childSteps, daemon, expectMoved, program } from "./identity";
import { connectionTo } from "../support/hostStack";
import { stepNames } from "../../src/steps";

// A machine made anew, another machine, one that does not answer, one that is gone: what the engine does,
// what the user sees and does, and what the machines are afterwards. The tests follow each other.
let host: TestHost;
let second: TestHost;
let before: HostSnapshot;
let stack: Stack;
let running: string;

beforeAll(async () => {
  [host, second] = await Promise.all([
    createHost({ suite: "trixie" }),
    createHost({ suite: "trixie" }),
  ]);
  before = await snapshotHost(host);
  stack = await Stack.start("hosts");
});
afterAll(destroyAllHosts);

/** On the second host, with little patience for one that does not answer. */
const there = () => ({
  connection: { ...connectionTo(second), dialErrorLimit: 1, connectTimeout: 0, perDialTimeout: 3 },
});

test("a machine that was created again under the same address says so, and recheck fixes it", async () => {
  await stack.up(program(host, "web"));
  // To the engine all is as it was; the machine is an empty one again.
  const state = await stack.exportState();
  await stack.destroy();
  await stack.importState(state);

  const edit = { daemon: { "log-level": "warn" } };
  expect((await stack.tryUp(program(host, "web", edit))).failure).toMatch(
    /web-daemon: agent: the program on the machine is missing or damaged \(sha256sum: \S+: No such file or directory\)\. To fix: run pulumi up with a new value of operations\.recheck/,
  );
  const outcome = await stack.up(program(host, "web", { operations: { recheck: "1" } }));
  const brought = ["create-replacement", "delete-replaced", "replace"].map(
    (op) => `${op} web-copy`,
  );
  const updated = stepNames
    .filter((step) => step !== "secrets")
    .map((step) => `update web-${step}`);
  expect(childSteps(outcome).sort()).toEqual([...brought, ...updated].sort());
  await daemon(host);
});

test("an agent that was removed by hand: the same", async () => {
  running = await daemon(host);
  await host.run("rm /var/lib/rootless-docker/agents/*/agent");
  const edit = {
    operations: { recheck: "1" },
    kernel: { sysctls: { "net.ipv4.ping_group_range": "0 9" } },
  };
  expect((await stack.tryUp(program(host, "web", edit))).failure).toContain(
    "web-machine: agent: the program on the machine is missing or damaged (",
  );
  const outcome = await stack.up(program(host, "web", { operations: { recheck: "2" } }));
  expect(live(outcome, "web-machine")).toEqual([
    expect.stringMatching(
      /^agent: \/var\/lib\/rootless-docker\/agents\/[0-9a-f]+\/agent installed$/,
    ),
    "machine: nothing to change",
  ]);
  expect(live(outcome, "web-daemon")).toEqual(["daemon: nothing to change"]);
  expect(await daemon(host)).toBe(running);
});

test("another address of the same machine: made anew, takes over, and nothing of it stops", async () => {
  await importImage(host, "app");
  await asAccount(host, "app", "docker run -d --name sleeper busybox sleep 9999");
  const inspect = "docker inspect -f '{{.State.Pid}} {{.State.StartedAt}}' sleeper";
  const alive = await asAccount(host, "app", inspect);
  // Hosts are numbered from 2 on: the last numbers are free.
  const address = host.address.replace(/\d+$/, (number) => String(256 - Number(number)));
  await host.run(`ip address add ${address}/24 dev host0`);

  const moved = program(host, "web", { connection: { ...connectionTo(host), host: address } });
  expect(await stack.previewText(moved, { diff: false })).toMatch(/\+-7 to replace\n/);
  const outcome = await stack.up(moved);
  expectMoved(outcome, "create-replacement web", "delete-replaced web");
  expect(live(outcome, "web-machine")[1]).toMatch(
    /^preflight: takes over the account app from conformance\/hosts\/web /,
  );
  expect(await host.run("ls /var/lib/rootless-docker/installations | wc -l")).toBe("1\n");
  expect(await daemon(host)).toBe(running);
  expect(await asAccount(host, "app", inspect)).toBe(alive);
  expect(stack.outputs("web").dockerHost).toBe(`ssh://app@${address}:22`);
  expect(childSteps(await stack.up(moved))).toEqual([]);
});

test("another host: all is made there, then the old one is given back", async () => {
  const moved = program(host, "web", there());
  expect(await stack.previewText(moved, { diff: false })).toMatch(/\+-7 to replace\n/);
  expectMoved(await stack.up(moved), "create-replacement web", "delete-replaced web");
  expect(await changesSince(before, host)).toEqual([]);
  running = await daemon(second);
});

test("the old host does not answer: the new one is made; the state then forgets the old one", async () => {
  await second.setReachable(false);
  const back = program(host, "web");
  const { failure } = await stack.tryUp(back);
  expect(failure).toMatch(/\(web-daemon\):\n *error: after 1 failed attempts: dial tcp .*:22: /);
  await daemon(host);
  expect((await stack.tryUp(back)).failure).toContain("dial tcp");

  await requireDocsTools();
  await stack.run(lineOfDocs("pulumi stack export | jq "));
  expect(childSteps(await stack.up(back))).toEqual([]);
  await second.setReachable(true);
  expect(await daemon(second)).toBe(running);
});

test("the old host is to stay, with retainOnDelete: it is left as it is", async () => {
  const kept = await daemon(host);
  const retainOnDelete = { retainOnDelete: true };
  expect(childSteps(await stack.up(program(host, "web", {}, retainOnDelete)))).toEqual([]);
  // The second host has what the state has forgotten: it is taken over.
  const outcome = await stack.up(program(second, "web", {}, retainOnDelete));
  expect(live(outcome, "web-machine")[1]).toMatch(/^preflight: takes over the account app from /);
  expect(await daemon(second)).toBe(running);
  expect(await daemon(host)).toBe(kept);
});

test("the host is gone, with deletedWith: no command is tried", async () => {
  const withMachine = () => {
    const machine = new random.RandomId("machine", { byteLength: 2 });
    program(second, "web", {}, { deletedWith: machine })();
  };
  expect(childSteps(await stack.up(withMachine))).toEqual(["create machine"]);
  await second.setReachable(false);
  const outcome = await stack.up(() => {});
  expect(childSteps(outcome)).toContain("delete web-daemon");
  expect(childSteps(outcome)).toContain("delete machine");
});
