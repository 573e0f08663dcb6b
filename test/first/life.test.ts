import { busyboxImageTar } from "../../stand-ins/dockerCli";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { ensureToolchain } from "../../stand-ins/toolchain";
import { OnDestroyData } from "../../index";
import { oldestPulumi } from "../../src/engineHooks";
import { edits, start as plain, type Edit } from "../support/edits";
import {
  everyChild,
  everyStep,
  HostStack,
  stepsRun,
  type ComponentArgs,
} from "../support/hostStack";
import { killStepAt } from "../support/runningSteps";

// The main job, by the real engine: one life of one host, in the order of the tests.
let host: NspawnHost;
let userKey: string;
let before: HostSnapshot;
let web: HostStack;

const start: ComponentArgs = { ...plain, onDestroy: { data: OnDestroyData.Delete } };

beforeAll(async () => {
  process.stderr.write(`engine: ${(await ensureToolchain()).describe()}\n`);
  host = await createHost({ suite: "trixie" });
  userKey = (await execOrThrow("ssh-keygen", ["-y", "-f", host.privateKeyPath])).trim();
  before = await snapshotHost(host);
  web = await HostStack.on(host, "life");
});
afterAll(destroyAllHosts);

/** What a daemon's start changes by itself, and the agent's own records. */
const ofEachStart = /\/home\/app\/\.local\/share\/docker\/|\/var\/lib\/rootless-docker\//;

test("a preview names what will be on the host, and touches nothing", async () => {
  const text = await web.preview(start);
  for (const shown of ["net.ipv4.ping_group_range", "log-level", "app"])
    expect(text).toContain(shown);
  expect(text).not.toContain("s3cret-one");
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("an up that is killed while packages are unpacked fails, and the next one comes to its end", async () => {
  const failing = web.tryUp(start);
  await killStepAt(host, /dpkg .*--unpack/, failing);
  expect((await failing).failure).toBeDefined();
  await web.up(start);
  expect(web.outputs).toMatchObject({
    dockerHost: `ssh://app@${host.address}:22`,
    socketPath: "/run/user/1000/docker.sock",
    account: { name: "app", uid: 1000, gid: 1000, home: "/home/app" },
    storageDriver: "overlay2",
    versions: { os: expect.stringMatching(/^Debian GNU\/Linux 13/) as string },
  });
});

test("the state holds no secret in clear, and is small", () => {
  const state = web.stack.stateText;
  expect(state.length).toBeLessThan(100_000);
  expect(state).not.toContain("s3cret-one");
  expect(state).not.toContain(host.privateKey.split("\n")[2]);
});

test("up again changes nothing", async () => {
  const daemon = await web.daemonStart();
  expect(stepsRun(await web.up(start))).toEqual([]);
  expect(await web.daemonStart()).toBe(daemon);
});

test("a preview and an up without changes have no resource for which the engine writes its whole state", async () => {
  const preview = await web.writesOf("preview", start);
  const up = await web.writesOf("up", start);
  expect(up.length).toBeGreaterThan(everyChild.length);
  // The oldest Pulumi that is supported asks nothing in a preview.
  const { version } = await ensureToolchain();
  if (version !== oldestPulumi) expect(preview.length).toBeGreaterThan(everyChild.length);
  expect([...preview, ...up].filter((answer) => answer !== "false")).toEqual([]);
});

describe("edits", () => {
  let untouched: HostSnapshot;
  const named = (...names: string[]): Edit[] => {
    const all = Object.values(edits(userKey)).flat();
    return names.map((name) => {
      const found = all.find((edit) => edit.name.startsWith(name));
      if (found === undefined) throw new Error(`no edit ${name}`);
      return found;
    });
  };
  const quiet = () => named("kernel.sysctls", "account.authorizedKeys", "prune");
  const restarting = () => named("daemon: a value", "a secret value", "privilegedPorts: sysctl");
  const changed = (made: Edit[]): ComponentArgs =>
    Object.assign({}, start, ...made.map(({ change }) => change)) as ComponentArgs;
  const stepsOf = (made: Edit[]) =>
    [...new Set(made.flatMap(({ steps = everyStep }) => steps))]
      .sort()
      .map((step) => `update web-${step}`);
  const expectOnHost = async (made: Edit[]) => {
    for (const { name, host: holds } of made)
      if (holds)
        expect([name, (await host.run(holds.command)).trim()]).toEqual([name, holds.prints]);
  };

  test("three that restart nothing: the steps that they are of run, and the host has them", async () => {
    const daemon = await web.daemonStart();
    untouched = await snapshotHost(host);
    const outcome = await web.up(changed(quiet()));
    expect(stepsRun(outcome).sort()).toEqual(stepsOf(quiet()));
    await expectOnHost(quiet());
    expect(await web.daemonStart()).toBe(daemon);
  });

  test("three more, of which two restart the daemon", async () => {
    const daemon = await web.daemonStart();
    const all = [...quiet(), ...restarting()];
    const outcome = await web.up(changed(all));
    expect(stepsRun(outcome).sort()).toEqual(stepsOf(restarting()));
    await expectOnHost(all);
    expect(await web.daemonStart()).not.toBe(daemon);
  });

  test("docker by dockerHost, with the key of these edits: a container runs as the account", async () => {
    const docker = await web.docker();
    await docker.run(["import", await busyboxImageTar(), "busybox"]);
    expect(await docker.run(["run", "--rm", "busybox", "id", "-u"])).toBe("0");
    await docker.run(["run", "-d", "--name", "sleeper", "busybox", "sleep", "7777"]);
    expect(await host.run("ps -o user= -p $(pgrep -f 'sleep 7777' | head -n 1)")).toBe("app\n");
    await docker.run(["rm", "-f", "sleeper"]);
    expect(await docker.run(["info", "-f", "{{.SecurityOptions}}"])).toContain("name=rootless");
  });

  test("taken out again, all six: the host is what it was", async () => {
    await web.up(start);
    const left = diffSnapshots(untouched, await snapshotHost(host));
    expect(left.filter((line) => !ofEachStart.test(line))).toEqual([]);
  });
});

test("destroy gives the host back, byte for byte", async () => {
  await web.destroy();
  const left = diffSnapshots(before, await snapshotHost(host));
  // An apt that is killed leaves a directory of links (docs/limits.md).
  expect(left.filter((line) => !/\/tmp\/apt-dpkg-install-/.test(line))).toEqual([]);
});
