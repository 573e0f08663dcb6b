import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askedBy } from "../../../bench/fleetHost";
import { PrivilegeEscalation } from "../../../index";
import { agentSum } from "../../../src/agent/agentText";
import { wordOfId } from "../../../src/agent/commands";
import { installation, step } from "../mocks";
import { create, usual } from "./create";

// The commands of the children in a shell, with a folder in the place of root's, and an agent that notes what it is
// called with and what it reads. The real agent, on hosts, is in test/host.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rootless-docker-test-"));
  for (const name of ["home", "state", "tmp"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Notes its words in brackets, and its stdin. To install it is to copy it, with its sum. */
const agent = () => `#!/bin/sh
{ printf '<%s>' "$@"; printf ' %s\\n' "$(cat)"; } >>'${folder}/called'
[ "$1" = install ] || exit 0
mkdir -p '${folder}/state/installations/${installation}' '${folder}/state/agents/${installation}'
cp "$0" '${installed()}'
sha256sum '${installed()}' >'${folder}/state/agents/${installation}/sha256'
`;

const copy = () => join(folder, "home", `.rootless-docker-${installation}`);
const installed = () => join(folder, "state/agents", installation, "agent");

/** Runs a command of a child as the login's shell does. */
function run(command: unknown): { status: number | null; stderr: string } {
  const text = String(command)
    .replaceAll("/var/lib/rootless-docker", join(folder, "state"))
    .replaceAll("/tmp/rootless-docker.", join(folder, "tmp/rootless-docker."))
    .replaceAll(agentSum(), createHash("sha256").update(agent()).digest("hex"));
  return spawnSync("sh", ["-c", text], {
    cwd: join(folder, "home"),
    input: "document",
    encoding: "utf8",
  });
}

/** What the agent was called with since the last look. */
function calls(): string[] {
  const file = join(folder, "called");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  rmSync(file, { force: true });
  return text.split("\n").filter(Boolean);
}

/** The commands of a child in an `up`. */
async function commandsOf(name: string, more = {}) {
  const { inputs } = step(await create({ ...usual, ...more }, false), name);
  return inputs as Record<"create" | "update" | "delete", string | undefined>;
}

const id = wordOfId("web-agent-id");

/** What an `up` leaves. */
async function install(): Promise<void> {
  writeFileSync(copy(), agent());
  expect(run((await commandsOf("machine")).create).status).toBe(0);
  calls();
}

test.each([
  [undefined, "auto"],
  [PrivilegeEscalation.Auto, "auto"],
  [PrivilegeEscalation.Sudo, "sudo"],
  [PrivilegeEscalation.Doas, "doas"],
  [PrivilegeEscalation.None, "none"],
])(
  "a new machine, with escalation %s: the agent is installed with the word %s, then applies",
  async (privilegeEscalation, word) => {
    writeFileSync(copy(), agent());
    const { create: created } = await commandsOf("machine", {
      connection: { ...(usual.connection as object), privilegeEscalation } as never,
    });
    expect(run(created)).toMatchObject({ status: 0, stderr: "" });
    expect(calls()).toEqual([
      `<install><agent><${installation}><${word}> `,
      `<apply><machine><${installation}><><${id}> document`,
    ]);
    expect(existsSync(copy())).toBe(false);
  },
);

test("a copy of the agent that is not whole is not run", async () => {
  writeFileSync(copy(), `${agent()}\n`);
  const { status, stderr } = run((await commandsOf("machine")).create);
  expect([status, stderr]).toEqual([1, expect.stringContaining("did NOT match")]);
  expect(calls()).toEqual([]);
});

test.each([
  ["machine", "create", `<apply><machine><${installation}><><${id}> document`],
  ["machine", "update", `<update><machine><${installation}><><${id}> document`],
  ["machine", "delete", `<revert><machine><${installation}><><${id}> document`],
  ["secrets", "update", `<update><secrets><${installation}><><${id}> document`],
  ["daemon", "create", `<apply><daemon><${installation}><><${id}> document`],
  ["daemon", "update", `<update><daemon><${installation}><><${id}> document`],
  ["daemon", "delete", `<revert><daemon><${installation}><><${id}> document`],
  ["agent", "delete", `<revert><agent><${installation}> `],
] as const)("%s, %s: one call of the installed agent", async (name, verb, call) => {
  await install();
  const command = (await commandsOf(name))[verb];
  expect(run(command)).toMatchObject({ status: 0, stderr: "" });
  expect(calls()).toEqual([call]);
  // What a power cut or a hand left of it is not run.
  writeFileSync(installed(), `${readFileSync(installed(), "utf8")}\n`);
  const { status, stderr } = run(command);
  expect([status, stderr]).toEqual([1, expect.stringContaining("did NOT match")]);
  expect(calls()).toEqual([]);
});

test.each(["machine", "daemon", "agent"])(
  "%s: its delete does nothing on a machine that has nothing of the installation",
  async (name) => {
    const { status, stderr } = run((await commandsOf(name)).delete);
    expect(status).toBe(0);
    if (name === "agent") expect(stderr).toMatch(/^agent: nothing to revert: /);
    else expect(stderr).toBe("");
    expect(calls()).toEqual([]);
  },
);

test("an end that was killed and left the agent alone goes on", async () => {
  await install();
  rmSync(join(folder, "state/installations", installation), { recursive: true });
  const agents = join(folder, "state/agents");
  spawnSync("sh", ["-c", `mv ${installation} .at; ln -s .at ${installation}`], { cwd: agents });
  writeFileSync(join(agents, ".at/sha256"), sumOf(installed()));
  expect(run((await commandsOf("agent")).delete)).toMatchObject({ status: 0, stderr: "" });
  expect(calls()).toEqual([`<revert><agent><${installation}> `]);
});

test("without secret values the step secrets logs in nowhere: it has no create, and no delete", async () => {
  const { create: created, delete: deleted } = await commandsOf("secrets");
  expect([created, deleted]).toEqual([undefined, undefined]);
});

test("the agent's own resource runs at its end alone", async () => {
  const { create: created, update: updated } = await commandsOf("agent");
  expect([created, updated]).toEqual([undefined, undefined]);
});

function sumOf(path: string): string {
  return `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${path}\n`;
}

test("the bench of many hosts reads from a command what it asks the agent", async () => {
  const { create: created, update: updated } = await commandsOf("machine");
  expect(askedBy(String(created))).toBe("install agent, apply machine");
  expect(askedBy(String(updated))).toBe("install agent, update machine");
});
