import { mkdtempSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHost,
  createVault,
  destroyAllHosts,
  formatImage,
  journalled,
} from "../../../stand-ins/hosts";
import { mountImage, unmountDisk } from "../../../stand-ins/hosts/disk";

afterAll(destroyAllHosts);

// If a cut lost nothing, the tests beside this one would prove nothing; and one that loses what was synced would prove nothing
// of this package.
test.each(journalled)("a cut loses on %s what was not synced, and nothing else", async (name) => {
  const vault = await createVault(10_000);
  await formatImage(vault.path("run"), name, 4000);
  const host = await createHost({ suite: "trixie", diskImage: vault.path("run") });
  await host.run("sync; mkdir /srv/lost; sync");
  await host.run(`cd /srv
    for i in 1 2 3 4 5; do echo whole >kept.new; sync kept.new; mv kept.new kept; sync .; done
    echo gone >lost/file.new; mv lost/file.new lost/file`);
  await vault.copy("run", "cut");
  expect(await host.run("cat /srv/kept /srv/lost/file")).toBe("whole\ngone\n");
  await host.destroy();
  const folder = mkdtempSync(join(tmpdir(), "power-cut-"));
  await mountImage(vault.path("cut"), folder);
  try {
    expect(readFileSync(join(folder, "srv/kept"), "utf8")).toBe("whole\n");
    const size = statSync(join(folder, "srv/lost/file"), { throwIfNoEntry: false })?.size ?? 0;
    expect(size).toBe(0);
  } finally {
    await unmountDisk(folder);
    rmdirSync(folder);
    await vault.destroy();
  }
});
