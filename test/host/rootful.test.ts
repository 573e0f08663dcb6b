import { readFileSync } from "node:fs";
import { busyboxImageTar } from "../../stand-ins/dockerCli";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { asAccount, bootHost, importImage } from "../support/host";
import { packedAgent } from "../../src/agent/agentText";
import { readNewMachine } from "../../src/drift/answer";
import { checkNewCommand } from "../../src/agent/commands";
import { documentsOf, documentText, type StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

let host: TestHost;

/** A machine where root runs Docker: an image, a container with a port, one on the host's network, a volume. */
beforeAll(async () => {
  host = await bootHost();
  // What runs at a first boot only is no difference.
  await host.reboot();
  await host.run("cat >/root/busybox.tar", { input: readFileSync(await busyboxImageTar()) });
  await host.run(`apt-get -q update
    apt-get -q -y --no-install-recommends install docker.io docker-cli iptables
    mkdir -p /etc/docker; echo '{ "log-level": "warn" }' >/etc/docker/daemon.json
    echo 'DOCKER_RAMDISK=yes' >>/etc/default/docker
    systemctl restart docker
    docker import /root/busybox.tar busybox >/dev/null
    docker run -d --name web --restart always --network host busybox sleep 9999
    docker run -d --name port --restart always -p 8080:80 -v data:/data busybox sh -c 'echo precious >/data/file; exec sleep 9999'`);
});

const units = async () =>
  (await host.ssh("systemctl is-active docker.service docker.socket containerd.service")).stdout;
const enabled = async () =>
  (await host.ssh("systemctl is-enabled docker.service docker.socket containerd.service")).stdout;
const running = "active\nactive\nactive\n";
// Others may use containerd.
const stopped = "inactive\ninactive\nactive\n";
const wishes = (rootfulDocker: string): StepArgs => ({
  account: { name: "app" },
  onDestroy: { data: "delete" },
  rootfulDocker,
});

/** What root's daemon has, by its own word: images, containers, volumes, by their ids. */
const holdings = () =>
  host.run(
    "docker image ls -q --no-trunc; docker ps -a --no-trunc --format '{{.ID}} {{.Names}} {{.Ports}}' | sort; docker volume ls -q",
  );

/** The daemon and its containers, which of them run and since when. */
const lives = () =>
  host.run(
    "systemctl show -p MainPID docker.service; docker inspect -f '{{.State.Pid}} {{.State.StartedAt}}' web port",
  );

/** Waits until root's daemon has started its containers again, as --restart always says. */
const containersRun = () =>
  host.run(
    "for i in $(seq 3000); do [ $(docker ps -q | wc -l) = 2 ] && exit; sleep 0.2; done; docker ps -a >&2; exit 1",
  );

/** What lies in its directory, as bytes; with no daemon at work nothing there changes. */
const data = () =>
  host.run("cd /var/lib && find docker -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum");

test("Refuse: preflight names the containers, and stop nothing", async () => {
  const app = new Installation(host, "c0");
  const before = await snapshotHost(host);
  const alive = await lives();
  await app.install();
  const { exitCode, said } = await app.tryApply("machine", wishes("refuse"));
  expect(exitCode).toBe(1);
  for (const word of ["rootfulDocker", "port web", "keep", "disable", "purge"])
    expect(said.join("\n")).toContain(word);
  expect(await units()).toBe(running);
  await app.revertAgent();
  expect(await lives()).toBe(alive);
  expect(differences(diffSnapshots(before, await snapshotHost(host)))).toEqual([]);
});

test("Keep: both work side by side, and root's is not touched", async () => {
  const app = new Installation(host, "c1");
  const before = await snapshotHost(host);
  const alive = await lives();
  await app.applyAll(wishes("keep"));
  expect(await lives()).toBe(alive);
  await importImage(host, "app");
  const run = "docker run -d --name web --network none busybox sleep 9999";
  await asAccount(host, "app", run);
  expect(await asAccount(host, "app", "docker ps --format '{{.Names}}'")).toBe("web\n");
  expect(await asAccount(host, "app", "docker info --format '{{.SecurityOptions}}'")).toContain(
    "rootless",
  );
  await host.run("docker run --rm busybox true");
  await app.revertAll(wishes("keep"));
  expect(await lives()).toBe(alive);
  expect(differences(diffSnapshots(before, await snapshotHost(host)))).toEqual([]);
});

test("Disable: stopped, disabled, masked, data untouched; all of it back afterwards", async () => {
  const app = new Installation(host, "c2");
  const before = await snapshotHost(host);
  const held = await holdings();
  const document = documentText("machine", wishes("disable"));
  const { stdout } = await host.ssh(checkNewCommand(document, ""), { input: packedAgent() });
  expect(readNewMachine(stdout).present).toContainEqual({
    about: "rootfulDocker",
    found: "a Docker daemon run by root with 2 running containers (port web)",
    wanted: "it and its containers stopped",
  });
  const { machine } = await app.applyAll(wishes("disable"));
  expect(machine.said.join("\n")).toContain("stops the Docker daemon run by root");
  expect(await units()).toBe(stopped);
  expect(await enabled()).toBe("masked\nmasked\nenabled\n");
  const bytes = await data();
  expect((await app.apply("machine", wishes("disable"))).changed).toEqual([]);
  // A reboot starts nothing of root's.
  await host.reboot();
  expect(await units()).toBe(stopped);
  expect(await data()).toBe(bytes);
  // Another policy, and back.
  await app.apply("machine", wishes("keep"));
  expect(await units()).toBe(running);
  await containersRun();
  await app.apply("machine", wishes("disable"));
  expect(await units()).toBe(stopped);
  await app.revertAll(wishes("disable"));
  expect(await units()).toBe(running);
  expect(await enabled()).toBe("enabled\nenabled\nenabled\n");
  await containersRun();
  expect(await holdings()).toBe(held);
  expect(await host.run("cat /var/lib/docker/volumes/data/_data/file")).toBe("precious\n");
  expect(differences(diffSnapshots(before, await snapshotHost(host)))).toEqual([]);
});

test("Disable, then Keep, where root's Docker was stopped before: its masks go, and Keep wants none", async () => {
  const app = new Installation(host, "c4");
  const other = new Installation(host, "c5");
  const others: StepArgs = { ...wishes("keep"), account: { name: "other" } };
  await host.run("systemctl disable -q --now docker.socket docker.service");
  const before = await enabled();
  await app.applyAll(wishes("disable"));
  expect(await enabled()).toBe("masked\nmasked\nenabled\n");
  await other.applyAll(others);
  const { changed } = await app.apply("machine", wishes("keep"));
  expect(changed.join("\n")).toContain("docker.service");
  expect(await enabled()).toBe(before);
  await app.apply("machine", wishes("disable"));
  await app.revertAll(wishes("disable"));
  // The other account said Keep: it has no part in the masks.
  expect(await enabled()).toBe(before);
  await host.run("systemctl start docker; systemctl is-active docker");
  await other.revertAll(others);
  await host.run("systemctl enable -q --now docker.socket docker.service");
  await containersRun();
});

test("only Purge says what it removes, before it does", () => {
  for (const policy of ["refuse", "keep", "disable"])
    expect(Object.keys(documentsOf(wishes(policy)).machine)).not.toContain("rootful-docker.purge");
  expect(documentsOf(wishes("purge")).machine).toMatchObject({
    "rootful-docker": "purge",
    "rootful-docker.purge":
      "docker.io docker-ce docker-ce-cli docker-ce-rootless-extras containerd.io docker-buildx-plugin docker-compose-plugin",
    "rootful-docker.purge.data": "/var/lib/docker, by docker.io's own purge",
  });
});

test("Purge: its packages and data go for good, ours come; destroy brings none of them back", async () => {
  const app = new Installation(host, "c3");
  const { machine } = await app.applyAll(wishes("purge"));
  expect(machine.changed.join("\n")).toContain("docker.io");
  expect(await units()).toBe(stopped);
  expect(await host.run("ls -A /var/lib/docker 2>/dev/null || true")).toBe("");
  for (const { changed } of Object.values(await app.applyAll(wishes("purge"))))
    expect(changed).toEqual([]);
  await app.revertAll(wishes("purge"));
  await host.run(
    "none command -v dockerd; none getent passwd app; none ls -d /var/lib/rootless-docker",
  );
});

/** Without the root daemon's own data and interfaces, and the logins of the snapshot itself. */
function differences(lines: string[]): string[] {
  const itself =
    /session-c?\d+\.scope|docker-\w+\.scope|\.veth\w+\.|\/var\/lib\/(docker|containerd)\/|run-docker|overlay2.*mount|\/run\/containerd/;
  return lines.filter((line) => !itself.test(line));
}
