import { remote } from "@pulumi/command";
import {
  createHost,
  destroyAllHosts,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../stand-ins/hosts";
import { connectionTo } from "../support/hostStack";
import { Stack } from "../support/stack";
import { changesSince, childSteps, daemon, expectMoved, program } from "./identity";

// The machine is a resource of the same program, and another address replaces it.
let host: TestHost;
let second: TestHost;
let before: HostSnapshot;
let stack: Stack;

beforeAll(async () => {
  [host, second] = await Promise.all([
    createHost({ suite: "trixie" }),
    createHost({ suite: "trixie" }),
  ]);
  before = await snapshotHost(host);
  stack = await Stack.start("server");
});
afterAll(destroyAllHosts);

/** A server that knows its address when it is there, as a cloud's does, and an installation on it. */
const serverAt = (machine: TestHost, deleteBeforeReplace: boolean) => () => {
  const server = new remote.Command(
    "server",
    {
      connection: connectionTo(second),
      create: `echo ${machine.address}`,
      delete: "true",
      triggers: [machine.address],
    },
    { deleteBeforeReplace },
  );
  const connection = { ...connectionTo(machine), host: server.stdout };
  program(machine, "web", { connection })();
};

test("with deleteBeforeReplace: the old host is given back, then the server is another one", async () => {
  await stack.up(serverAt(host, true));
  await daemon(host);
  const moved = serverAt(second, true);
  expect(await stack.previewText(moved, { diff: false })).toMatch(/\+-\d+ to replace\n/);
  const lines = childSteps(await stack.up(moved));
  const at = (line: string) => lines.indexOf(line);
  // The child that keeps drift goes beside the machine's step and the agent.
  const deleted = lines.filter((line) => /^delete\S* (web-(?!drift)|server$)/.test(line));
  const order = ["daemon", "secrets", "machine", "agent", "copy", "installation"];
  expect(deleted.map((line) => line.replace(/^\S+ (web-)?/, ""))).toEqual([...order, "server"]);
  expect(at(deleted[deleted.length - 1])).toBeLessThan(at("create-replacement server"));
  expect(at("create-replacement server")).toBeLessThan(at("create-replacement web-copy"));
  expect(await changesSince(before, host)).toEqual([]);
  await daemon(second);
  expect(childSteps(await stack.up(moved))).toEqual([]);
});

test("without it: all is made on the new host before the old one is given back", async () => {
  // The option counts as the state has it.
  const here = await snapshotHost(host);
  expect(childSteps(await stack.up(serverAt(second, false)))).toEqual([]);
  expectMoved(
    await stack.up(serverAt(host, false)),
    "create-replacement web",
    "delete-replaced web",
  );
  await daemon(host);
  await stack.destroy();
  expect(await changesSince(here, host)).toEqual([]);
});
