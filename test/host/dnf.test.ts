import { currentEngine, earlierEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EngineSource, OnDestroyData } from "../../index";
import { engineHost } from "../../testkit/engineHost";
import { asAccount, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// A Debian with Fedora's os-release, dnf 4 and rpm, and no apt and no dpkg.
const given = engineHost({ fedora: true });

function wishes(engine: StepArgs["engine"] = {}, args: StepArgs = {}): StepArgs {
  return {
    account: { name: "app" },
    engine: {
      source: EngineSource.DockerRepository,
      mirror: given.downloads.url,
      mirrorKey: given.downloads.key,
      ...engine,
    },
    onDestroy: { data: OnDestroyData.Delete },
    ...args,
  };
}

test("a version, a container, nothing to change, the next version with its data, and destroy", async () => {
  const app = new Installation(given.host, "a1");
  const earlier = wishes({ version: earlierEngine });
  const { engine } = await app.applyAll(earlier);
  expect(engine.facts["versions.engine"]).toBe(earlierEngine);
  expect(await given.host.run("rpm -q docker-ce docker-ce-cli docker-ce-rootless-extras")).toBe(
    ["docker-ce", "docker-ce-cli", "docker-ce-rootless-extras"]
      .map((name) => `${name}-${earlierEngine}-1.fc44.x86_64\n`)
      .join(""),
  );
  await importImage(given.host, "app");
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  expect(
    await given.host.run("pgrep -u root -x dockerd; ls /run/docker.sock 2>&1 || true"),
  ).toMatch(/^ls: cannot/);
  for (const { changed } of Object.values(await app.applyAll(earlier))) expect(changed).toEqual([]);
  await asAccount(given.host, "app", "docker volume create kept");
  const current = wishes({ version: currentEngine });
  await app.applyAll(current);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  for (const { changed } of Object.values(await app.applyAll(current))) expect(changed).toEqual([]);
  await app.revertAll(current);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});
