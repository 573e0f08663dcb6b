import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../testbed/hosts";
import type { HostSnapshot } from "../../testbed/hosts";
import { busyboxImageTar } from "../../testbed/dockerCli";
import { execOrThrow } from "../../testbed/hosts/exec";
import { ensureToolchain } from "../../testbed/toolchain";
import { requireDocsTools } from "../../testbed/requirements";
import { PrivilegedPorts } from "../../index";
import { runOverSsh, type KnownConnection } from "../../src/remote/ssh";
import { sshOptions } from "../../src/remote/sshOptions";
import { lineOfDocs } from "../../testkit/docsLine";
import { edits, start, used } from "../../testkit/edits";
import { live, Stack } from "../../testkit/stack";
import { changedPart, connectionTo, everyStep, HostStack, stepsRun } from "../../testkit/hostStack";

// One life of one host, in the order of the tests: previewed, made, used, edited, given back.
let host: TestHost;
let userKey: string;
let before: HostSnapshot;
let installation: HostStack;

beforeAll(async () => {
  process.stderr.write(`engine: ${(await ensureToolchain()).describe()}\n`);
  host = await createHost({ suite: "trixie" });
  userKey = (await execOrThrow("ssh-keygen", ["-y", "-f", host.privateKeyPath])).trim();
  before = await snapshotHost(host);
  installation = await HostStack.on(host, "life");
});
afterAll(destroyAllHosts);

/** Logins that the host's sshd accepted so far, without the one that asks. */
async function logins(): Promise<number> {
  const count = await host.run(
    "journalctl --sync; journalctl -q -u ssh --no-pager | grep -c 'Accepted publickey'",
  );
  return Number(count) - 1;
}

test("a preview of a new host shows its desired state, and touches nothing", async () => {
  const loginsBefore = await logins();
  expect(await installation.preview(start)).toMatchSnapshot();
  expect(await logins()).toBe(loginsBefore + 1);
});

test("up makes a rootless Docker host", async () => {
  const outcome = await installation.up(start);
  expect(stepsRun(outcome).sort()).toEqual(
    [...everyStep, "lease"].sort().map((step) => `create web-${step}`),
  );
  expect(installation.outputs).toMatchObject({
    dockerHost: `ssh://app@${host.address}:22`,
    socket: "unix:///run/user/1000/docker.sock",
    account: { name: "app", uid: 1000, gid: 1000, home: "/home/app" },
    subordinateIds: {
      uids: [{ start: 100000, count: 65536 }],
      gids: [{ start: 100000, count: 65536 }],
    },
    versions: { os: expect.stringMatching(/^Debian GNU\/Linux 13/) as string },
    storageDriver: "overlay2",
    cgroup: { version: "2", driver: "systemd" },
    network: {
      driver: "slirp4netns",
      portDriver: "builtin",
      mtu: 65520,
      bridgeMtu: 65520,
      userDefinedBridgeMtu: 65520,
    },
  });
});

test("what outputs say to type works", async () => {
  const { dockerHost, contextCommand, knownHosts } = installation.outputs as Record<string, string>;
  const context = `export DOCKER_CONFIG=/root/context; ${contextCommand} >/dev/null
    docker context inspect -f '{{.Endpoints.docker.Host}}' web; rm -r /root/context`;
  expect(await host.run(context)).toBe(`${dockerHost}\n`);
  const found = `echo '${knownHosts}' >/root/known; ssh-keygen -F ${host.address} -f /root/known; rm /root/known`;
  expect(await host.run(found)).toContain(host.hostKey);
});

test("the state is small, and holds no secret in clear", () => {
  const state = installation.stack.stateText;
  expect(Buffer.byteLength(state.replace(/\n */g, ""))).toBeLessThanOrEqual(470 * 1024);
  expect(state).not.toContain("s3cret-one");
  expect(state).not.toContain(host.privateKey.split("\n")[2]);
});

test("a backend that compresses it keeps a third", async () => {
  const backendDir = mkdtempSync(join(tmpdir(), "compressed-"));
  process.env.PULUMI_DIY_BACKEND_ZSTD = "true";
  try {
    const compressed = await Stack.start("life", backendDir);
    await compressed.importState(await installation.stack.exportState());
  } finally {
    delete process.env.PULUMI_DIY_BACKEND_ZSTD;
  }
  const { size } = statSync(join(backendDir, ".pulumi/stacks/conformance/life.json.zst"));
  expect(size).toBeLessThanOrEqual(172 * 1024);
});

test("up again changes nothing, and opens no connection", async () => {
  const loginsBefore = await logins();
  const outcome = await installation.up(start);
  expect(stepsRun(outcome)).toEqual([]);
  expect(await logins()).toBe(loginsBefore + 1);
});

describe.each(Object.keys(edits("")))("every edit of the change table, and back: %s", (group) => {
  let untouched: HostSnapshot;

  beforeAll(async () => {
    // Whoever asks the account's service manager first starts its bus.
    await installation.daemonStart();
    untouched = await snapshotHost(host);
  });

  test.each(edits("")[group].map(({ name }, index) => [name, index] as const))(
    "%s",
    async (_name, index) => {
      const { change, steps = everyStep, restarts, host: holds } = edits(userKey)[group][index];
      const text = await installation.preview({ ...start, ...change });
      // What is said of a change is cut.
      const shown = changedPart(text).replaceAll(userKey, "USERKEY");
      expect(shown.replaceAll(`${userKey.slice(0, 59)}...`, "USERKEY...")).toMatchSnapshot();
      const heldBefore = holds && (await host.run(holds.command));
      for (const wishes of [{ ...start, ...change }, start]) {
        const daemonBefore = await installation.daemonStart();
        const outcome = await installation.up(wishes);
        expect(stepsRun(outcome).sort()).toEqual(
          [...steps].sort().map((step) => `update web-${step}`),
        );
        expect((await installation.daemonStart()) !== daemonBefore).toBe(restarts);
        if (!holds) continue;
        const now = await host.run(holds.command);
        if (wishes === start) expect(now).toBe(heldBefore);
        else expect(now.trim()).toBe(holds.prints);
      }
    },
  );

  test("the host is what it was", async () => {
    const left = diffSnapshots(untouched, await snapshotHost(host));
    expect(left.filter((line) => !ofEachStart.test(line))).toEqual([]);
  });
});

/** What a daemon's start changes by itself, data that is kept, and the agent's own records. */
const ofEachStart =
  /\/home\/app\/\.local\/share\/docker\/|\/home\/app\/docker-data|\/var\/lib\/rootless-docker\//;

test("many edits at once, and from one way to open ports to the other", async () => {
  const portsBefore = { ...used(userKey), privilegedPorts: PrivilegedPorts.FileCapability };
  await installation.up(portsBefore);
  const text = changedPart(await installation.preview(used(userKey)));
  for (const line of [
    "+ net.ipv4.ip_unprivileged_port_start: 0",
    '~ privileged-ports: "file-capability" => "sysctl"',
    '- rootlesskit.capability: "cap_net_bind_service=ep"',
  ])
    expect(text).toContain(line);
  const daemonBefore = await installation.daemonStart();
  expect(stepsRun(await installation.up(used(userKey)))).toEqual(["update web-ports"]);
  expect(await installation.daemonStart()).not.toBe(daemonBefore);
  const ports = "sysctl -n net.ipv4.ip_unprivileged_port_start; getcap /usr/bin/rootlesskit";
  expect((await host.run(ports)).trim()).toBe("0");
});

test("another way to log in runs every step, and changes nothing on the host", async () => {
  const wishes = used(userKey);
  const connection = { ...connectionTo(host), perDialTimeout: 20 };
  const daemonBefore = await installation.daemonStart();
  const outcome = await installation.tryUp({ ...wishes, connection });
  expect(outcome.failure).toBeUndefined();
  const steps = stepsRun(outcome).map((line) => line.replace("update web-", ""));
  expect(steps.sort()).toEqual(everyStep);
  for (const step of steps) {
    expect(live(outcome, `web-${step}`).at(-1)).toBe(`${step}: nothing to change`);
  }
  expect(await installation.daemonStart()).toBe(daemonBefore);
});

test("a container runs as the account, through dockerHost and the docker CLI of this machine", async () => {
  const docker = await installation.docker();
  await docker.run(["import", await busyboxImageTar(), "busybox"]);
  expect(await docker.run(["run", "--rm", "busybox", "id", "-u"])).toBe("0");
  await docker.run(["run", "-d", "--name", "sleeper", "busybox", "sleep", "7777"]);
  const owner = await host.run("ps -o uid= -p $(pgrep -f 'sleep 7777' | head -n 1)");
  expect(Number(owner)).toBe(1000);
  const info = await docker.run(["info", "--format", "{{.SecurityOptions}}"]);
  expect(info).toContain("name=rootless");
});

test("connection, with a key of the account's, leads a command to its daemon", async () => {
  const connection = installation.outputs.connection as KnownConnection;
  const withKey = { ...connection, privateKey: host.privateKey };
  expect(await runOverSsh(withKey, "id -un; docker info -f '{{.SecurityOptions}}'")).toMatch(
    /^app\n.*name=rootless/,
  );
});

describe("sshOptions, where ssh knows no host", () => {
  const another =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOZHlS6zpnpTTV8VJ4WTsX/2aYnBc7dMbidjvp+/9gn";
  /** A proxy that is the machine itself. */
  const over = (hostKey: string, proxyKey: string) => {
    const hop = { host: host.address, port: 22, user: "root" };
    return sshOptions({ ...hop, hostKey, proxy: { ...hop, hostKey: proxyKey } });
  };
  const driver = async (options: string[]) =>
    (await installation.docker(options)).run(["info", "-f", "{{.Driver}}"]);

  test("lead the docker CLI to the daemon, over a proxy too", async () => {
    expect(await driver(installation.outputs.sshOptions as string[])).toBe("overlay2");
    expect(await driver(over(host.hostKey, host.hostKey))).toBe("overlay2");
  });

  test.each([
    ["the host", () => sshOptions({ ...connectionTo(host), hostKey: another })],
    ["the host behind a proxy", () => over(another, host.hostKey)],
    ["the proxy", () => over(host.hostKey, another)],
  ])("refuse another key of %s", async (_who, options) => {
    await expect(driver(options())).rejects.toThrow("Host key verification failed");
  });
});

test("environment is what a shell can take over, whatever is in it", async () => {
  await requireDocsTools();
  const { environment, dockerHost } = installation.outputs as Record<string, string>;
  const line = lineOfDocs('eval "$(pulumi stack output environment', "docs/outputs.md");
  const given = JSON.stringify({
    ...(environment as unknown as object),
    HOSTILE: "a'b $(c) `d`\n e",
  });
  const script = `pulumi() { printf '%s' "$GIVEN"; }
    ${line}
    printf '%s|' "$DOCKER_HOST" "$TESTCONTAINERS_HOST_OVERRIDE" "$HOSTILE"`;
  const found = await execOrThrow("sh", ["-euc", script], { env: { GIVEN: given } });
  expect(found).toBe(`${dockerHost}|${host.address}|a'b $(c) \`d\`\n e|`);
});

test("a port below 1024 is published", async () => {
  const docker = await installation.docker();
  await docker.run([
    "run",
    "-d",
    "-p",
    "80:80",
    "busybox",
    "sh",
    "-c",
    "echo hello > /index.html; httpd -f -p 80 -h /",
  ]);
  const reply =
    "timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; printf \"GET / HTTP/1.0\\r\\n\\r\\n\" >&3; cat <&3'";
  expect(await host.run(reply)).toContain("hello");
});

test("destroy gives the host back", async () => {
  await installation.destroy();
  const differences = diffSnapshots(before, await snapshotHost(host));
  process.stderr.write(`engine: differences left after destroy: ${JSON.stringify(differences)}\n`);
  expect(differences).toEqual([]);
});
