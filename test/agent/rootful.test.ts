import { readFileSync } from "node:fs";
import { busyboxImageTar } from "../../testbed/dockerCli";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { asAccount, bootHost, Installation, type Wishes } from "./harness";

afterAll(destroyAllHosts);

let host: TestHost;

/** A machine where root runs Docker, with a container. */
beforeAll(async () => {
  host = await bootHost();
  await host.run("cat >/root/busybox.tar", { input: readFileSync(await busyboxImageTar()) });
  await host.run(`apt-get -q update
    apt-get -q -y --no-install-recommends install docker.io docker-cli iptables
    docker import /root/busybox.tar busybox >/dev/null
    docker run -d --name web --restart always --network host busybox sleep 9999`);
});

const units = async () =>
  (await host.ssh("systemctl is-active docker.service docker.socket containerd.service")).stdout;
const running = "active\nactive\nactive\n";
const stopped = "inactive\ninactive\ninactive\n";
const wishes = (rootfulDocker: string): Wishes => ({ account: { name: "app" }, rootfulDocker });

test("Refuse: preflight and engine name the containers, and stop nothing", async () => {
  const app = new Installation(host, "c0");
  await app.install();
  for (const step of ["preflight", "engine"] as const) {
    const { exitCode, said } = await app.tryApply(step, wishes("Refuse"));
    expect([exitCode, said]).toEqual([
      1,
      [
        expect.stringMatching(
          /: rootfulDocker: found a Docker daemon run by root \(process \d+\) with 1 running containers \(web\); wanted none, or your word on it\. To mend: stop it, or set rootfulDocker to Keep \(both run side by side\), Disable \(stopped and masked, its data untouched\) or Purge \(its packages removed\)$/,
        ),
      ],
    ]);
  }
  expect(await units()).toBe(running);
  await app.revertAgent();
});

test("Keep: both run; Disable: stopped; back to Keep: running again", async () => {
  const app = new Installation(host, "c1");
  const before = await snapshotHost(host);
  await app.applyAll(wishes("Keep"));
  expect(await units()).toBe(running);
  expect(await asAccount(host, "app", "docker info --format '{{.SecurityOptions}}'")).toContain(
    "rootless",
  );
  await app.apply("engine", wishes("Disable"));
  expect(await units()).toBe(stopped);
  expect((await app.apply("engine", wishes("Disable"))).changed).toEqual([]);
  await app.apply("engine", wishes("Keep"));
  expect(await units()).toBe(running);
  await app.apply("engine", wishes("Disable"));
  await app.revertAll(wishes("Disable"));
  expect(await units()).toBe(running);
  await host.run(
    "for i in $(seq 50); do docker ps --format '{{.Names}}' | grep -qx web && break; sleep 0.2; done; docker ps | grep web",
  );
  expect(differences(diffSnapshots(before, await snapshotHost(host)))).toEqual([]);
});

test("Purge: its packages go, ours come; the revert brings the host's packages and daemon back", async () => {
  const app = new Installation(host, "c2");
  // Debian's purge takes the root daemon's containers and images along: that is what was asked for.
  await host.run("docker rm -f web");
  const before = await snapshotHost(host);
  const { engine } = await app.applyAll(wishes("Purge"));
  expect(engine.changed).toContain("packages purged: docker.io");
  expect(await units()).toBe(stopped);
  for (const { changed } of Object.values(await app.applyAll(wishes("Purge"))))
    expect(changed).toEqual([]);
  await app.revertAll(wishes("Purge"));
  expect(await units()).toBe(running);
  expect(differences(diffSnapshots(before, await snapshotHost(host)))).toEqual([]);
});

/** Without the root daemon's own data, and the logins of the snapshot itself. */
function differences(lines: string[]): string[] {
  const itself =
    /session-c?\d+\.scope|\/var\/lib\/(docker|containerd)\/|run-docker|overlay2.*mount|\/run\/containerd/;
  return lines.filter((line) => !itself.test(line));
}
