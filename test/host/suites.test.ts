import { currentEngine, earlierEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { engineHost } from "../support/engineHost";
import { asAccount, importImage } from "../support/host";
import { Installation } from "../support/installation";

// Docker's own engine on the Debians before the current one (docs/systems.md).
describe.each(["bookworm", "bullseye"] as const)("%s", (suite) => {
  const given = engineHost({ suite });

  test.each([
    ["docker-repository", (version: string) => given.withRepository({ version })],
    ["static-archive", (version: string) => given.withArchives(version)],
  ])("%s: a version, a container, the next version with its data, destroy", async (_, wishes) => {
    const app = new Installation(given.host, "a1");
    await app.applyAll(wishes(earlierEngine));
    expect(await given.version()).toBe(`${earlierEngine}\n`);
    await importImage(given.host, "app");
    await app.applyAll(wishes(currentEngine));
    expect(await given.version()).toBe(`${currentEngine}\n`);
    const run = "docker run --rm -m 64m -p 8080:80 busybox echo here";
    expect(await asAccount(given.host, "app", run)).toBe("here\n");
    for (const { changed } of Object.values(await app.applyAll(wishes(currentEngine))))
      expect(changed).toEqual([]);
    await app.revertAll(wishes(currentEngine));
    expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
  });
});
