import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { applyEngine, engineHost, revertEngine } from "../../testkit/engineHost";
import { Installation } from "../../testkit/installation";

const given = engineHost();

const wishes: typeof given.withRepository = (...args) => given.withRepository(...args);

test("a source of Docker's that somebody adds later, as its documentation says: theirs is used, ours goes", async () => {
  const [app, other] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  await applyEngine(app, wishes());
  await applyEngine(other, wishes({}, { account: { name: "other" } }));
  // With another name for the same key apt would do nothing at all.
  await given.host.run(
    `/usr/lib/apt/apt-helper download-file ${given.downloads.url}/debian/gpg /etc/apt/keyrings/docker.asc
    printf 'Types: deb\nURIs: ${given.downloads.url}/debian\nSuites: trixie\nComponents: stable\nSigned-By: /etc/apt/keyrings/docker.asc\n' >/etc/apt/sources.list.d/docker.sources
    ! apt-get -q update 2>/dev/null`,
  );
  const { said } = await app.apply("engine", wishes());
  expect(said.join("\n")).toContain("as this machine names it already");
  await given.host.run(
    "apt-get -q update && [ ! -e /etc/apt/sources.list.d/rootless-docker.sources ]",
  );
  await other.apply("engine", wishes({}, { account: { name: "other" } }));
  await revertEngine(app, wishes());
  await revertEngine(other, wishes({}, { account: { name: "other" } }));
  await given.host.run("rm /etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.asc");
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a source of Docker's that was there, and whose lists were never fetched: apt goes on", async () => {
  const [app, first] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  await applyEngine(first, wishes());
  const theirs = "/etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.asc";
  await given.host.run(
    `cp /etc/apt/keyrings/rootless-docker.asc /root/docker.asc
    sed 's|keyrings/rootless-docker|keyrings/docker|; /Managed/d' /etc/apt/sources.list.d/rootless-docker.sources >/root/docker.sources`,
  );
  await revertEngine(first, wishes());
  await given.host.run(
    "mv /root/docker.asc /etc/apt/keyrings/; mv /root/docker.sources /etc/apt/sources.list.d/; rm -rf /var/lib/apt/lists/*",
  );
  await applyEngine(app, wishes());
  await given.host.run(
    "[ ! -e /etc/apt/sources.list.d/rootless-docker.sources ]; apt-get -q update",
  );
  await revertEngine(app, wishes());
  await given.host.run(`rm ${theirs}`);
  const left = diffSnapshots(given.before, await snapshotHost(given.host));
  expect(left.filter((line) => !line.includes("/var/lib/apt/lists"))).toEqual([]);
});

test("another mirror of a neighbour's stays, where somebody names the one that is asked for", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  const file = "/etc/apt/sources.list.d/rootless-docker.sources";
  // As of another installation that names another mirror.
  await given.host.run(
    `cp /etc/apt/keyrings/rootless-docker.asc /etc/apt/keyrings/docker.asc
    sed 's|keyrings/rootless-docker|keyrings/docker|; /Managed/d' ${file} >/etc/apt/sources.list.d/docker.sources
    sed -i 's|^URIs: .*|URIs: https://mirror.invalid/debian|' ${file}
    d=/var/lib/rootless-docker/things/file/$(ls /var/lib/rootless-docker/things/file | grep rootless-docker.sources)
    { head -n 1 $d/claims/a1.engine; echo "644 $(sha256sum <${file} | cut -d ' ' -f 1)"; } >$d/claims/b2.engine`,
  );
  await app.apply("engine", wishes());
  expect(await given.host.run(`grep -c mirror.invalid ${file}`)).toBe("1\n");
  await given.host.run(
    "rm /var/lib/rootless-docker/things/file/*rootless-docker.sources/claims/b2.engine",
  );
  await revertEngine(app, wishes());
  await given.host.run(
    `rm -f /etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.asc ${file} /etc/apt/keyrings/rootless-docker.asc`,
  );
});

test("a source that somebody has edited keeps the key that it names", async () => {
  const app = new Installation(given.host, "a1");
  await app.install();
  for (const step of ["preflight", "engine"] as const) await app.apply(step, wishes());
  await given.host.run("echo '# mine' >>/etc/apt/sources.list.d/rootless-docker.sources");
  const { said } = await app.revert("engine", wishes());
  expect(said.join("\n")).toContain(
    "/etc/apt/keyrings/rootless-docker.asc stays: a source of packages names it",
  );
  await app.revertAgent();
  await given.host.run(
    "rm -r /etc/apt/sources.list.d/rootless-docker.sources /etc/apt/keyrings/rootless-docker.asc /var/lib/rootless-docker",
  );
});

test("packages from it that stay keep the source and its key; they go with the next destroy without them", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run(
    "apt-get -q -y install docker-compose-plugin docker-buildx-plugin; apt-mark manual docker-ce-cli; rm -r /var/lib/apt/lists/*",
  );
  const source = "/etc/apt/sources.list.d/rootless-docker.sources";
  const key = "/etc/apt/keyrings/rootless-docker.asc";
  expect((await revertEngine(app, wishes())).split("\n")).toEqual(
    expect.arrayContaining([
      `engine: ${source} stays, with its key: docker-buildx-plugin docker-ce-cli docker-compose-plugin, which stay, come from there. Remove both by hand when they are gone`,
      `engine: ${key} stays: a source of packages names it`,
    ]),
  );
  await given.host.run(`ls ${source} ${key}; apt-get -q update`);
  await applyEngine(app, wishes());
  await given.host.run(
    "apt-get -q -y purge docker-compose-plugin docker-buildx-plugin docker-ce-cli",
  );
  await revertEngine(app, wishes());
  const left = diffSnapshots(given.before, await snapshotHost(given.host));
  expect(left.filter((line) => !line.includes("/var/lib/apt/lists"))).toEqual([]);
});
