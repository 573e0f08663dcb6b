import * as pulumi from "@pulumi/pulumi";
import { type RootlessDockerHostArgs } from "../../index";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../stand-ins/hosts";
import { busyboxImageTar } from "../../stand-ins/dockerCli";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { connectionTo, HostStack } from "../support/hostStack";

// What a person reads when it does not work, and that nothing was changed then.
let host: TestHost;
let before: HostSnapshot;

beforeAll(async () => {
  host = await createHost({
    suite: "trixie",
    tun: false,
    admins: [
      { name: "nosudo", sudo: "none" },
      { name: "ops", sudo: "nopasswd" },
      { name: "noshell", sudo: "nopasswd" },
      { name: "cloudroot", sudo: "nopasswd" },
    ],
  });
  await host.run("usermod --shell /usr/sbin/nologin noshell");
  // As cloud-init writes it for the users that it disables.
  const says = String.raw`echo 'Please login as the user \"admin\" rather than the user \"root\".';echo;sleep 1;exit 142`;
  const keys = "~cloudroot/.ssh/authorized_keys";
  const input = (await host.run(`cat ${keys}`)).replace(/^ssh-/gm, () => `command="${says}" ssh-`);
  await host.run(`cat >${keys}`, { input });
  before = await snapshotHost(host);
});
afterAll(destroyAllHosts);

/** Changes of the host, but the agent that is installed to look at it. */
async function changes(): Promise<string[]> {
  const now = diffSnapshots(before, await snapshotHost(host));
  return now.filter(
    (line) => !/\/var\/lib\/rootless-docker|\/run\/rootless-docker\.lock/.test(line),
  );
}

/** Runs `up`, which fails, and returns what is said beside resources, once each. */
async function failureOf(args: Partial<RootlessDockerHostArgs>, on = host): Promise<string[]> {
  const installation = await HostStack.on(on, "failure");
  const { failure } = await installation.tryUp(args);
  await installation.destroy();
  // Words of a hook come behind its name.
  const words = (line: string) => line.trim().replace(/^error: (.*hook "[^"]*" failed: )?/, "");
  const lines = (failure ?? "").split("\n").map(words);
  return [...new Set(lines)].filter((line) => !line.startsWith("+"));
}

const connection = () => ({ ...connectionTo(host), dialErrorLimit: 1, connectTimeout: 0 });
const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMIntqIh9C1n5uIQfgXq4qZkRLivbLjLDMxKWx/lipdQ";

const ofTheConnection: [string, () => object, RegExp][] = [
  [
    "host unreachable",
    () => ({ host: host.address.replace(/\d+$/, "250"), perDialTimeout: 2 }),
    /web-copy: connection: no SSH server answers at connection\.host and connection\.port \(.*\)\. To fix: check the address, port and firewall/,
  ],
  [
    "nothing listens",
    () => ({ port: 23 }),
    /web-copy: connection: no SSH server answers at connection\.host and connection\.port \(.*refused\)\. To fix: /,
  ],
  [
    "wrong key",
    () => ({ privateKey: undefined, password: "wrong" }),
    /web-copy: connection: the SSH server refuses the credentials of connection\.user '\w+' \(.*\)\. To fix: /,
  ],
  [
    "wrong host key",
    () => ({ hostKey: otherKey }),
    /web-copy: connection: the machine's host key differs from connection\.hostKey \(.*\)\. To fix: /,
  ],
  [
    "no login shell",
    () => ({ user: "noshell" }),
    /web-copy: connection: the login prints text, or ends, before SFTP begins \(.*\)\. To fix: .* if the user may not log in, give it a shell/,
  ],
  [
    "a cloud image's root",
    () => ({ user: "cloudroot" }),
    /web-copy: connection: the login prints text, .* see what 'ssh USER@HOST true' prints: if it names another user, set connection\.user to that name; /,
  ],
  [
    "no sudo rights",
    () => ({ user: "nosudo" }),
    /agent: privileges: 'sudo -n' refuses user nosudo \(.*\), but root rights without a password are required\. To fix: /,
  ],
];

for (const [name, fields, message] of ofTheConnection) {
  test(`${name}: one message`, async () => {
    const said = await failureOf({ connection: { ...connection(), ...fields() } });
    expect(said).toContainEqual(expect.stringMatching(message));
    expect(said.join("\n")).not.toContain("PRIVATE KEY");
  });
}

test("nothing was changed by any of these", async () => {
  expect(await changes()).toEqual([]);
  expect((await host.ssh("test -e /var/lib/rootless-docker")).exitCode).toBe(1);
});

test("preflight names every problem of a host at once, and changes nothing", async () => {
  await host.run(
    "cp -a /etc/debian_version /root/debian_version; echo 10.13 > /etc/debian_version",
  );
  const installation = await HostStack.on(host, "problems");
  before = await snapshotHost(host);
  const { failure } = await installation.tryUp({ account: { name: "app", create: false } });
  const said = failure?.match(/preflight: .*/g) ?? [];
  for (const about of ["/dev/net/tun", "account.create", "operating system"])
    expect(said).toContainEqual(expect.stringContaining(`preflight: ${about}: `));
  expect(await changes()).toEqual([]);
  await installation.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

describe("the machine's host key", () => {
  let installation: HostStack;

  beforeAll(async () => {
    installation = await HostStack.on(host, "hostkey");
  });
  afterAll(() => installation.destroy());

  /** Warnings of an operation, and the step that it failed at with what it found. */
  const outcome = async (args: object) => {
    const { failure, events } = await installation.tryUp({
      connection: { ...connection(), ...args },
    });
    const warnings = events.flatMap(({ diagnosticEvent: event }) =>
      event?.severity === "warning" ? [event.message.replace(/<\{%[^%]*%\}>/g, "").trim()] : [],
    );
    const keyErrors = failure?.match(/web-\w+: connection: the machine's host key differs/g) ?? [];
    return { warnings, keyErrors: [...new Set(keyErrors)], failure };
  };

  test("pinned: no word about it", async () => {
    // The machine fails at its own problems, which is far enough.
    const { warnings, keyErrors, failure } = await outcome({});
    expect([warnings, keyErrors]).toEqual([[], []]);
    expect(failure).toContain("preflight: /dev/net/tun");
  });

  test("missing: one warning", async () => {
    const { warnings, keyErrors, failure } = await outcome({ hostKey: undefined });
    expect(warnings).toEqual([
      `${host.address} is not verified: set connection.hostKey, because otherwise anybody in between can read and change what is sent`,
    ]);
    expect(keyErrors).toEqual([]);
    expect(failure).toContain("preflight: /dev/net/tun");
  });

  test("changed since the last run: nothing is sent, and what to do is said", async () => {
    await outcome({});
    await host.run(
      "cd /etc/ssh && cp -a ssh_host_ed25519_key /root/key && ssh-keygen -q -t ed25519 -N '' -f /root/new && cp /root/new ssh_host_ed25519_key && systemctl restart ssh",
    );
    const logins = "journalctl -q -u ssh --no-pager | grep -c 'Accepted publickey'";
    try {
      const { keyErrors, failure } = await outcome({});
      expect(keyErrors).toEqual(["web-machine: connection: the machine's host key differs"]);
      expect(failure).toMatch(
        /host key differs from connection\.hostKey \(.*\)\. To fix: compare it with the machine's \/etc\/ssh\/ssh_host_\*_key\.pub: if the machine was created again, set hostKey to its new key; if not, somebody may be intercepting the connection/,
      );
      expect(failure).not.toContain("preflight: /dev/net/tun");
    } finally {
      await unpinned(
        `cp -a /root/key /etc/ssh/ssh_host_ed25519_key; rm /root/key /root/new*; ${logins}; systemctl restart ssh`,
      );
    }
  });

  function unpinned(command: string): Promise<string> {
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"];
    return execOrThrow("ssh", [
      ...["-F", host.sshConfigPath, ...options.flatMap((option) => ["-o", option])],
      ...["-l", "root", host.name, command],
    ]);
  }
});

describe("on a machine whose root runs Docker", () => {
  let rootful: TestHost;

  beforeAll(async () => {
    rootful = await createHost({ suite: "trixie" });
    await rootful.run(
      "apt-get -q -y update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends docker.io docker-cli",
    );
    const { readFileSync } = await import("node:fs");
    await rootful.run("docker import - busybox", { input: readFileSync(await busyboxImageTar()) });
    await rootful.run("docker run -d --network none --name db busybox sleep 3600");
  });

  test("its containers are named, and it goes on running", async () => {
    const beforeRefusal = await snapshotHost(rootful);
    const said = await failureOf({ connection: connectionTo(rootful) }, rootful);
    expect(said).toContainEqual(
      expect.stringMatching(
        /^preflight: rootfulDocker: root runs a Docker daemon \(process \d+\) with 1 running container \(db\), but rootfulDocker is set to refuse\. To fix: .*keep.*disable.*purge/,
      ),
    );
    expect(diffSnapshots(beforeRefusal, await snapshotHost(rootful))).toEqual([]);
    expect(await rootful.run("docker ps --format '{{.Names}}'")).toBe("db\n");
  });
});

test("problems of Outputs end the program before anything is reached", async () => {
  const said = await failureOf({
    connection: { ...connection(), host: "192.0.2.1" },
    account: { name: pulumi.output("Bob Smith"), uid: pulumi.output(3) },
  });
  expect(said).toContain("account.uid: '3' is out of range; use 1000 to 59999");
  expect(said).toContain(
    "account.name: 'Bob Smith' is not an account name; use at most 32 of a-z, 0-9, '_' and '-', and a letter or '_' first",
  );
});
