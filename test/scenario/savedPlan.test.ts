import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";
import { AnsweringMachine } from "../support/answeringMachine";
import { Stack } from "../support/stack";

// A plan that `preview` saved and somebody has read: `up --plan` does what it says, and nothing else.

let machine: AnsweringMachine;
const plan = join(mkdtempSync(join(tmpdir(), "plan-")), "plan.json");

beforeAll(async () => {
  machine = await AnsweringMachine.start();
  machine.answers = { ...machine.answers, isNew: true };
});
afterAll(() => machine.close());

interface Edit {
  args?: Partial<RootlessDockerHostArgs>;
  /** Whether the machine is made by the same program, so that its address is not known in the first preview. */
  makesMachine?: boolean;
}

const program =
  ({ args = {}, makesMachine = false }: Edit) =>
  () => {
    const { connection } = machine;
    const server = new random.RandomId("server", { byteLength: 4 });
    const host = makesMachine ? server.hex.apply(() => connection.host) : connection.host;
    const sudoPassword = makesMachine ? pulumi.secret(server.b64Url) : undefined;
    const web = new RootlessDockerHost("web", {
      connection: { ...connection, host, sudoPassword },
      ...args,
    });
    // What a stack makes of every output.
    const { dockerHost, tcpDockerHost, knownHosts, clientEnvironment, accountConnection } = web;
    const { sshOpts, socketPath, account, versions, network, limitations, controls } = web;
    const known = { dockerHost, tcpDockerHost, knownHosts, clientEnvironment, accountConnection };
    const measured = { sshOpts, socketPath, account, versions, network, limitations, controls };
    const keepers = Object.entries({ ...known, ...measured }).map(([name, output]) => [
      name,
      pulumi.jsonStringify(output),
    ]);
    const all = Object.fromEntries(keepers) as Record<string, pulumi.Output<string>>;
    new random.RandomId("user", { byteLength: 4, keepers: all });
  };

/** Saves a plan, then applies it. Returns what failed. */
async function applied(stack: Stack, edit: Edit): Promise<string | undefined> {
  const preview = `pulumi preview --save-plan ${plan}`;
  const saved = await stack.tryPreviewBy(preview, program(edit));
  expect(saved.failure).toBeUndefined();
  return (await stack.tryUpBy(`pulumi up --plan ${plan}`, program(edit))).failure;
}

test.each<[string, Edit]>([
  ["a machine that is there", {}],
  ["a machine that the same up makes, with a password for sudo", { makesMachine: true }],
])("%s: a first up, one that changes nothing, and an edit", async (_what, edit) => {
  const stack = await Stack.start("plan");
  expect(await applied(stack, edit)).toBeUndefined();
  expect(await applied(stack, edit)).toBeUndefined();
  const args = { daemon: { "log-level": "debug" }, environment: { A: "1" } };
  expect(await applied(stack, { ...edit, args })).toBeUndefined();
});

test("a plan of another program is refused", async () => {
  const stack = await Stack.start("other");
  await stack.tryPreviewBy(`pulumi preview --save-plan ${plan}`, program({}));
  const edited = program({ args: { environment: { A: "1" } } });
  const { failure } = await stack.tryUpBy(`pulumi up --plan ${plan}`, edited);
  expect(failure).toContain("violates plan");
});
