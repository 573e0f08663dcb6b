import { destroyAllHosts, diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { bootHost, daemonStart, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

/** Something in every step. */
const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= one"] },
  privilegedPorts: "file-capability",
  kernel: { sysctls: { "net.ipv4.ping_group_range": "0 1000" } },
  daemon: { "log-level": "warn" },
  environment: { COLOUR: "blue" },
  secretEnvironment: { TOKEN: "s3cret" },
  onDestroy: { data: "delete" },
};

// Packages of older releases; test/first has Debian 13.
test.each([
  ["bookworm", "20.10.24+dfsg1", "1.1.0"],
  ["bullseye", "20.10.5+dfsg1", "0.14.2"],
] as const)("Debian %s: all of it, again, and back", async (suite, engine, rootlesskit) => {
  const host = await bootHost({ suite });
  const app = new Installation(host, "a1");
  // An earlier rootful Docker's data, which docker.io's purge would take.
  await host.run("mkdir -p /var/lib/docker/volumes && echo mine >/var/lib/docker/volumes/file");
  const fresh = await snapshotHost(host);
  const first = await app.applyAll(wishes);
  expect(first.daemon.facts.storageDriver).toBe("overlay2");
  expect(first.machine.facts["versions.engine"]).toBe(engine);
  expect(first.machine.facts["versions.rootlesskit"]).toBe(rootlesskit);
  const started = await daemonStart(host, "app");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  expect(await daemonStart(host, "app")).toBe(started);

  await host.run("apt-get -q -y install --reinstall docker.io rootlesskit");
  const ofRoot = await host.ssh("systemctl is-active docker.service docker.socket");
  expect(ofRoot.stdout).not.toMatch(/^active/m);
  // The package's own file has none: check says so, and the step machine sets it again, and nothing else.
  expect((await app.drift()).map(({ about }) => about)).toEqual([
    expect.stringContaining("rootlesskit"),
  ]);
  expect((await app.apply("machine", wishes)).changed).toContainEqual(
    expect.stringContaining("cap_net_bind_service"),
  );
  await importImage(host, "app");
  await app.revertAll(wishes);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});
