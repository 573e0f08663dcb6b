import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { RootlessDockerHost } from "../../index";
import { AnsweringMachine } from "../support/answeringMachine";
import { Stack, steps } from "../support/stack";

// A machine whose address is not known before the `up`, since that may change the machine: a preview shows what is known.

let machine: AnsweringMachine;
let stack: Stack;

beforeAll(async () => {
  machine = await AnsweringMachine.start();
  stack = await Stack.start("address");
});
afterAll(() => machine.close());

interface Edit {
  /** Another value replaces the server. */
  server?: string;
  account?: string;
  /** As a host name, which is another address for the same machine. */
  isNamed?: boolean;
  options?: pulumi.ComponentResourceOptions;
}

const program =
  ({ server: kind = "small", account, isNamed = false, options }: Edit) =>
  () => {
    const server = new random.RandomId("server", { byteLength: 4, keepers: { kind } });
    const { connection } = machine;
    const host = server.hex.apply(() => (isNamed ? "localhost" : connection.host));
    const account_ = account === undefined ? undefined : { name: account };
    const args = { connection: { ...connection, host, connectTimeout: 0 }, account: account_ };
    new RootlessDockerHost("web", args, options);
  };

const shown = async (edit: Edit) => stack.previewText(program(edit), { diff: false });
const children = (outcome: Awaited<ReturnType<Stack["up"]>>) =>
  steps(outcome).filter((line) => line.includes(" web"));

test("the first up", async () => {
  expect(await shown({})).toContain("a machine whose address is not known yet");
  await stack.up(program({}));
});

test("the server is replaced and has the same address: no move is shown, and none is made", async () => {
  const preview = await shown({ server: "large" });
  expect(preview).toContain(
    "web: connection.host is not known before pulumi up. If it stays the same, nothing moves. If it changes, a new, empty daemon starts there, and nothing is copied to it. Once it answers, the one at ssh://docker-rootless@127.0.0.2:",
  );
  // The server alone.
  expect(preview).toMatch(/\+-1 to replace/);
  expect(children(await stack.up(program({ server: "large" })))).toEqual([]);
});

test("with protect, too", async () => {
  const options = { protect: true };
  await stack.up(program({ server: "large", options }));
  await shown({ server: "larger", options });
  expect(children(await stack.up(program({ server: "larger", options })))).toEqual([]);
  await stack.up(program({ server: "larger", options: { protect: false } }));
});

test("another account is a move, whatever the address turns out to be", async () => {
  const preview = await shown({ server: "largest", account: "ci" });
  expect(preview).toContain("web: a new, empty daemon starts at (not known yet), and nothing");
  expect(preview).toMatch(/\+-\d+ to replace/);
  expect(preview).not.toMatch(/\+-1 to replace/);
});

test("another address is a move in the up", async () => {
  const outcome = await stack.tryUpBy("pulumi up", program({ server: "other", isNamed: true }));
  expect(children(outcome)).toContain("create-replacement web-installation");
});
