import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  AgentTransfer,
  AppArmorProfile,
  EnginePlugin,
  EngineSource,
  NetworkDriver,
  OnDestroyData,
  PortDriver,
  PrivilegedPorts,
  DriftDetection,
  PrivilegeEscalation,
  Restarts,
  RootfulDocker,
  RootlessDockerHost,
  type RootlessDockerHostArgs,
  StorageDriver,
} from "../../index";
import { agentChange } from "../../src/changes/agent";
import { changeInWords } from "../../src/changes/documents";
import { refusedChanges } from "../../src/changes/guard";
import { Inputs } from "../../src/inputs";
import { readSettings } from "../../src/steps/settings";
import { stepNames, steps } from "../../src/steps";
import { inputPaths } from "../support/inputPaths";
import { certificate } from "../support/certificate";
import { serverCertificate, serverKey } from "../support/serverCertificate";
import { edits } from "../support/edits";
import { type Registration, runProgram } from "./mocks";

// "What a change does" of docs/changes.md against the code: which steps' inputs differ, and what is replaced.
afterEach(() => jest.restoreAllMocks());

const connection = {
  host: "a.example",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
  privateKey: "one",
};
const base: RootlessDockerHostArgs = {
  connection,
  account: { name: "app" },
  environment: { TOKEN: pulumi.secret("one") },
  registryAuth: [{ address: "ghcr.io", username: "me", password: "one" }],
};

const socket = {
  caCertificate: certificate,
  certificate: serverCertificate,
  privateKey: serverKey,
};

/** For each input of the table, edits of the base that stand for it. */
const changes: Record<string, Partial<RootlessDockerHostArgs>[]> = {
  "`connection.host`": [{ connection: { ...connection, host: "b.example" } }],
  "`connection` (all else)": [
    { connection: { ...connection, privateKey: "two" } },
    { connection: { ...connection, port: 2222 } },
    { connection: { ...connection, user: "ops" } },
    { connection: { ...connection, sudoPassword: "two" } },
    { connection: { ...connection, proxy: { host: "jump.example" } } },
  ],
  "`connection.privilegeEscalation`": [
    { connection: { ...connection, privilegeEscalation: PrivilegeEscalation.Sudo } },
  ],
  "`account.name`": [{ account: { name: "web" } }],
  "`account.create`": [{ account: { name: "app", create: false } }],
  "`account.uid`, `account.home`, `account.shell`": [
    { account: { name: "app", uid: 1500 } },
    { account: { name: "app", home: "/srv/app" } },
    { account: { name: "app", shell: "/bin/sh" } },
  ],
  "`account.authorizedKeys`": [
    { account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA="] } },
  ],
  "`account.subordinateIds`": [
    { account: { name: "app", subordinateIds: { count: 131_072 } } },
    { account: { name: "app", subordinateIds: { uidStart: 200_000 } } },
    { account: { name: "app", subordinateIds: { gidStart: 200_000 } } },
  ],
  "`account.cgroupControllers`": [
    { account: { name: "app", cgroupControllers: ["memory", "pids"] } },
    { account: { name: "app", cgroupControllers: [] } },
  ],
  "`account.limits`": [
    { account: { name: "app", limits: { memory: "4G" } } },
    { account: { name: "app", limits: { cpus: 1.5, tasks: 2000, ioWeight: 50 } } },
  ],
  "`engine.source`": [
    { engine: { source: EngineSource.Preinstalled } },
    { engine: { source: EngineSource.DockerRepository } },
    {
      engine: {
        source: EngineSource.StaticArchive,
        version: "29.8.1",
        sha256: "0".repeat(64),
        rootlessExtrasSha256: "0".repeat(64),
      },
    },
  ],
  "`engine.version`": [{ engine: { version: "26.1" } }],
  "`engine.plugins`": [{ engine: { plugins: [EnginePlugin.Buildx] } }],
  "`rootfulDocker`": [{ rootfulDocker: RootfulDocker.Disable }],
  "`storageDriver`": [{ storageDriver: StorageDriver.Vfs }],
  "`privilegedPorts`": [
    { privilegedPorts: PrivilegedPorts.FileCapability },
    { privilegedPorts: PrivilegedPorts.Sysctl },
  ],
  "`kernel.unprivilegedPing`": [
    { kernel: { sysctls: { "net.ipv4.ping_group_range": "0 1000" } } },
    { kernel: { unprivilegedPing: false } },
  ],
  "`kernel.sysctls`": [{ kernel: { sysctls: { "net.ipv4.ip_forward": "1" } } }],
  "`kernel.moduleOptions`": [
    { kernel: { moduleOptions: { "overlay.permit_mounts_in_userns": "1" } } },
  ],
  "`kernel.appArmorProfile`": [{ kernel: { appArmorProfile: AppArmorProfile.None } }],
  "`network.ipv6`": [{ network: { ipv6: true } }],
  "`network` (all else)": [
    { network: { driver: NetworkDriver.Pasta } },
    { network: { portDriver: PortDriver.Slirp4netns } },
    { network: { mtu: 1500 } },
    { network: { hostLoopback: true } },
  ],
  "`daemon`": [{ daemon: { debug: true } }],
  "`data-root` in `daemon`": [{ daemon: { "data-root": "/srv/docker" } }],
  "`environment`": [{ environment: { ...(base.environment as object), A: "b" } }],
  "a secret value in `daemon` or `environment`": [{ environment: { TOKEN: pulumi.secret("two") } }],
  "a password in `registryAuth`": [
    { registryAuth: [{ address: "ghcr.io", username: "me", password: "two" }] },
  ],
  "`registryAuth`": [{ registryAuth: [{ address: "quay.io", username: "me", password: "one" }] }],
  "`registryCredentialHelpers`": [
    { registryCredentialHelpers: { "registry.example": "ecr-login" } },
  ],
  "`registryCertificates`": [{ registryCertificates: { "registry.example:5000": certificate } }],
  "`tcpSocket`": [{ tcpSocket: socket }],
  "`unitOverrides`": [
    { unitOverrides: { Service: { MemoryMax: "4G", ExecStartPre: ["/bin/true", "/bin/true"] } } },
    { unitOverrides: { Unit: { StartLimitBurst: 3 } } },
  ],
  "`prune`": [{ prune: {} }, { prune: { schedule: "Sun 03:00", all: true } }],
  "`onDestroy.data`": [{ onDestroy: { data: OnDestroyData.Delete } }],
  "`acceptedAdvisories`": [{ acceptedAdvisories: ["live-restore"] }],
  "`agentTransfer`": [{ agentTransfer: AgentTransfer.Stdin }],
  "`operations.restarts`": [{ operations: { restarts: Restarts.Refuse } }],
  "`operations.driftDetection`": [
    { operations: { driftDetection: DriftDetection.Preview } },
    { operations: { driftDetection: DriftDetection.Required } },
  ],
  "`operations.recheck`": [{ operations: { recheck: "today" } }],
  "`operations.takeOver`": [{ operations: { takeOver: true } }],
};

interface Row {
  steps: string;
  restarts: string;
  replaced: string;
}

const documentOf = (name: string) => readFileSync(join(__dirname, "../../docs", name), "utf8");

function tableOfDocs(): Record<string, Row> {
  const table = /## What a change does\n\n([^#]*?)\n\n/.exec(documentOf("changes.md"))?.[1] ?? "";
  const rows = table.split("\n").slice(2);
  return Object.fromEntries(
    rows.map((row) => {
      const [input, steps, restarts, replaced] = row
        .split("|")
        .slice(1)
        .map((cell) => cell.trim());
      return [input, { steps, restarts, replaced }];
    }),
  );
}

async function registrations(args: RootlessDockerHostArgs): Promise<Registration[]> {
  const outcome = await runProgram(() => new RootlessDockerHost("web", args));
  return outcome.registrations.filter(({ name }) => name.startsWith("web-"));
}

/** What differs between two programs, as the table says it. */
async function differences(change: Partial<RootlessDockerHostArgs>) {
  const [before, after] = [await registrations(base), await registrations({ ...base, ...change })];
  const changed = after
    .filter(({ name, inputs }) => {
      const old = before.find((registration) => registration.name === name);
      return JSON.stringify(old?.inputs) !== JSON.stringify(inputs);
    })
    .map(({ name }) => name.slice("web-".length));
  // The others run nothing, or bring what the machine installs.
  const steps = changed.filter((name) => !["installation", "agent", "copy"].includes(name));
  // Under mocks every installation has one hex; the engine gives another when the keepers differ, and that
  // stands in every step's triggers.
  const replaced = changed.includes("installation");
  const all = replaced || steps.length === stepNames.length;
  return {
    steps: all ? "all" : steps.sort().join(", ") || "none",
    replaced: replaced ? "yes" : "no",
  };
}

const table = tableOfDocs();

test("the table has these inputs and no others", () => {
  expect(Object.keys(table)).toEqual(Object.keys(changes));
});

describe.each(Object.keys(changes))("%s", (input) => {
  test.each(changes[input])("%j", async (change) => {
    const { steps, replaced } = await differences(change);
    const said = table[input].steps.replace(", changing nothing", "");
    expect({ steps: said.split(", ").sort().join(", "), replaced: table[input].replaced }).toEqual({
      steps,
      replaced,
    });
  });
});

/** What previews say of a change. */
async function words(change: Partial<RootlessDockerHostArgs>): Promise<string> {
  const [before, after] = [await registrations(base), await registrations({ ...base, ...change })];
  const stdin = (all: Registration[], child: string) => {
    const given = all.find(({ name }) => name === `web-${child}`)?.inputs.stdin;
    return typeof given === "string" ? given : (given as { value: string }).value;
  };
  const ofSteps = steps.map((step) =>
    changeInWords(step, stdin(before, step.name), stdin(after, step.name), step.isSecret),
  );
  return [agentChange(stdin(before, "machine"), stdin(after, "machine")), ...ofSteps].join("\n");
}

test.each(Object.keys(changes).filter((input) => table[input].replaced === "no"))(
  "a preview says whether the daemon restarts: %s",
  async (input) => {
    let said = "";
    for (const change of changes[input]) said += await words(change);
    expect(/restart/.test(said)).toBe(table[input].restarts !== "no");
  },
);

test.each(Object.keys(changes))(
  "operations.restarts: refuse refuses what restarts: %s",
  async (input) => {
    const settings = async (change: Partial<RootlessDockerHostArgs>) => {
      const inputs = new Inputs({
        ...base,
        ...change,
        operations: { ...(change.operations as object), restarts: Restarts.Refuse },
      });
      return readSettings(await inputs.values()).settings;
    };
    const before = await settings({});
    const refused: string[] = [];
    for (const change of changes[input])
      for (const [what] of refusedChanges(before, await settings(change))) refused.push(what);
    const may = /^(yes|a new one|if (the|another|rootlesskit))/.test(table[input].restarts);
    expect({ refused, isRefused: refused.length > 0 }).toEqual({ refused, isRefused: may });
  },
);

test("restarts are those that an edit on a real host is held to", () => {
  for (const { name, row, restarts } of Object.values(edits("")).flat())
    expect([name, table[row].restarts]).toEqual([
      name,
      expect.stringMatching(restarts ? /^(yes|if )/ : /^(no|if )/),
    ]);
});

test("every input and every output of the schema stands in its document", () => {
  const schema = JSON.parse(readFileSync(join(__dirname, "../../schema.json"), "utf8")) as {
    resources: Record<string, { properties: object }>;
  };
  const inputs = inputPaths().flatMap((path) => path.split(".").slice(-1));
  expect(inputs.filter((name) => !documentOf("inputs.md").includes(name))).toEqual([]);
  const outputs = Object.keys(Object.values(schema.resources)[0].properties);
  expect(outputs.filter((name) => !documentOf("outputs.md").includes(`\`${name}\``))).toEqual([]);
});
