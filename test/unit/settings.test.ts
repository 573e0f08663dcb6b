import { dockerHostUrl, knownHostsLines } from "../../src/ssh/settings";
import { documentsOfSettings } from "../support/documents";
import { readSettings } from "../../src/steps/settings";
import { describeProblems, pending } from "../../src/validation/reader";
import { everyOption, secretPart } from "./fixtures";
import { problemsOf, withValue } from "../support/arguments";
import { expiredCertificate } from "../support/serverCertificate";

describe("defaults", () => {
  test("all of them", () => {
    expect(readSettings({ connection: { host: "machine.example" } })).toEqual({
      problems: [],
      warnings: [],
      settings: {
        acceptedAdvisories: [],
        connection: {
          host: "machine.example",
          port: 22,
          user: "root",
          hostKey: undefined,
          proxy: undefined,
          connectTimeout: 300,
          privilegeEscalation: "auto",
          sudoPassword: false,
        },
        sudoPassword: undefined,
        account: {
          name: "docker-rootless",
          create: true,
          uid: undefined,
          home: undefined,
          shell: undefined,
          authorizedKeys: [],
          subordinateIds: { count: 65_536, uidStart: undefined, gidStart: undefined },
          cgroupControllers: ["cpu", "cpuset", "io", "memory", "pids"],
          limits: { memory: undefined, cpus: undefined, tasks: undefined, ioWeight: undefined },
        },
        engine: { source: "distribution", version: undefined, plugins: [] },
        rootfulDocker: "refuse",
        privilegedPorts: "none",
        kernel: {
          sysctls: {},
          unprivilegedPing: true,
          moduleOptions: {},
          appArmorProfile: "auto",
        },
        daemon: { "log-driver": "local" },
        environment: {},
        secrets: {},
        registryCertificates: {},
        registryCredentialHelpers: {},
        tcpSocket: undefined,
        registryAuth: [],
        registryLogins: {},
        unitOverrides: {},
        prune: undefined,
        storageDriver: "auto",
        network: {
          driver: "auto",
          portDriver: "auto",
          mtu: undefined,
          hostLoopback: false,
          ipv6: false,
        },
        onDestroy: { data: "keep" },
        agentTransfer: "sftp",
        operations: {
          restarts: "allow",
          driftDetection: "none",
          recheck: undefined,
          takeOver: false,
        },
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
    expect(problemsOf(unknown)).toEqual([
      "agentTransfer: is not known at once; write the value itself, not an Output",
    ]);
    expect(problemsOf({ connection: { host: pending, proxy: { host: pending } } })).toEqual([]);
    const inside = {
      connection: { host: "machine.example" },
      account: { authorizedKeys: [pending, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA="] },
      engine: { plugins: [pending, "buildx"] },
      daemon: { debug: pending },
      environment: { A: pending },
      registryAuth: [
        pending,
        { address: pending, username: "me", password: "a" },
        { username: pending, password: pending },
      ],
    };
    expect(problemsOf(inside)).toEqual([]);
  });
});

test("keys may end in a line break, as files and generators of keys write them", () => {
  const { settings, problems } = readSettings({
    connection: { host: "h", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=\n" },
    account: { authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me\n"] },
  });
  expect(problems).toEqual([]);
  expect(settings.account.authorizedKeys).toEqual(["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me"]);
});

test.each([
  ["4g", "4G"],
  ["512M", "512M"],
])("memory of an account has a capital letter on the host: %s", (memory, kept) => {
  const { settings, problems } = readSettings({
    connection: { host: "h" },
    account: { limits: { memory } },
  });
  expect([problems, settings.account.limits.memory]).toEqual([[], kept]);
});

test("plugins in another order, or twice, are the same plugins", () => {
  const { settings } = readSettings({
    connection: { host: "h" },
    engine: { plugins: ["compose", "buildx", "compose"] },
  });
  expect(settings.engine.plugins).toEqual(["buildx", "compose"]);
});

test.each([
  ["machine.example", "ssh://app@machine.example:22"],
  ["2001:db8::1", "ssh://app@[2001:db8::1]:22"],
  ["fe80::1%eth0", "ssh://app@[fe80::1%25eth0]:22"],
])("docker -H for %s", (host, url) => {
  const { settings } = readSettings({ connection: { host } });
  expect(dockerHostUrl("app", settings.connection)).toBe(url);
});

test.each([
  [
    { host: "a.example", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me" },
    "a.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
  ],
  [
    { host: "fe80::1", port: 2222, hostKey: "ssh-rsa AAAAB3NzaC1yc2EAAAAEQkJCQg==" },
    "[fe80::1]:2222 ssh-rsa AAAAB3NzaC1yc2EAAAAEQkJCQg==",
  ],
  [
    {
      host: "a.example",
      proxy: { host: "b.example", port: 222, hostKey: "ssh-rsa AAAAB3NzaC1yc2EAAAACQ0M=" },
    },
    "[b.example]:222 ssh-rsa AAAAB3NzaC1yc2EAAAACQ0M=",
  ],
  [
    { host: "a.example", hostKey: " ssh-rsa AAAAB3NzaC1yc2EAAAACREQ= \n" },
    "a.example ssh-rsa AAAAB3NzaC1yc2EAAAACREQ=",
  ],
  [{ host: "a.example" }, ""],
])("known_hosts of %j", (connection, lines) => {
  expect(knownHostsLines(readSettings({ connection }).settings.connection)).toBe(lines);
});

test.each([
  [{ driver: "pasta" }, "pasta"],
  [{ portDriver: "slirp4netns" }, "slirp4netns"],
])("RootlessKit's capability with %j, where %s binds the ports", (network, program) => {
  const { problems } = readSettings({
    connection: { host: "a.example" },
    privilegedPorts: "file-capability",
    network,
  });
  expect(problems).toEqual([
    {
      propertyPath: "privilegedPorts",
      reason: `'file-capability' requires that RootlessKit binds the ports, but with this network ${program} does; choose 'sysctl', or leave network.driver and network.portDriver out`,
    },
  ]);
});

test("every option arrives in its own setting, at its own path", () => {
  const args = everyOption();
  const { host, port, user, hostKey, connectTimeout, privilegeEscalation, proxy } = args.connection;
  expect(readSettings(args)).toEqual({
    problems: [],
    warnings: [],
    settings: {
      ...args,
      connection: {
        ...{ host, port, user, hostKey, connectTimeout, privilegeEscalation, sudoPassword: true },
        proxy: expect.objectContaining({ host: proxy.host, hostKey: proxy.hostKey }) as object,
      },
      sudoPassword: args.connection.sudoPassword,
      secrets: {
        "tls/ca.pem": args.tcpSocket.caCertificate,
        "tls/cert.pem": args.tcpSocket.certificate,
        "tls/key.pem": args.tcpSocket.privateKey,
      },
      tcpSocket: { address: "192.0.2.7", port: 2377 },
      unitOverrides: {
        "Unit.StartLimitBurst": "3",
        "Service.MemoryMax": "4G",
        "Service.OOMPolicy": "continue",
        "Service.ExecStartPre": "/bin/true\n-/bin/false",
      },
      registryAuth: ["ghcr.io", "docker.io"],
      registryLogins: {
        "ghcr.io": "robot:SECRET registry password",
        "docker.io": "me:SECRET token",
      },
    },
  });
});

test.each([
  [undefined, "docker.io"],
  ["docker.io", "docker.io"],
  ["https://index.docker.io/v1/", "docker.io"],
  ["https://ghcr.io", "ghcr.io"],
  ["http://registry.example:5000/v2/", "registry.example:5000"],
  ["localhost", "localhost"],
  ["10.0.0.1:5000", "10.0.0.1:5000"],
])("a registry's address as docker keeps it: %s", (address, kept) => {
  const registryAuth = [{ address, username: "me", password: "a:b" }];
  const { settings, problems } = readSettings({ connection: { host: "h" }, registryAuth });
  expect([problems, settings.registryLogins]).toEqual([[], { [kept]: "me:a:b" }]);
});

test("a credential helper of Docker Hub is that of docker.io, and not beside a login there", () => {
  const registryCredentialHelpers = { "index.docker.io": "pass" };
  const given = { connection: { host: "h" }, registryCredentialHelpers };
  expect(readSettings(given).settings.registryCredentialHelpers).toEqual({ "docker.io": "pass" });
  expect(problemsOf({ ...given, registryAuth: [{ username: "me", password: "a" }] })).toEqual([
    "registryCredentialHelpers.index.docker.io: is a registry of registryAuth too, and docker would ignore that login; leave one of the two out",
  ]);
});

describe("tcpSocket beside other options", () => {
  const { tcpSocket } = everyOption();
  const connection = { host: "h" };

  test.each<[object, string]>([
    [
      { network: { driver: "pasta" } },
      "tcpSocket.address: '192.0.2.7' is ignored by the network driver pasta, which opens ports on all addresses; leave it out, or use slirp4netns",
    ],
    [
      {
        network: { portDriver: "slirp4netns" },
        tcpSocket: { ...tcpSocket, address: "2001:db8::7" },
      },
      "tcpSocket.address: '2001:db8::7' is not an IPv4 address, but the port driver slirp4netns supports no others; use builtin",
    ],
    [{ daemon: { tlsverify: false } }, "daemon.tlsverify: is set by tcpSocket; leave it out"],
    [{ daemon: { tls: false } }, "daemon.tls: is set by tcpSocket; leave it out"],
  ])("%j", (others, problem) => {
    expect(problemsOf({ connection, tcpSocket, ...others })).toEqual([problem]);
  });

  test.each([
    ["caCertificate", { caCertificate: expiredCertificate }, "the daemon refuses all clients"],
    ["certificate", { certificate: expiredCertificate }, "clients refuse the daemon"],
  ])("%s that has expired is a warning, and no problem", (option, given, effect) => {
    const args = { connection, tcpSocket: { ...tcpSocket, privateKey: pending, ...given } };
    const { problems, warnings } = readSettings(args);
    expect(problems).toEqual([]);
    const reason = `expired on 2026-01-01, so ${effect}; write a new one`;
    expect(warnings).toEqual([{ propertyPath: `tcpSocket.${option}`, reason }]);
  });

  test.each([
    ["live-restor", "did you mean live-restore?"],
    ["CVE-1999-0001", "remove it"],
  ])("the accepted advisory %s, which is not one of this version, is a warning", (id, hint) => {
    const { problems, warnings } = readSettings({ connection, acceptedAdvisories: [id] });
    expect(problems).toEqual([]);
    const reason = `'${id}' is not the id of an advisory of this version of rootless-docker, so it has no effect; ${hint}`;
    expect(warnings).toEqual([{ propertyPath: "acceptedAdvisories", reason }]);
  });

  test("an authority that has expired beside one that has not gives no warning", () => {
    const caCertificate = `${expiredCertificate}\n${tcpSocket.caCertificate}`;
    const given = { connection, tcpSocket: { ...tcpSocket, caCertificate } };
    expect(readSettings(given).warnings).toEqual([]);
  });

  test("an IPv6 address in brackets, and PEM with one line break at its end", () => {
    const given = { ...tcpSocket, address: "::1", certificate: `\n${tcpSocket.certificate}\n\n` };
    const { settings, problems } = readSettings({ connection, tcpSocket: given });
    expect(problems).toEqual([]);
    expect(documentsOfSettings(settings, "o").daemon["tcp-socket"]).toBe("[::1]:2377");
    expect(settings.secrets["tls/cert.pem"]).toBe(tcpSocket.certificate);
  });
});

test.each<[object, object]>([
  [{}, { "log-driver": "local" }],
  [{ debug: true }, { debug: true, "log-driver": "local" }],
  [{ "log-driver": "json-file" }, { "log-driver": "json-file" }],
  [{ "log-opts": { "max-size": "10m" } }, { "log-opts": { "max-size": "10m" } }],
])("containers' logs rotate, unless daemon says how it logs: %j", (daemon, expected) => {
  expect(readSettings({ connection: { host: "h" }, daemon }).settings.daemon).toEqual(expected);
});

describe("secret values of daemon and environment are apart", () => {
  const args = {
    connection: { host: "h" },
    daemon: { debug: true, labels: ["a=b"], proxies: { "http-proxy": "http://user:pw@proxy" } },
    environment: { A: "open", TOKEN: "by its name", B: "marked" },
  };

  test.each<[string, string[], object, object, string[]]>([
    [
      "by their form, or marked",
      ["environment.B"],
      { debug: true, labels: ["a=b"], "log-driver": "local" },
      { A: "open" },
      ["daemon.json/proxies", "environment/TOKEN", "environment/B"],
    ],
    [
      "marked inside",
      ["daemon.labels[0]", "environment.B"],
      { debug: true, "log-driver": "local" },
      { A: "open" },
      ["daemon.json/labels", "daemon.json/proxies", "environment/TOKEN", "environment/B"],
    ],
    [
      "marked as a whole",
      ["daemon", "environment"],
      { "log-driver": "local" },
      {},
      [
        ...["daemon.json/debug", "daemon.json/labels", "daemon.json/proxies"],
        ...["environment/A", "environment/TOKEN", "environment/B"],
      ],
    ],
  ])("%s", (_how, secretPaths, daemon, environment, places) => {
    const { settings } = readSettings(args, secretPaths);
    expect([settings.daemon, settings.environment]).toEqual([daemon, environment]);
    expect(Object.keys(settings.secrets)).toEqual(places);
  });
});

const notAccount =
  "is not an account name; use at most 32 of a-z, 0-9, '_' and '-', and a letter or '_' first";
const notHost =
  "is not a host name or an address; write one without scheme or brackets, with user and port in their own options";
const notAuthorizedKey =
  "is not a public key; write a whole line of authorized_keys such as 'ssh-ed25519 AAAA... name'";
const notVersion =
  "is not a version of an engine's package; write one such as 26.1.5 or 26.1.5+dfsg1-9, or leave it out for the newest package";

describe("any text", () => {
  test("a text that is too long, or is not Unicode, is refused everywhere", () => {
    expect(problemsOf(withValue("account.home", `/${"ä".repeat(32_768)}`))).toEqual([
      "account.home: the value is longer than 65,536 bytes; shorten it",
    ]);
    expect(problemsOf(withValue("engine.version", "\ud800"))).toEqual([
      "engine.version: '\\ud800' is not well-formed Unicode; leave lone surrogates out",
    ]);
  });

  test("a name that is special in JavaScript is a name like any other", () => {
    const environment = { constructor: "x", toString: "y" };
    const { settings, problems } = readSettings({ connection: { host: "h" }, environment });
    expect(problems).toEqual([]);
    expect(settings.environment).toEqual(environment);
  });

  test("what is quoted stays on one line, and is not long", () => {
    const [problem] = problemsOf(
      withValue("account.name", `a\u001b[31m\n\u202e${"b".repeat(100)}`),
    );
    expect(problem).toBe(
      `account.name: 'a\\u001b[31m\\n\\u202e${"b".repeat(69)}...' ${notAccount}`,
    );
  });
});

describe("all at once", () => {
  const wrong = {
    connection: { host: "a b", port: -1, proxy: { user: "" } },
    account: { name: "root", uid: 5, subordinateIds: { count: 5 } },
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
        "account.subordinateIds.count",
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
        "the value is set by the rootless start script; leave it out, and use the output dockerHost over SSH, or tcpSocket",
    },
    { propertyPath: "environment", reason: "the value is not an object; write one" },
    {
      propertyPath: "accountant",
      reason: expect.stringMatching(
        /^no such option; did you mean account\? The options are /,
      ) as string,
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
