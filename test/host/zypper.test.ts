import { currentEngine, earlierEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EngineSource } from "../../index";
import { engineHost } from "../../testkit/engineHost";
import { asAccount, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// A Debian with openSUSE Leap's os-release, zypper and rpm, and no apt and no dpkg.
const given = engineHost({ like: "opensuse" });

const wishes: typeof given.withRepository = (engine, args) =>
  given.withRepository({ source: undefined, mirror: undefined, mirrorKey: undefined, ...engine }, args);

test("a version, a container, nothing to change, the next version with its data, and destroy", async () => {
  const app = new Installation(given.host, "a1");
  const earlier = wishes({ version: earlierEngine });
  const { engine } = await app.applyAll(earlier);
  expect(engine.facts["versions.engine"]).toBe(earlierEngine);
  expect(await given.host.run("rpm -q docker docker-rootless-extras")).toBe(
    `docker-${earlierEngine}_ce-1.1.x86_64\ndocker-rootless-extras-${earlierEngine}_ce-1.1.noarch\n`,
  );
  await importImage(given.host, "app");
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  for (const { changed } of Object.values(await app.applyAll(earlier))) expect(changed).toEqual([]);
  await asAccount(given.host, "app", "docker volume create kept");
  const current = wishes({ version: currentEngine });
  await app.applyAll(current);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  for (const { changed } of Object.values(await app.applyAll(current))) expect(changed).toEqual([]);
  await app.revertAll(current);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});
