import { readSettings } from "../../src/settings";
import { describeProblems, pending } from "../../src/step/problems";
import { everyOption, secretPart } from "./fixtures";

/** The arguments of a usual host with one value put in at a path such as `account.name`. */
function withValue(path: string, value: unknown): unknown {
  const args = { connection: { host: "machine.example" } };
  let object: Record<string, unknown> = args;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  for (const key of keys) {
    object[key] ??= key === "proxy" ? { host: "jump.example" } : {};
    object = object[key] as Record<string, unknown>;
  }
  object[last] = value;
  return args;
}

/** Every problem of the arguments, as `path: reason`. */
function problemsOf(args: unknown): string[] {
  return readSettings(args).problems.map(
    ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
  );
}

describe("defaults", () => {
  test("all of them", () => {
    expect(readSettings({ connection: { host: "machine.example" } })).toEqual({
      problems: [],
      settings: {
        connection: { host: "machine.example", port: 22, user: "root", verified: false },
        account: {
          name: "docker-rootless",
          create: true,
          uid: undefined,
          home: undefined,
          shell: undefined,
          authorizedKeys: [],
        },
        subordinateIds: {
          count: 65_536,
          uidStart: undefined,
          gidStart: undefined,
          allocation: "NextFree",
        },
        engine: { source: "Distribution", version: undefined },
        rootfulDocker: "Refuse",
        privilegedPorts: "None",
        kernel: {
          unprivilegedPing: { enabled: true, groups: "0 2147483647" },
          sysctls: {},
          kernelModuleOptions: {},
          appArmorProfile: "Auto",
        },
        resourceControllers: ["cpu", "cpuset", "io", "memory", "pids"],
        daemon: {
          daemon: {},
          environment: {},
          storage: { storageDriver: "Auto", dataRoot: undefined },
          network: { driver: "Auto", portDriver: "Auto", mtu: undefined, hostLoopback: false },
          onDestroyData: "Keep",
        },
        privilegeEscalation: "Auto",
        everyStep: { recheck: undefined, takeOver: false },
      },
    });
  });

  test("null is the same as nothing, as programs in other languages send it", () => {
    const nothing = Object.fromEntries(Object.keys(everyOption()).map((key) => [key, null]));
    const args = { ...nothing, connection: { host: "machine.example", port: null, proxy: null } };
    expect(readSettings(args)).toEqual(readSettings({ connection: { host: "machine.example" } }));
  });

  test("what is not known yet gives no problem", () => {
    const unknown = Object.fromEntries(Object.keys(everyOption()).map((key) => [key, pending]));
    expect(problemsOf(unknown)).toEqual([]);
    expect(problemsOf({ connection: { host: pending, proxy: { host: pending } } })).toEqual([]);
    const inside = {
      connection: { host: "machine.example" },
      account: { authorizedKeys: [pending, "ssh-ed25519 AAAA"] },
      daemon: { debug: pending },
      environment: { A: pending },
    };
    expect(problemsOf(inside)).toEqual([]);
  });
});

test("keys may end in a line break, as files and generators of keys write them", () => {
  const { settings, problems } = readSettings({
    connection: { host: "h", hostKey: "ssh-ed25519 AAAA\n" },
    account: { authorizedKeys: ["ssh-ed25519 AAAA me\n"] },
  });
  expect(problems).toEqual([]);
  expect(settings.account.authorizedKeys).toEqual(["ssh-ed25519 AAAA me"]);
});

test("every option arrives in its own setting", () => {
  const args = everyOption();
  const { connection, account, subordinateIds, engine, network } = args;
  expect(readSettings(args)).toEqual({
    problems: [],
    settings: {
      connection: {
        host: connection.host,
        port: connection.port,
        user: connection.user,
        verified: true,
      },
      account,
      subordinateIds,
      engine,
      rootfulDocker: args.rootfulDocker,
      privilegedPorts: args.privilegedPorts,
      kernel: {
        unprivilegedPing: args.unprivilegedPing,
        sysctls: args.sysctls,
        kernelModuleOptions: args.kernelModuleOptions,
        appArmorProfile: args.appArmorProfile,
      },
      resourceControllers: args.resourceControllers,
      daemon: {
        daemon: args.daemon,
        environment: args.environment,
        storage: { storageDriver: args.storageDriver, dataRoot: undefined },
        network,
        onDestroyData: args.onDestroy.data,
      },
      privilegeEscalation: args.privilegeEscalation,
      everyStep: { recheck: args.recheck, takeOver: args.takeOver },
    },
  });
});

const notAccount =
  "is not an account name; use at most 32 of a-z, 0-9, '_' and '-', a letter first";
const notHost = "is not a host name or an address; write one without scheme, port or brackets";
const notPath =
  "is not an absolute path without '.', '..' or line breaks; write one such as /srv/app";
const notHostKey =
  "is not a public key; write one line such as 'ssh-ed25519 AAAA...', from ssh-keyscan without the name";
const notAuthorizedKey =
  "is not a public key; write a line of authorized_keys such as 'ssh-ed25519 AAAA... name'";
const notVersion = "is not a version of docker.io; write one such as 26.1.5 or 26.1.5+dfsg1-9";
const notRange =
  "is not a range of group ids; write two of 0 to 2147483647, such as '0 2147483647'";
const notEnvironment = "is not the name of an environment variable; use letters, digits and '_'";
const notDaemonKey =
  "is not a key of daemon.json; use the names that dockerd documents, such as log-level";
const refusedControl =
  "has a control character or a lone surrogate in it, which systemd refuses; leave it out";

describe("what is wrong, and what to do", () => {
  test.each<[path: string, value: unknown, reason: string, where?: string]>([
    [
      "connection",
      undefined,
      "is missing; say how to reach the machine",
      "connection,connection.host",
    ],
    [
      "connection",
      "machine",
      "'machine' is not an object; write one",
      "connection,connection.host",
    ],
    ["connection.host", undefined, "is missing; name the machine"],
    ["connection.host", "ssh://machine", `'ssh://machine' ${notHost}`],
    ["connection.host", "machine:22", `'machine:22' ${notHost}`],
    ["connection.host", "[::1]", `'[::1]' ${notHost}`],
    ["connection.host", "-oProxyCommand=sh", `'-oProxyCommand=sh' ${notHost}`],
    ["connection.host", "", `'' ${notHost}`],
    ["connection.host", "a b", `'a b' ${notHost}`],
    ["connection.host", 7, "'7' is not a text; write one"],
    ["connection.port", 0, "'0' is out of range; use 1 to 65535"],
    ["connection.port", 65_536, "'65536' is out of range; use 1 to 65535"],
    ["connection.port", 22.5, "'22.5' is not a whole number; write one"],
    ["connection.port", "22", "'22' is not a whole number; write one"],
    ["connection.port", NaN, "'null' is not a whole number; write one"],
    ["connection.user", "-l", "'-l' is not a user name; write the name that logs in"],
    ["connection.user", "a$(id)", "'a$(id)' is not a user name; write the name that logs in"],
    ["connection.privateKey", 7, "the value is not a text; write one"],
    ["connection.privateKey", "a\0b", "the value has a NUL in it; leave it out"],
    ["connection.privateKeyPassword", ["x"], "the value is not a text; write one"],
    ["connection.password", { a: 1 }, "the value is not a text; write one"],
    ["connection.agentSocketPath", " ", "' ' is empty; write something, or leave the option out"],
    ["connection.agentSocketPath", "a\nb", "'a\ufffdb' has a line break; write it on one line"],
    ["connection.hostKey", "machine ssh-ed25519 AAAA", `'machine ssh-ed25519 AAAA' ${notHostKey}`],
    ["connection.hostKey", "", `'' ${notHostKey}`],
    ["connection.dialErrorLimit", "10", "'10' is not a whole number; write one"],
    ["connection.perDialTimeout", 0, "'0' is out of range; use 1 to 3600"],
    ["connection.perDialTimeout", 3601, "'3601' is out of range; use 1 to 3600"],
    [
      "connection.proxy",
      "jump",
      "'jump' is not an object; write one",
      "connection.proxy,connection.proxy.host",
    ],
    [
      "connection.proxy",
      {},
      "is missing; name the proxy, or leave connection.proxy out",
      "connection.proxy.host",
    ],
    ["connection.proxy.port", 70_000, "'70000' is out of range; use 1 to 65535"],
    ["connection.proxy.password", 7, "the value is not a text; write one"],
    [
      "connection.proxy.proxy",
      {},
      "no such option; use privateKey, privateKeyPassword, password, agentSocketPath, dialErrorLimit, perDialTimeout, host, port, user, hostKey",
    ],
    ["account", [], "'[]' is not an object; write one"],
    ["account.name", "root", "'root' has a meaning of its own; name an ordinary account"],
    ["account.name", "docker", "'docker' has a meaning of its own; name an ordinary account"],
    ["account.name", "Upper", `'Upper' ${notAccount}`],
    ["account.name", "-rf", `'-rf' ${notAccount}`],
    ["account.name", "1st", `'1st' ${notAccount}`],
    ["account.name", "a".repeat(33), `'${"a".repeat(33)}' ${notAccount}`],
    ["account.name", "", `'' ${notAccount}`],
    ["account.name", "app\n", `'app\ufffd' ${notAccount}`],
    ["account.create", "true", "'true' is not true or false; write one"],
    ["account.uid", 999, "'999' is out of range; use 1000 to 59999"],
    ["account.uid", 60_000, "'60000' is out of range; use 1000 to 59999"],
    ["account.home", "srv/app", `'srv/app' ${notPath}`],
    ["account.home", "/", `'/' ${notPath}`],
    ["account.home", "/srv/../etc", `'/srv/../etc' ${notPath}`],
    ["account.home", "/srv/app/", `'/srv/app/' ${notPath}`],
    ["account.home", "/srv\n/app", `'/srv\ufffd/app' ${notPath}`],
    ["account.shell", "bash", `'bash' ${notPath}`],
    ["account.authorizedKeys", "ssh-ed25519 AAAA", "'ssh-ed25519 AAAA' is not a list; write one"],
    [
      "account.authorizedKeys",
      ["ssh-ed25519 AAAA", 7],
      "'7' is not a text; write one",
      "account.authorizedKeys[1]",
    ],
    [
      "account.authorizedKeys",
      ["not a key"],
      `'not a key' ${notAuthorizedKey}`,
      "account.authorizedKeys[0]",
    ],
    [
      "account.authorizedKeys",
      ["ssh-ed25519 AAAA\nssh-rsa BBBB"],
      "'ssh-ed25519 AAAA\ufffdssh-rsa BBBB' has a line break; write it on one line",
      "account.authorizedKeys[0]",
    ],
    ["account.groups", [], "no such option; use name, create, uid, home, shell, authorizedKeys"],
    ["subordinateIds.count", 65_535, "'65535' is out of range; use 65536 to 1000000000"],
    ["subordinateIds.count", 1e10, "'10000000000' is out of range; use 65536 to 1000000000"],
    ["subordinateIds.uidStart", 0, "'0' is out of range; use 65536 to 4294901759"],
    [
      "subordinateIds.gidStart",
      4_294_901_760,
      "'4294901760' is out of range; use 65536 to 4294901759",
    ],
    ["subordinateIds.allocation", "First", "'First' is not one of NextFree, Random; choose one"],
    ["subordinateIds.start", 1, "no such option; use count, uidStart, gidStart, allocation"],
    ["engine.source", "Snap", "'Snap' is not one of Distribution; choose one"],
    ["engine.version", "latest", `'latest' ${notVersion}`],
    ["engine.version", "-1", `'-1' ${notVersion}`],
    ["engine.version", "26;id", `'26;id' ${notVersion}`],
    ["engine.channel", "x", "no such option; use source, version"],
    ["rootfulDocker", "Stop", "'Stop' is not one of Refuse, Keep, Disable, Purge; choose one"],
    ["rootfulDocker", 1, "'1' is not a text; write one"],
    [
      "storageDriver",
      "zfs",
      "'zfs' is not one of Auto, Overlay2, FuseOverlayfs, Btrfs, Vfs; choose one",
    ],
    ["privilegedPorts", "All", "'All' is not one of None, FileCapability, Sysctl; choose one"],
    ["privilegeEscalation", "su", "'su' is not one of Auto, Sudo, Doas, None; choose one"],
    ["unprivilegedPing", true, "'true' is not an object; write one"],
    ["unprivilegedPing.enabled", "no", "'no' is not true or false; write one"],
    ["unprivilegedPing.groups", "0-5", `'0-5' ${notRange}`],
    ["unprivilegedPing.groups", "0 2147483648", `'0 2147483648' ${notRange}`],
    ["unprivilegedPing.groups", "0\t5", `'0\ufffd5' ${notRange}`],
    ["unprivilegedPing.group", "0 5", "no such option; use enabled, groups"],
    [
      "sysctls",
      { "net/ipv4": "1" },
      "'net/ipv4' is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys",
    ],
    [
      "sysctls",
      { "net.ipv4.ping_group_range": "0 5" },
      "'0 5' is set by unprivilegedPing.groups; use that option",
      "sysctls.net.ipv4.ping_group_range",
    ],
    [
      "sysctls",
      { "net.ipv4.ip_unprivileged_port_start": "0" },
      "'0' is set by privilegedPorts; use that option",
      "sysctls.net.ipv4.ip_unprivileged_port_start",
    ],
    [
      "sysctls",
      { "kernel.keys.maxkeys": 2000 },
      "'2000' is not a text; write the value in quotes",
      "sysctls.kernel.keys.maxkeys",
    ],
    [
      "sysctls",
      { "vm.swappiness": "1\nvm.overcommit_memory=1" },
      "'1\ufffdvm.overcommit_memory=1' has a line break; write it on one line",
      "sysctls.vm.swappiness",
    ],
    [
      "kernelModuleOptions",
      { overlay: "1" },
      "'overlay' is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns",
    ],
    [
      "kernelModuleOptions",
      { "overlay.metacopy": "1 redirect_dir=1" },
      "'1 redirect_dir=1' is not the value of a module's option; write a text such as '1'",
      "kernelModuleOptions.overlay.metacopy",
    ],
    ["appArmorProfile", "Always", "'Always' is not one of Auto, None; choose one"],
    ["resourceControllers", "cpu", "'cpu' is not a list; write one"],
    [
      "resourceControllers",
      ["cpu", "net_cls"],
      "'net_cls' is not a controller that containers use; choose from cpu, cpuset, io, memory, pids",
      "resourceControllers[1]",
    ],
    ["network.driver", "vpnkit", "'vpnkit' is not one of Auto, Slirp4netns, Pasta; choose one"],
    ["network.mtu", 1279, "'1279' is out of range; use 1280 to 65520"],
    ["network.mtu", 65521, "'65521' is out of range; use 1280 to 65520"],
    ["network.hostLoopback", 1, "'1' is not true or false; write one"],
    [
      "network",
      { driver: "Pasta", portDriver: "Builtin" },
      "'Builtin' does not work with the network driver Pasta; choose Implicit",
      "network.portDriver",
    ],
    [
      "network.portDriver",
      "Implicit",
      "'Implicit' works with the network driver Pasta only; choose that, or Builtin",
    ],
    ["daemon", ["debug"], `'["debug"]' is not an object; write one`],
    ["daemon", { "Log Level": 1 }, `'Log Level' ${notDaemonKey}`],
    ["daemon", { "../x": 1 }, `'../x' ${notDaemonKey}`],
    ["daemon.storage-driver", "vfs", "'vfs' is set by storageDriver; use that option"],
    [
      "daemon.hosts",
      ["tcp://0.0.0.0:2375"],
      `'["tcp://0.0.0.0:2375"]' is set by the rootless start script; leave it out, and use the output dockerHost over SSH`,
    ],
    [
      "daemon.userns-remap",
      "default",
      "'default' cannot be used in rootless mode, which is a user namespace already; leave it out",
    ],
    ["daemon.data-root", "data", "'data' is not an absolute path; write one"],
    ["daemon.data-root", 7, "'7' is not an absolute path; write one"],
    ["daemon.log-level", "a\0b", "has a value that JSON cannot hold; use plain values"],
    ["environment", "A=1", "'A=1' is not an object; write one"],
    ["environment", { "A B": "1" }, `'A B' ${notEnvironment}`],
    ["environment", { "1A": "1" }, `'1A' ${notEnvironment}`],
    ["environment.PATH", "/bin", "is set by the daemon's unit; leave it out"],
    ["environment.A", 1, "is not a text; write one"],
    ["environment.A", "a\u0001b", refusedControl],
    ["environment.A", "a\rb", refusedControl],
    ["environment.A", "\ud800", refusedControl],
    ["onDestroy", "Keep", "'Keep' is not an object; write one"],
    ["onDestroy.data", "Drop", "'Drop' is not one of Keep, Delete; choose one"],
    ["onDestroy.images", true, "no such option; use data"],
    [
      "conection",
      {},
      "no such option; use connection, account, subordinateIds, engine, rootfulDocker, privilegedPorts, unprivilegedPing, sysctls, kernelModuleOptions, appArmorProfile, resourceControllers, daemon, network, onDestroy, environment, storageDriver, privilegeEscalation, recheck, takeOver",
    ],
  ])("%s: %j", (path, value, reason, where = path) => {
    const problems = problemsOf(withValue(path, value));
    expect(problems).toContain(`${where.split(",")[0]}: ${reason}`);
    const paths = problems.map((problem) => problem.slice(0, problem.indexOf(": ")));
    expect(paths).toEqual(where.split(","));
  });

  test.each([
    ["connection.host", "10.0.0.1"],
    ["connection.host", "fe80::1%eth0"],
    ["connection.host", "a-b.example"],
    ["connection.user", "DOMAIN\\user"],
    ["connection.dialErrorLimit", 0],
    ["connection.dialErrorLimit", -1],
    ["connection.hostKey", "ecdsa-sha2-nistp256 AAAA+/= a comment"],
    ["account.name", "_a-1"],
    ["account.authorizedKeys", ['command="x y",restrict sk-ssh-ed25519@openssh.com AAAA']],
    ["subordinateIds.uidStart", 65_536],
    ["subordinateIds.gidStart", 4_294_901_759],
    ["engine.version", "26"],
    ["unprivilegedPing.groups", "1 0"],
    ["daemon.data-root", "/srv/data"],
    ["daemon.log-opts", { "max-size": "10m" }],
    ["environment.A", "tab\tbreak\n' \" $(id) \\ ü"],
    ["environment.A", ""],
  ])("%s: %j is right", (path, value) => {
    expect(problemsOf(withValue(path, value))).toEqual([]);
  });

  test("a text that is too long, or is not Unicode, is refused everywhere", () => {
    expect(problemsOf(withValue("account.home", `/${"a".repeat(65_536)}`))).toEqual([
      `account.home: '/${"a".repeat(76)}...' is longer than 65,536 characters; shorten it`,
    ]);
    expect(problemsOf(withValue("engine.version", "\ud800"))).toEqual([
      "engine.version: '\ufffd' is not well-formed Unicode; leave lone surrogates out",
    ]);
  });

  test("a name that is special in JavaScript is a name like any other", () => {
    const args = JSON.parse(
      '{"connection": {"host": "h"}, "environment": {"__proto__": "x"}}',
    ) as object;
    expect(problemsOf(args)).toEqual([]);
    expect(Object.entries(readSettings(args).settings.daemon.environment)).toEqual([
      ["__proto__", "x"],
    ]);
  });

  test("what is quoted stays on one line, and is not long", () => {
    const [problem] = problemsOf(
      withValue("account.name", `a\u001b[31m\n\u202e${"b".repeat(100)}`),
    );
    expect(problem).toBe(
      `account.name: 'a\ufffd[31m\ufffd\ufffd${"b".repeat(69)}...' ${notAccount}`,
    );
  });
});

describe("all at once", () => {
  const wrong = {
    connection: { host: "a b", port: -1, proxy: { user: "" } },
    account: { name: "root", uid: 5 },
    subordinateIds: { count: 5 },
    engine: { version: "x" },
    rootfulDocker: "x",
    daemon: { hosts: [] },
    environment: { PATH: "x" },
    extra: 1,
  };

  test("every problem is there, each with its path", () => {
    const paths = readSettings(wrong).problems.map(({ propertyPath }) => propertyPath);
    expect(paths).toEqual(
      [
        "connection.host",
        "connection.port",
        "connection.proxy.host",
        "connection.proxy.user",
        "account.name",
        "account.uid",
        "subordinateIds.count",
        "engine.version",
        "rootfulDocker",
        "daemon.hosts",
        "environment.PATH",
        "extra",
      ].sort((a, b) => paths.indexOf(a) - paths.indexOf(b)),
    );
    expect(paths).toHaveLength(12);
  });

  test("one message, a line each", () => {
    const { problems } = readSettings({
      connection: { host: "h", port: 0 },
      engine: { version: "x" },
    });
    expect(describeProblems(problems)).toBe(
      [
        "2 problems in the arguments of RootlessDockerHost",
        "  connection.port: '0' is out of range; use 1 to 65535",
        `  engine.version: 'x' ${notVersion}`,
      ].join("\n"),
    );
    expect(describeProblems(problems.slice(1))).toBe(
      `one problem in the arguments of RootlessDockerHost\n  engine.version: 'x' ${notVersion}`,
    );
  });
});

test("what is marked as secret is not quoted, nor anything inside it", () => {
  const args = {
    connection: { host: "a b" },
    account: { name: secretPart, authorizedKeys: [secretPart] },
    engine: { version: secretPart },
    accountant: 1,
    daemon: { hosts: [secretPart] },
    environment: secretPart,
  };
  const paths = ["account", "engine.version", "daemon.hosts", "environment"];
  expect(readSettings(args, paths).problems).toEqual([
    { propertyPath: "connection.host", reason: `'a b' ${notHost}` },
    { propertyPath: "account.name", reason: `the value ${notAccount}` },
    { propertyPath: "account.authorizedKeys[0]", reason: `the value ${notAuthorizedKey}` },
    { propertyPath: "engine.version", reason: `the value ${notVersion}` },
    {
      propertyPath: "daemon.hosts",
      reason:
        "the value is set by the rootless start script; leave it out, and use the output dockerHost over SSH",
    },
    { propertyPath: "environment", reason: "the value is not an object; write one" },
    {
      propertyPath: "accountant",
      reason: expect.stringMatching(/^no such option; use /) as string,
    },
  ]);
});

test("no problem ever quotes a secret", () => {
  const spoiled = (value: string): unknown[] => [
    [value],
    { value },
    `${value}\0`,
    `${value}\ud800`,
  ];
  for (const field of ["privateKey", "privateKeyPassword", "password"]) {
    for (const hop of ["connection", "connection.proxy"]) {
      for (const value of spoiled(secretPart)) {
        const problems = problemsOf(withValue(`${hop}.${field}`, value));
        expect(problems).toHaveLength(1);
        expect(problems.join()).not.toContain(secretPart);
      }
    }
  }
  // A value of the environment may be one: a secret proxy address with a password in it.
  for (const value of [...spoiled(secretPart), `${secretPart}\u0001`]) {
    const problems = problemsOf(withValue("environment.HTTPS_PROXY", value));
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain(secretPart);
  }
});
