import * as pulumi from "@pulumi/pulumi";
import {
  PrivilegedPorts,
  RootlessDockerHost,
  type RootlessDockerHostArgs,
  PrivilegeEscalation,
} from "../../index";
import { packedAgent, stepCodeHash, type StepName, stepNames } from "../../src/agent/agentText";
import { everyOption, secretValues } from "./fixtures";
import {
  commandType,
  inSecret,
  known,
  lease,
  mocks,
  type Registration,
  nameOf,
  registered,
  resourcesOf,
  runProgram,
  shown,
  startRecording,
  step,
  unknown,
  valueOf,
} from "./mocks";

afterEach(() => jest.restoreAllMocks());

const usual: RootlessDockerHostArgs = {
  connection: { host: "machine.example", privateKey: "key", hostKey: "ssh-ed25519 AAAA" },
  account: { name: "app" },
};

/** The component named "web", and what it registered. */
function create(
  args: RootlessDockerHostArgs,
  preview: boolean,
  options?: pulumi.ComponentResourceOptions,
) {
  return runProgram(() => new RootlessDockerHost("web", args, options), { preview });
}

/** The document of a step, as an object of its lines; without the hash of the step's code. */
function documentOf(outcome: { registrations: Registration[] }, name: StepName): string {
  const { stdin } = step(outcome, name).inputs;
  return withoutCode(stdin, name);
}

function withoutCode(stdin: unknown, name: StepName): string {
  const line = `agent: "${stepCodeHash(name)}"\n`;
  const text = String(stdin);
  expect(text).toContain(line);
  return text.replace(line, "");
}

describe.each([
  { mode: "up", preview: false },
  { mode: "preview", preview: true },
])("in $mode", ({ preview }) => {
  test("exactly these children, each with its type, parent and predecessors", async () => {
    const { registrations } = await create(usual, preview);
    const lines = registrations.map(
      ({ type, name, parent, dependsOn }) =>
        `${type} ${name} in ${parent ?? "nothing"} after ${dependsOn.join(" ")}`,
    );
    expect(lines.slice(0, 3)).toEqual([
      "rootless-docker:index:RootlessDockerHost web in nothing after ",
      "random:index/randomId:RandomId web-lease in web after ",
      "command:remote:Command web-agent in web after web-lease",
    ]);
    expect(lines.slice(3).sort()).toEqual([
      "command:remote:Command web-account in web after web-lease web-preflight",
      "command:remote:Command web-daemon in web after web-account web-engine web-kernel web-lease web-ports web-secrets",
      "command:remote:Command web-engine in web after web-lease web-preflight",
      "command:remote:Command web-kernel in web after web-lease web-preflight",
      "command:remote:Command web-ports in web after web-lease web-preflight",
      "command:remote:Command web-preflight in web after web-agent web-lease",
      "command:remote:Command web-report in web after web-daemon web-lease",
      "command:remote:Command web-secrets in web after web-lease web-preflight",
    ]);
  });

  test.each([
    [PrivilegedPorts.Sysctl, "web-preflight"],
    [PrivilegedPorts.FileCapability, "web-engine"],
    [pulumi.output(PrivilegedPorts.None), "web-engine"],
  ])(
    "ports waits for the engine where it may need its file: %#",
    async (privilegedPorts, after) => {
      const outcome = await create({ ...usual, privilegedPorts }, preview);
      expect(step(outcome, "ports").dependsOn).toContain(after);
    },
  );

  test("the lease is kept by host and account", async () => {
    const outcome = await create(everyOption(), preview);
    expect(step(outcome, "lease").inputs).toEqual({
      byteLength: 8,
      keepers: { host: "machine.example", account: "builder" },
    });
  });

  test("documents of a usual host", async () => {
    const outcome = await create(usual, preview);
    const documents = Object.fromEntries(
      stepNames.map((name) => [name, documentOf(outcome, name)]),
    );
    expect(documents).toEqual({
      preflight:
        'account: "app"\ncreate: true\nowner: "project/stack/web"\nrootful-docker: "refuse"\nsubgid: 65536\nsubuid: 65536\n',
      engine: 'rootful-docker: "refuse"\nsource: "distribution"\n',
      account:
        'account: "app"\nallocation: "next"\ncgroup.controllers: "cpu cpuset io memory pids"\ncreate: true\nsubgid: 65536\nsubuid: 65536\n',
      kernel:
        'apparmor-profile: "auto"\nkernel.unprivileged_userns_clone: 1\nnet.ipv4.ping_group_range: "0 2147483647"\nuser.max_user_namespaces: ">= 1024"\n',
      ports: 'privileged-ports: "none"\n',
      secrets: "",
      daemon: 'account: "app"\non-destroy-data: "keep"\n',
      report: 'account: "app"\n',
    });
  });

  test("documents with every option", async () => {
    const outcome = await create(everyOption(), preview);
    const documents = Object.fromEntries(
      stepNames.map((name) => {
        const lines = documentOf(outcome, name).trimEnd().split("\n");
        // In every step's: any change of these makes all of them run.
        const ofEveryStep = ['recheck: "2026-11-25T19:44:00Z"', "take-over: true"];
        expect(lines).toEqual(expect.arrayContaining(ofEveryStep));
        return [name, lines.filter((line) => !ofEveryStep.includes(line))];
      }),
    );
    expect(documents).toEqual({
      preflight: [
        'account: "builder"',
        'apparmor-profile: "none"',
        "create: false",
        'daemon.json/storage-driver: "fuse-overlayfs"',
        'home: "/srv/builder"',
        'kernel.keys.maxkeys: "2000"',
        'modprobe.d/overlay.permit_mounts_in_userns: "1"',
        'owner: "project/stack/web"',
        'rootful-docker: "disable"',
        'shell: "/bin/sh"',
        "subgid: 70000",
        "subgid-start: 2000000",
        "subuid: 70000",
        "subuid-start: 1000000",
        "uid: 2345",
      ],
      engine: ['rootful-docker: "disable"', 'source: "distribution"', 'version: "26.1.5+dfsg1-9"'],
      account: [
        'account: "builder"',
        'allocation: "random"',
        'authorized_keys: "ssh-ed25519 AAAAone first\\necdsa-sha2-nistp256 AAAAtwo second"',
        'cgroup.controllers: "memory pids"',
        "create: false",
        'home: "/srv/builder"',
        'shell: "/bin/sh"',
        "subgid: 70000",
        "subgid-start: 2000000",
        "subuid: 70000",
        "subuid-start: 1000000",
        "uid: 2345",
      ],
      kernel: [
        'apparmor-profile: "none"',
        'kernel.keys.maxkeys: "2000"',
        "kernel.unprivileged_userns_clone: 1",
        'modprobe.d/overlay.permit_mounts_in_userns: "1"',
        'net.ipv4.ping_group_range: "3 4"',
        'user.max_user_namespaces: ">= 1024"',
      ],
      ports: ["net.ipv4.ip_unprivileged_port_start: 0", 'privileged-ports: "sysctl"'],
      secrets: [],
      daemon: [
        'account: "builder"',
        "daemon.json/debug: true",
        'daemon.json/log-level: "warn"',
        'daemon.json/log-opts: {"max-file":"3","max-size":"10m"}',
        'daemon.json/storage-driver: "fuse-overlayfs"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK: "false"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_MTU: "1500"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET: "slirp4netns"',
        'environment/DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER: "slirp4netns"',
        'environment/HTTPS_PROXY: "http://proxy.example:3128"',
        'environment/NO_PROXY: "localhost"',
        'on-destroy-data: "delete"',
      ],
      report: ['account: "builder"'],
    });
    expect(String(step(outcome, "agent").inputs.stdin).split("\n")).toEqual(
      expect.arrayContaining(['# recheck: "2026-11-25T19:44:00Z"', "# take-over: true"]),
    );
  });

  test("what the options of one step are not, no other document says", async () => {
    const args = {
      ...usual,
      privilegedPorts: PrivilegedPorts.FileCapability,
      unprivilegedPing: { enabled: false },
    };
    const outcome = await create(args, preview);
    expect(documentOf(outcome, "ports")).toBe(
      'privileged-ports: "file-capability"\nrootlesskit.capability: "cap_net_bind_service=ep"\n',
    );
    expect(documentOf(outcome, "kernel")).toBe(
      'apparmor-profile: "auto"\nkernel.unprivileged_userns_clone: 1\nuser.max_user_namespaces: ">= 1024"\n',
    );
  });

  test("documents do not depend on the order in which options are written", async () => {
    const reversed = <T>(value: T): T => {
      if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value).map(([key, part]) => [key, reversed(part as unknown)]);
      return Object.fromEntries(entries.reverse()) as T;
    };
    const one = await create(everyOption(), preview);
    const other = await create(reversed(everyOption()), preview);
    expect(stepNames.map((name) => step(other, name).inputs.stdin)).toEqual(
      stepNames.map((name) => step(one, name).inputs.stdin),
    );
  });

  test("secret values travel in a step of their own; the daemon's document says that they exist", async () => {
    const outcome = await create({ ...usual, ...secretValues() }, preview);
    expect(documentOf(outcome, "daemon")).toBe(
      'account: "app"\ndaemon.json/debug: true\nenvironment/A: "open"\non-destroy-data: "keep"\nsecrets: "daemon.json/proxies environment/HTTPS_PROXY"\n',
    );
    expect(withoutCode(inSecret(step(outcome, "secrets").inputs.stdin), "secrets")).toBe(
      'daemon.json/proxies: {"http-proxy":"http://user:SECRET-daemon@proxy.example"}\nenvironment/HTTPS_PROXY: "http://user:SECRET-proxy@proxy.example"\n',
    );
  });

  test("null in daemon and environment is nothing, secret or not", async () => {
    const environment = JSON.parse('{ "A": null }') as Record<string, string>;
    const nothing = { daemon: { debug: null }, environment };
    const secret = { daemon: { debug: pulumi.secret(null) }, environment: pulumi.secret({}) };
    for (const args of [nothing, secret]) {
      const outcome = await create({ ...usual, ...args }, preview);
      expect(documentOf(outcome, "daemon")).toBe('account: "app"\non-destroy-data: "keep"\n');
    }
  });

  test("daemon and environment that are secret as a whole are secret value by value", async () => {
    const args = {
      ...usual,
      daemon: pulumi.secret({ debug: true, "registry-mirrors": ["SECRET"] }),
      environment: pulumi.secret({ A: "SECRET" }),
    };
    const outcome = await create(args, preview);
    expect(documentOf(outcome, "daemon")).toBe(
      'account: "app"\non-destroy-data: "keep"\nsecrets: "daemon.json/debug daemon.json/registry-mirrors environment/A"\n',
    );
    expect(withoutCode(inSecret(step(outcome, "secrets").inputs.stdin), "secrets")).toBe(
      'daemon.json/debug: true\ndaemon.json/registry-mirrors: ["SECRET"]\nenvironment/A: "SECRET"\n',
    );
  });

  test("commands: the agent's text on stdin, quiet about the report, nothing in the environment", async () => {
    const outcome = await create(usual, preview);
    const commands = outcome.registrations.filter(({ type }) => type === commandType);
    for (const { inputs } of commands) {
      expect(inputs).toMatchObject({ logging: "stderr", addPreviousOutputInEnv: false });
      expect(inputs).not.toHaveProperty("environment");
      expect(inputs).not.toHaveProperty("update");
      expect(shown(inputs.triggers)).toEqual([preview ? "[unknown]" : lease]);
    }
    expect(step(outcome, "agent").inputs.stdin).toBe(packedAgent());
  });

  test("the connection of every command: each field where it belongs", async () => {
    const { connection } = everyOption();
    const outcome = await create(everyOption(), preview);
    for (const { type, inputs } of outcome.registrations) {
      if (type !== commandType) continue;
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
    [undefined, ""],
    [PrivilegeEscalation.Auto, ""],
    [PrivilegeEscalation.Sudo, " sudo"],
    [PrivilegeEscalation.Doas, " doas"],
    [PrivilegeEscalation.None, " none"],
  ])("escalation %s is the agent's last word: '%s'", async (privilegeEscalation, word) => {
    const outcome = await create({ ...usual, privilegeEscalation }, preview);
    if (preview) return;
    const state = "/var/lib/rootless-docker";
    const { inputs: agent } = step(outcome, "agent");
    expect(agent.create).toMatch(new RegExp(` && sh "\\$f" install agent ${lease}${word}'$`));
    expect(agent.delete).toBe(
      `[ ! -e ${state}/agent ] && [ ! -d ${state}/leases ] || sh ${state}/agent revert agent ${lease}${word} </dev/null`,
    );
    for (const name of stepNames) {
      const { create: created, delete: deleted } = step(outcome, name).inputs;
      expect(created).toBe(`sh ${state}/agent apply ${name} ${lease}${word}`);
      const revert = `[ ! -d ${state}/leases ] || sh ${state}/agent revert ${name} ${lease}${word}`;
      // These two change nothing that would have to be taken back.
      expect(deleted).toBe(["preflight", "report"].includes(name) ? undefined : revert);
    }
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

  test.each([["ssh-ed25519 AAAA\n"], [pulumi.output("ssh-ed25519 AAAA\n")]])(
    "a host key's line break stays behind: %#",
    async (hostKey) => {
      const connection = { host: "machine.example", hostKey };
      const outcome = await create({ ...usual, connection }, preview);
      const sent = inSecret(step(outcome, "kernel").inputs.connection);
      expect(sent).toMatchObject({ hostKey: "ssh-ed25519 AAAA" });
    },
  );

  test("one warning that the host is not verified, where no key of it is given", async () => {
    const { warnings } = await create({ connection: { host: "machine.example" } }, preview);
    expect(warnings).toEqual([
      "machine.example is not verified: set connection.hostKey, or anybody in between can read and change what is sent",
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
    expect(children).toHaveLength(10);
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

  describe("arguments that are wrong", () => {
    test("plain values: every problem at once, before anything is registered", async () => {
      const { registrations } = await startRecording({ preview });
      const args = {
        connection: { host: "a b", port: pulumi.output(-1) },
        account: { name: "root" },
        acount: {},
      };
      const error = thrownBy(() => new RootlessDockerHost("web", args));
      expect(pulumi.InputPropertiesError.isInstance(error)).toBe(true);
      expect((error as pulumi.InputPropertiesError).errors).toEqual([
        {
          propertyPath: "connection.host",
          reason:
            "'a b' is not a host name or an address; write one without scheme, port or brackets",
        },
        {
          propertyPath: "account.name",
          reason: "'root' has a meaning of its own; name an ordinary account",
        },
        {
          propertyPath: "acount",
          reason: expect.stringMatching(/^no such option; use connection, account, /) as string,
        },
      ]);
      expect((error as Error).message).toMatch(
        /^3 problems in the arguments of RootlessDockerHost\n {2}connection\.host: 'a b' is not /,
      );
      expect(registrations).toEqual([]);
    });

    test.each([
      ["values", (value: unknown) => pulumi.output(value)],
      ["promises", (value: unknown) => Promise.resolve(value)],
    ])("%s in Outputs: every problem at once, before any command", async (_name, later) => {
      const outcome = await create(
        {
          connection: {
            host: later("a b"),
            port: later(-1),
            proxy: later({ host: "jump", extra: 1 }),
          },
          account: later({ name: "root" }),
          environment: { A: unknownInPreview("known"), B: later("\u0001") },
        } as unknown as RootlessDockerHostArgs,
        preview,
      );
      const [message, ...others] = outcome.errors;
      expect(others).toEqual([]);
      expect(message.split("\n").map((line) => line.slice(0, line.indexOf(":")))).toEqual([
        "5 problems in the arguments of RootlessDockerHos",
        "  connection.host",
        "  connection.port",
        "  connection.proxy.extra",
        "  account.name",
        "  environment.B",
      ]);
      // Every other command waits for the agent's, which is refused.
      const refused = { host: "", argumentsAreRefused: "see the error of RootlessDockerHost" };
      expect(inSecret(step(outcome, "agent").inputs.connection)).toMatchObject(refused);
    });

    test("Outputs that are right are no problem", async () => {
      const { connection, ...others } = everyOption();
      const outcome = await create(
        {
          ...others,
          connection: pulumi.output(connection),
          environment: unknownInPreview({ A: "known" }),
        },
        preview,
      );
      expect(outcome.errors).toEqual([]);
      const { host } = inSecret(step(outcome, "agent").inputs.connection) as { host: string };
      expect(host).toBe(connection.host);
    });

    function unknownInPreview<T>(value: T): pulumi.Output<T> {
      return preview ? unknown() : (pulumi.output(value) as pulumi.Output<T>);
    }

    test("what a user marked as secret is not quoted", async () => {
      const args = {
        ...usual,
        account: { name: pulumi.secret("SECRET") },
        daemon: { hosts: pulumi.secret(["SECRET"]) },
      };
      const { errors } = await create(args, preview);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(/ {2}account\.name: the value is not an account name; /);
      expect(errors[0]).toMatch(/ {2}daemon\.hosts: the value is set by /);
      expect(errors[0]).not.toContain("SECRET");
    });
  });
});

describe("outputs", () => {
  test("in up: from what the steps reported", async () => {
    const { value, outputs } = await create(usual, false);
    const wanted = {
      dockerHost: "ssh://app@machine.example:22",
      socket: "unix:///run/user/1234/docker.sock",
      account: { name: "app", uid: 1234, gid: 1235, home: "/srv/app" },
      subordinateIds: {
        uids: [
          { start: 165_536, count: 65_536 },
          { start: 400_000, count: 70_000 },
        ],
        gids: [{ start: 231_072, count: 65_537 }],
      },
      versions: {
        engine: "26.1.5+dfsg1",
        rootlesskit: "2.3.4",
        kernel: "6.12.48+deb13-amd64",
        os: "Debian GNU/Linux 13 (trixie)",
      },
      storageDriver: "overlay2",
      cgroup: { version: "2", driver: "systemd", controllers: ["cpu", "memory", "pids"] },
      network: { driver: "slirp4netns", portDriver: "builtin", mtu: 65_520 },
      limitations: [
        {
          name: "appArmor",
          status: "unavailable",
          fact: "docker info has no apparmor",
          mend: "confine with seccomp",
        },
        { name: "cgroups", status: "available", fact: "delegated: cpu memory pids", mend: "" },
        {
          name: "ping",
          status: "available",
          fact: "net.ipv4.ping_group_range is 0 2147483647",
          mend: "",
        },
        {
          name: "privilegedPorts",
          status: "limited",
          fact: "net.ipv4.ip_unprivileged_port_start is 1024",
          mend: "set privilegedPorts",
        },
      ],
    };
    expect(outputs).toEqual({ web: wanted });
    for (const [name, wantedValue] of Object.entries(wanted)) {
      const output = value[name as keyof typeof wanted] as pulumi.Output<unknown>;
      expect(await valueOf(output)).toEqual(wantedValue);
    }
  });

  test("the class holds these and nothing else that a schema would see", async () => {
    const { value, outputs } = await create(usual, false);
    const own = Object.keys(value).filter((key) => !key.startsWith("__") && key !== "urn");
    expect(own.sort()).toEqual(Object.keys(outputs.web).sort());
  });

  test("in preview: dockerHost is known, the others are not", async () => {
    const { outputs } = await create(usual, true);
    expect(shown(outputs.web)).toEqual({
      dockerHost: "ssh://app@machine.example:22",
      socket: "[unknown]",
      account: "[unknown]",
      subordinateIds: "[unknown]",
      versions: "[unknown]",
      storageDriver: "[unknown]",
      cgroup: "[unknown]",
      network: "[unknown]",
      limitations: "[unknown]",
    });
  });

  test("no output is secret: they may be shown and passed on", async () => {
    const { value } = await create({ ...everyOption(), ...secretValues() }, false);
    for (const output of Object.values(value) as unknown[]) {
      if (pulumi.Output.isInstance(output)) expect(await pulumi.isSecret(output)).toBe(false);
    }
  });

  test("in up, dockerHost waits for the daemon's answer; its dependents then depend on all steps", async () => {
    const { value } = await create(usual, false);
    const names = [...(await resourcesOf(value.dockerHost))].map(nameOf);
    expect(names).toContain("web-report");
  });
});

describe("what is not known makes only its own documents unknown", () => {
  const all = ["lease", "agent", ...stepNames];

  test.each<[string, RootlessDockerHostArgs, string[]]>([
    ["connection", { ...usual, connection: unknown() }, ["lease"]],
    ["connection.host", { ...usual, connection: { host: unknown() } }, ["lease"]],
    ["connection.port", { ...usual, connection: { host: "h", port: unknown() } }, []],
    ["connection.privateKey", { ...usual, connection: { host: "h", privateKey: unknown() } }, []],
    ["connection.proxy", { ...usual, connection: { host: "h", proxy: unknown() } }, []],
    [
      "account",
      { ...usual, account: unknown() },
      ["lease", "preflight", "account", "daemon", "report"],
    ],
    [
      "account.name",
      { ...usual, account: { name: unknown() } },
      ["lease", "preflight", "account", "daemon", "report"],
    ],
    ["account.create", { ...usual, account: { create: unknown() } }, ["preflight", "account"]],
    ["account.uid", { ...usual, account: { uid: unknown() } }, ["preflight", "account"]],
    ["account.authorizedKeys", { ...usual, account: { authorizedKeys: [unknown()] } }, ["account"]],
    ["subordinateIds", { ...usual, subordinateIds: unknown() }, ["preflight", "account"]],
    [
      "subordinateIds.count",
      { ...usual, subordinateIds: { count: unknown() } },
      ["preflight", "account"],
    ],
    ["engine.version", { ...usual, engine: { version: unknown() } }, ["engine"]],
    ["rootfulDocker", { ...usual, rootfulDocker: unknown() }, ["preflight", "engine"]],
    ["storageDriver", { ...usual, storageDriver: unknown() }, ["preflight", "daemon"]],
    ["network.mtu", { ...usual, network: { mtu: unknown() } }, ["daemon"]],
    ["resourceControllers", { ...usual, resourceControllers: [unknown()] }, ["account"]],
    ["sysctls", { ...usual, sysctls: { "vm.swappiness": unknown() } }, ["preflight", "kernel"]],
    [
      "kernelModuleOptions",
      { ...usual, kernelModuleOptions: { "overlay.metacopy": unknown() } },
      ["preflight", "kernel"],
    ],
    ["appArmorProfile", { ...usual, appArmorProfile: unknown() }, ["preflight", "kernel"]],
    ["privilegedPorts", { ...usual, privilegedPorts: unknown() }, ["ports"]],
    ["unprivilegedPing.groups", { ...usual, unprivilegedPing: { groups: unknown() } }, ["kernel"]],
    ["daemon.debug", { ...usual, daemon: { debug: unknown() } }, ["secrets", "daemon"]],
    ["environment.A", { ...usual, environment: { A: unknown() } }, ["secrets", "daemon"]],
    ["onDestroy.data", { ...usual, onDestroy: { data: unknown() } }, ["daemon"]],
    ["privilegeEscalation", { ...usual, privilegeEscalation: unknown() }, []],
    ["recheck", { ...usual, recheck: unknown() }, ["agent", ...stepNames]],
    ["takeOver", { ...usual, takeOver: unknown() }, ["agent", ...stepNames]],
  ])("%s", async (_path, args, wanted) => {
    const outcome = await create(args, true);
    const unknownOnes = all.filter((name) => {
      const { stdin, keepers } = step(outcome, name).inputs;
      return JSON.stringify(shown([stdin, keepers])).includes("[unknown]");
    });
    expect(unknownOnes).toEqual(wanted);
  });
});

test("the mocks themselves: what they do not know fails", () => {
  const none = mocks({});
  const foreign = { type: "some:other:Thing", name: "foreign", inputs: {} };
  expect(() => none.newResource(foreign)).toThrow(
    "no mock of resource foreign of type some:other:Thing",
  );
  expect(() => none.call?.({ token: "some:other:thing", inputs: {} })).toThrow(
    "no mock of function some:other:thing",
  );
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

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
