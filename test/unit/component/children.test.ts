import * as pulumi from "@pulumi/pulumi";
import { RootlessDockerHost, type RootlessDockerHostArgs } from "../../../index";
import { everyOption, secretValues } from "../fixtures";
import {
  commandType,
  inSecret,
  known,
  installation,
  type Registration,
  registered,
  runProgram,
  shown,
  step,
  valueOf,
} from "../mocks";
import { create, modes, usual } from "./create";

/** All that can run something on the host. */
const commandsOf = ({ registrations }: { registrations: Registration[] }) =>
  registrations.filter(({ type, name }) => type === commandType && name !== "web-drift");

describe.each(modes)("in $mode", ({ preview }) => {
  test("exactly these children, each with its type, parent and predecessors", async () => {
    const { registrations } = await create(usual, preview);
    const lines = registrations.map(
      ({ type, name, parent, dependsOn }) =>
        `${type} ${name} in ${parent ?? "nothing"} after ${dependsOn.join(" ")}`,
    );
    expect(lines).toEqual([
      "rootless-docker:index:RootlessDockerHost web in nothing after ",
      "random:index/randomId:RandomId web-installation in web after ",
      "command:remote:Command web-drift in web after web-installation",
      "command:remote:CopyToRemote web-copy in web after web-installation",
      "command:remote:Command web-agent in web after web-copy web-installation",
      "command:remote:Command web-machine in web after web-agent web-drift web-installation",
      "command:remote:Command web-secrets in web after web-agent web-drift web-installation web-machine",
      "command:remote:Command web-daemon in web after web-agent web-drift web-installation web-machine web-secrets",
    ]);
  });

  test("errors of a program's own have stack traces while the children are made", async () => {
    const stacks: (string | undefined)[] = [];
    await create(usual, preview, {
      transformations: [() => void stacks.push(new Error("of a program").stack)],
    });
    expect(stacks).toHaveLength(8);
    for (const stack of stacks) expect(stack).toContain("children.test");
  });

  test("the installation is kept by host and account", async () => {
    const outcome = await create(everyOption(), preview);
    expect(step(outcome, "installation").inputs).toEqual({
      byteLength: 8,
      keepers: { host: "machine.example", account: "builder" },
    });
  });

  test("commands: quiet about the report, nothing in the environment", async () => {
    const outcome = await create(usual, preview);
    for (const { inputs } of commandsOf(outcome)) {
      expect(inputs).toMatchObject({ logging: "stderr", addPreviousOutputInEnv: false });
      expect(inputs).not.toHaveProperty("environment");
      expect(shown(inputs.triggers)).toEqual([preview ? "[unknown]" : installation]);
    }
  });

  test("the connection of every command: each field where it belongs", async () => {
    // The component itself waits and becomes root, and sudo gets the password on stdin.
    const connection = {
      ...everyOption().connection,
      connectTimeout: undefined,
      privilegeEscalation: undefined,
      sudoPassword: undefined,
    };
    const outcome = await create(everyOption(), preview);
    for (const { inputs } of commandsOf(outcome)) {
      const { proxy, ...hop } = inSecret(inputs.connection) as Record<string, unknown>;
      const { proxy: proxyWanted, ...hopWanted } = connection;
      expect(opened(hop)).toEqual(hopWanted);
      expect(opened(proxy)).toEqual(proxyWanted);
    }
  });

  test.each([
    ["a usual host", { ...everyOption(), ...secretValues() }],
    [
      "Outputs",
      {
        ...secretValues(),
        connection: pulumi.output(everyOption().connection),
        environment: pulumi.output({ A: pulumi.secret("SECRET-a") }),
        daemon: pulumi.output({ labels: pulumi.secret(["SECRET=l"]) }),
      },
    ],
    [
      "a proxy that is an Output",
      {
        connection: {
          ...everyOption().connection,
          proxy: pulumi.output(everyOption().connection.proxy),
        },
      },
    ],
    [
      "promises",
      {
        connection: Promise.resolve(everyOption().connection),
        environment: { A: Promise.resolve(pulumi.secret("SECRET-a")) },
      },
    ],
  ])("no secret in clear in any registration: %s", async (_name, args) => {
    const { registrations, outputs, warnings } = await create(
      args as RootlessDockerHostArgs,
      preview,
    );
    // It is there, and where the engine shows it, it is not seen.
    expect(JSON.stringify(registrations)).toContain("SECRET");
    expect(JSON.stringify(shown(registrations))).not.toContain("SECRET");
    expect(JSON.stringify(shown(outputs))).not.toContain("SECRET");
    expect(warnings.join()).not.toContain("SECRET");
  });

  test.each([
    ["machine.example", undefined, "ssh://app@machine.example:22"],
    ["10.1.2.3", 2222, "ssh://app@10.1.2.3:2222"],
    ["fe80::1", 22, "ssh://app@[fe80::1]:22"],
  ])("dockerHost of %s, port %s", async (host, port, url) => {
    const { value } = await create({ ...usual, connection: { host, port } }, preview);
    expect(await known(value.dockerHost)).toBe(true);
    expect(await valueOf(value.dockerHost)).toBe(url);
  });

  test.each([
    ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=\n"],
    [pulumi.output("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=\n")],
  ])("a host key's line break stays behind: %#", async (hostKey) => {
    const connection = { host: "machine.example", hostKey };
    const outcome = await create({ ...usual, connection }, preview);
    const sent = inSecret(step(outcome, "machine").inputs.connection);
    expect(sent).toMatchObject({ hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=" });
  });

  test("one warning that the host is not verified, where no key of it is given", async () => {
    const { warnings } = await create({ connection: { host: "machine.example" } }, preview);
    expect(warnings).toEqual([
      "machine.example is not verified: set connection.hostKey, because otherwise anybody in between can read and change what is sent",
    ]);
    expect((await create(usual, preview)).warnings).toEqual([]);
  });

  test("options: what parent does not bring is copied to every child", async () => {
    const outcome = await runProgram(
      async () => {
        const machine = new pulumi.ComponentResource("pulumi:pulumi:Stack", "machine");
        await registered(machine);
        return new RootlessDockerHost("web", usual, {
          deletedWith: machine,
          retainOnDelete: true,
          customTimeouts: { create: "31m", update: "32m", delete: "33m" },
          protect: true,
          aliases: [{ name: "old" }],
        });
      },
      { preview },
    );
    const children = outcome.registrations.filter(({ parent }) => parent === "web");
    expect(children).toHaveLength(7);
    for (const child of children) {
      expect(child).toMatchObject({
        retainOnDelete: true,
        timeouts: { create: "31m", update: "32m", delete: "33m" },
        protect: true,
      });
      expect(child.deletedWith).toMatch(/::machine$/);
      // The parent's aliases are the children's, by the engine: no list of them is sent.
      expect(child.aliases).toEqual([]);
    }
    expect(outcome.registrations.find(({ name }) => name === "web")?.aliases).toEqual(["old"]);
  });

  test("without these options, no child has one", async () => {
    const { registrations } = await create(usual, preview);
    for (const registration of registrations) {
      expect(registration).toMatchObject({
        deletedWith: "",
        retainOnDelete: false,
        timeouts: undefined,
        protect: false,
        aliases: [],
      });
    }
  });
});

/** The same object with its secrets opened. */
function opened(value: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as object).map(([key, part]) => [
      key,
      typeof part === "object" ? inSecret(part) : (part as unknown),
    ]),
  );
}
