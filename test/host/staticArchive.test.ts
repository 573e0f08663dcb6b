import { mkdtempSync, rmSync } from "node:fs";
import { machine, tmpdir } from "node:os";
import { join } from "node:path";
import { brokenEngine, currentEngine, earlierEngine, serve } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { execOrThrow } from "../../testbed/hosts/exec";
import { PrivilegedPorts } from "../../index";
import { engineHost } from "../../testkit/engineHost";
import { asAccount, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

const given = engineHost();

const wishes: typeof given.withArchives = (...args) => given.withArchives(...args);

test("a version, a container, another version with its data; one that does not start goes back; destroy", async () => {
  const app = new Installation(given.host, "a1");
  const ports = { privilegedPorts: PrivilegedPorts.FileCapability };
  await app.applyAll(wishes(earlierEngine, {}, ports));
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  await importImage(given.host, "app");
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  const { engine } = await app.applyAll(wishes(currentEngine, {}, ports));
  expect(engine.facts["versions.engine"]).toBe(currentEngine);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  // A port below 1024 by the capability, which the new version's program has, too.
  expect(
    await asAccount(
      given.host,
      "app",
      "docker run --rm -p 80:80 busybox echo here; docker image ls -q | wc -l",
    ),
  ).toBe("here\n1\n");
  expect(await given.host.run("ls /usr/local/lib/rootless-docker | wc -l")).toBe("3\n");
  for (const { changed } of Object.values(await app.applyAll(wishes(currentEngine, {}, ports))))
    expect(changed).toEqual([]);

  const { exitCode, said } = await app.tryApply("engine", wishes(brokenEngine, {}, ports));
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /engine\.version: found that the daemon does not start with .*docker-0\.0\.1-.*; the daemon runs with .*docker-29\.8\.1-\S+ again/,
    ),
  ]);
  expect(await given.version()).toBe(`${currentEngine}\n`);

  await app.applyAll(wishes(currentEngine, {}, ports));
  await app.revertAll(wishes(currentEngine, {}, ports));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("from the distribution's engine to it and back: the packages go and come, the data stay", async () => {
  const app = new Installation(given.host, "a2");
  const distribution: StepArgs = { ...wishes(currentEngine), engine: {} };
  await app.applyAll(distribution);
  await asAccount(given.host, "app", "docker volume create kept");
  await app.applyAll(wishes(currentEngine));
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(
    await given.host.run("dpkg -l docker.io rootlesskit 2>/dev/null | grep -c ^ii || true"),
  ).toBe("0\n");
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  await app.applyAll(distribution);
  expect(await given.version()).toMatch(/^26\./);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  await app.revertAll(distribution);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("two accounts, each with a version of its own, and the distribution's beside them", async () => {
  const [app, other, third] = ["a3", "a4", "a5"].map(
    (lease) => new Installation(given.host, lease),
  );
  const of = (name: string, engine: StepArgs) => ({ ...engine, account: { name } });
  await app.applyAll(wishes(earlierEngine));
  await other.applyAll(of("other", wishes(currentEngine)));
  const distribution = of("third", { ...wishes(currentEngine), engine: {} });
  const { engine } = await third.applyAll(distribution);
  // Nobody else's daemon starts again for it.
  expect(engine.changed.join()).not.toMatch(/daemon of (app|other)/);
  const versions = await Promise.all(["app", "other", "third"].map(given.version));
  expect(versions).toEqual([
    `${earlierEngine}\n`,
    `${currentEngine}\n`,
    expect.stringMatching(/^26\./),
  ]);
  await app.revertAll(wishes(earlierEngine));
  await third.revertAll(distribution);
  await other.revertAll(of("other", wishes(currentEngine)));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test.each([
  {
    what: "another sum than the one that is named",
    engine: { rootlessExtrasSha256: "0".repeat(64) },
    says: /docker-rootless-extras-29\.8\.1\.tgz: found the SHA-256 [0-9a-f]{64}; wanted 0{64}\. To fix: see which of the two is right: nothing of it was unpacked/,
  },
  {
    what: "a mirror that does not have it",
    engine: { version: "29.9.9" },
    says: /docker-29\.9\.9\.tgz: found .*404.*; wanted the archive\. To fix: let this machine reach it/,
  },
])("$what: an error, and nothing is changed", async ({ engine, says }) => {
  const app = new Installation(given.host, "a6");
  const wrong = wishes(currentEngine, engine);
  await app.install();
  await app.apply("preflight", wrong);
  const { exitCode, said } = await app.tryApply("engine", wrong);
  expect([exitCode, said.at(-1)]).toEqual([1, expect.stringMatching(says)]);
  expect(await given.host.run("ls /usr/local/lib/rootless-docker 2>/dev/null || true")).toBe("");
  await app.revert("engine", wrong);
  await app.revertAgent();
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("archives that are not Docker's own are errors, and nothing of them is used", async () => {
  const app = new Installation(given.host, "a7");
  const place = `static/stable/${machine()}`;
  const folder = mkdtempSync(join(tmpdir(), "archives-"));
  const served = async (make: string) => {
    await execOrThrow("sh", [
      "-euc",
      `cd "$1"; rm -rf *; mkdir -p docker ${place}; ${make}
        for name in docker docker-rootless-extras; do gzip -c all.tar >${place}/$name-1.0.0.tgz; done`,
      "sh",
      folder,
    ]);
    return serve([folder]);
  };
  let asked: StepArgs = {};
  try {
    for (const { make, says } of otherArchives) {
      const { url: mirror, sha256, close } = await served(make);
      asked = wishes(currentEngine, {
        version: "1.0.0",
        sha256: sha256("docker", "1.0.0"),
        rootlessExtrasSha256: sha256("docker-rootless-extras", "1.0.0"),
        mirror,
      });
      await app.install();
      await app.apply("preflight", asked);
      const { exitCode, said } = await app.tryApply("engine", asked);
      await close();
      expect([exitCode, said.at(-1)]).toEqual([1, expect.stringMatching(says)]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(await given.host.run("ls /usr/local/lib/rootless-docker")).toBe("");
  await app.revert("engine", asked);
  await app.revertAgent();
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

/** How each is made, as `all.tar`. */
const otherArchives = [
  // By way of a link that leads out.
  {
    make: `ln -s /etc docker/out; tar -cf all.tar docker/out
      rm docker/out; mkdir docker/out; echo planted >docker/out/planted; tar -rf all.tar docker/out/planted`,
    says: /found (docker\/out in it; wanted files in one directory|.*; wanted an archive that tar unpacks)/,
  },
  {
    make: "echo planted >docker/planted; tar -cPf all.tar --transform s,^docker,docker/../../../../../etc, docker",
    says: /found .*'\.\.'; wanted an archive that tar unpacks/,
  },
  {
    make: "mkdir docker/more; echo planted >docker/more/planted; tar -cf all.tar docker",
    says: /found docker\/more\/ in it; wanted files in one directory/,
  },
  {
    make: "echo planted >docker/planted; ln docker/planted docker/second; tar -cf all.tar docker",
    says: /found docker\/(planted|second) in it; wanted files in one directory/,
  },
  {
    make: "echo planted >docker/planted; tar -cf all.tar docker",
    says: /found no docker in them; wanted the whole engine/,
  },
];
