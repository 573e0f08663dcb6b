import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { RootlessDockerHost } from "../../index";
import {
  createHost,
  destroyAllHosts,
  fillDisk,
  freeDisk,
  type NspawnHost,
  signal,
} from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { programOf } from "../support/example";
import { type Outcome, Stack, steps } from "../support/stack";

// The example of many hosts, and what becomes of it where some of them are wrong or down. The tests follow each other.
let hosts: NspawnHost[];
let stack: Stack;
const program = programOf("fleet") as () => Promise<never>;
const continuing = "pulumi up --continue-on-error";

beforeAll(async () => {
  const make = (diskMegabytes?: number) =>
    createHost({ suite: "trixie", engine: true, diskMegabytes });
  hosts = await Promise.all([make(), make(), make(), make(2500)]);
  const [{ privateKey, privateKeyPath }] = hosts;
  const key = await execOrThrow("ssh-keygen", ["-y", "-f", privateKeyPath]);
  await Promise.all(
    hosts.map((host) => host.run("cat >>/root/.ssh/authorized_keys", { input: key })),
  );
  stack = await Stack.start("fleet");
  await configure("privateKey", privateKey, "--secret");
  await configure("authorizedKey", key.trim());
});
afterAll(destroyAllHosts);

async function configure(key: string, value: string, option = "--plaintext"): Promise<void> {
  await stack.run(`pulumi config set ${option} ${key} <<'END'\n${value}\nEND`);
}

/** The configuration `hosts`. One of them is said to have the key of another. */
async function configureHosts(mistaken?: string): Promise<void> {
  const machines = hosts.map(({ address, hostKey }, index) => ({
    name: `web${index + 1}`,
    host: address,
    hostKey: mistaken === `web${index + 1}` ? hosts[(index + 1) % 4].hostKey : hostKey,
  }));
  await configure("hosts", JSON.stringify(machines));
}

/** Hosts on which something was begun. */
function touched(outcome: Outcome): string[] {
  const children = steps(outcome).map((line) => / (web\d)-(?!installation)/.exec(line)?.[1]);
  return [...new Set(children.flatMap((name) => name ?? []))].sort();
}

/** The first of its messages, of each resource that failed. */
function failures({ failure = "" }: Outcome): Record<string, string> {
  const found = failure.matchAll(/\((web\d-\w+)\):\n *error: (.*)/g);
  return Object.fromEntries([...found].map(([, name, words]) => [name, words]));
}

test("the canary is not the machine that was meant: no other host is begun", async () => {
  await configureHosts("web1");
  const outcome = await stack.tryUpBy("pulumi up", program);
  expect(failures(outcome)).toEqual({
    "web1-copy": expect.stringContaining("differs from connection.hostKey") as string,
  });
  expect(touched(outcome)).toEqual(["web1"]);
});

test("by --target: the canary alone", async () => {
  await configureHosts("web2");
  const outcome = await stack.upBy("pulumi up --target '**::web1*'", program);
  expect(touched(outcome)).toEqual(["web1"]);
  expect(stack.recorded("web1-daemon")).toBeDefined();
});

test("one with another key, one with a full disk: an error of each by its name, and the others are made", async () => {
  await fillDisk(hosts[3].root);
  const outcome = await stack.tryUpBy(continuing, program);
  expect(failures(outcome)).toEqual({
    "web2-copy": expect.stringContaining("differs from connection.hostKey") as string,
    "web4-copy": expect.stringContaining(
      "no file can be written in the home of connection.user",
    ) as string,
  });
  expect(stack.recorded("web3-daemon")).toBeDefined();
  freeDisk(hosts[3].root);
});

test("one goes down in the middle: the others are made, and the next up makes that one", async () => {
  await configureHosts();
  const goesDown = ({ resourcePreEvent }: EngineEvent): void => {
    if (!resourcePreEvent?.metadata.urn.endsWith("::web4-machine")) return;
    for (const { pid, command } of hosts[3].processes())
      if (/^(\S*\/)?sshd\b/.test(command)) signal(pid, 9);
  };
  await hosts[3].run(
    `mkdir -p /run/systemd/system/ssh.service.d; printf '[Service]\\nRestart=no\\n' >/run/systemd/system/ssh.service.d/once.conf
    systemctl daemon-reload`,
  );
  const outcome = await stack.tryUpBy(continuing, program, goesDown);
  expect(Object.keys(failures(outcome)).map((name) => name.slice(0, 4))).toContain("web4");
  expect(Object.keys(failures(outcome)).join()).not.toMatch(/web[123]/);
  expect(stack.recorded("web2-daemon")).toBeDefined();
  await hosts[3].reboot();
  expect(touched(await stack.upBy("pulumi up", program))).toEqual(["web4"]);
  for (const host of hosts) await host.run("pgrep -u app -x dockerd");
});

test("another version in the program: the canary to its end, then all others", async () => {
  await configure("engineVersion", "26");
  const { events } = await stack.upBy("pulumi up", program);
  const order = events.flatMap(({ resourcePreEvent, resOutputsEvent }) => {
    const { urn, op } = (resourcePreEvent ?? resOutputsEvent)?.metadata ?? { urn: "", op: "same" };
    const [, name] = /::(web\d)-machine$/.exec(urn) ?? [];
    return name && op !== "same" ? [`${name} ${resourcePreEvent ? "begins" : "ends"}`] : [];
  });
  expect(order.slice(0, 2)).toEqual(["web1 begins", "web1 ends"]);
  expect(order.slice(2).sort()).toEqual(
    ["web2", "web3", "web4"].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test("a version that there is not: the canary's error, and no other host is touched", async () => {
  await configure("engineVersion", "99");
  const outcome = await stack.tryUpBy("pulumi up", program);
  expect(Object.keys(failures(outcome))).toEqual(["web1-machine"]);
  expect(outcome.failure).toContain("is not in the package lists, which have: 26.");
  expect(touched(outcome)).toEqual(["web1"]);
  await configure("engineVersion", "26");
});

test("by --target: all steps of one host, and nothing of the others", async () => {
  await configure("recheck", "1");
  const alone = await stack.upBy("pulumi up --target '**::web3-*'", program);
  expect(touched(alone)).toEqual(["web3"]);
  expect(touched(await stack.upBy("pulumi up", program))).toEqual(["web1", "web2", "web4"]);
});

test("one whose arguments turn out to be wrong: the others are changed", async () => {
  const wrong = { kernel: { sysctls: pulumi.output({ "a name": "1" }) } };
  const edited = () => {
    for (const [index, { address: host, hostKey, privateKey }] of hosts.entries())
      new RootlessDockerHost(`web${index + 1}`, {
        connection: { host, hostKey, privateKey },
        account: { name: "app" },
        daemon: { "log-level": "warn" },
        ...(index === 1 ? wrong : {}),
      });
    return Promise.resolve({} as never);
  };
  const outcome = await stack.tryUpBy(continuing, edited);
  expect(failures(outcome)).toEqual({
    "web2-copy": expect.stringContaining(
      "nothing runs on this host: see the error of web2",
    ) as string,
  });
  const levels = hosts.map((host) =>
    host.run('grep -c \'"log-level": *"warn"\' ~app/.config/docker/daemon.json || :'),
  );
  expect((await Promise.all(levels)).map(Number)).toEqual([1, 0, 1, 1]);
});
