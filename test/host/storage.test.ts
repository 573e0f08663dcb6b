import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { asAccount, bootHost, daemonStart } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

/** The root file system is the machine's own, on which overlay works; another one is mounted, on which the engine refuses it. */
let host: TestHost;
let app: Installation;

const plain: StepArgs = { account: { name: "app" }, onDestroy: { data: "delete" } };
const at = (root: string, wishes: StepArgs = {}): StepArgs => ({
  ...plain,
  daemon: { "data-root": root },
  ...wishes,
});

const driver = () => asAccount(host, "app", "docker info --format '{{.Driver}}'");
const fuseInstalled = async () =>
  (await host.ssh("dpkg-query -W -f '${Status}' fuse-overlayfs")).stdout.includes("ok installed");

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run(`mkdir -p /layers/a /layers/b /layers/c /on-overlay
    mount -t overlay overlay -o lowerdir=/layers/a,upperdir=/layers/b,workdir=/layers/c /on-overlay`);
  app = new Installation(host, "a1");
  await app.install();
});

test("preflight: FuseOverlayfs without its device is an error", async () => {
  await host.run("mount --bind /etc/hostname /dev/fuse");
  const answer = await app.tryApply("machine", { ...plain, storageDriver: "fuse-overlayfs" });
  await host.run("umount /dev/fuse");
  const named = expect.stringMatching(/storageDriver.*\/dev\/fuse/) as string;
  expect([answer.exitCode, answer.said.join("\n")]).toEqual([1, named]);
});

describe("the daemon", () => {
  let fresh: Awaited<ReturnType<typeof snapshotHost>>;

  beforeAll(async () => {
    await app.revertAgent();
    fresh = await snapshotHost(host);
    await app.applyAll(plain);
  });

  test("Auto takes overlay2, and leaves it to the engine to choose it", async () => {
    expect(await driver()).toBe("overlay2\n");
    expect(await host.run("cat /home/app/.config/docker/daemon.json")).not.toContain("storage");
    expect(await fuseInstalled()).toBe(false);
  });

  test("a data root where the account cannot write is an error, and the daemon runs on", async () => {
    const started = await daemonStart(host, "app");
    const { exitCode, said } = await app.tryApply("daemon", at("/srv/docker"));
    expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("/srv")]);
    expect(await daemonStart(host, "app")).toBe(started);
    expect((await app.apply("daemon", plain)).changed).toEqual([]);
  });

  test("vfs is never taken without being asked for", async () => {
    await host.run(
      "install -d -o app -g app /on-overlay/docker; mount --bind /etc/hostname /dev/fuse",
    );
    const { exitCode, said } = await app.tryApply("daemon", at("/on-overlay/docker"));
    await host.run("umount /dev/fuse");
    // The engine itself takes it, where overlay does not work.
    expect([exitCode, said.at(-1)]).toEqual([1, expect.stringMatching(/storageDriver.*vfs/)]);
    await app.apply("daemon", plain);
    expect(await driver()).toBe("overlay2\n");
  });

  test("FuseOverlayfs by name, with its package, which stays until destroy", async () => {
    await app.apply("daemon", at("/on-overlay/docker", { storageDriver: "fuse-overlayfs" }));
    expect([await driver(), await fuseInstalled()]).toEqual(["fuse-overlayfs\n", true]);
    await app.apply("daemon", plain);
    expect([await driver(), await fuseInstalled()]).toEqual(["overlay2\n", true]);
  });

  test("reverted, the host is as before", async () => {
    await app.revertAll(plain);
    await host.run("rm -rf /on-overlay/docker");
    const left = diffSnapshots(fresh, await snapshotHost(host));
    expect(left.filter((line) => !line.includes("/layers/"))).toEqual([]);
  });
});
