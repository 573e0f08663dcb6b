import { currentEngine } from "../../../testbed/engine";
import { engineHost } from "../../../testkit/engineHost";
import { liveWhole } from "../../../testkit/packageManagers";

// As strict as Arch's cloud image: pacman 7.1, systemd 262; no perl, no diffutils.
const given = engineHost({ like: "archlinux" });

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
