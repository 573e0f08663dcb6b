import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import { liveWhole } from "../../support/packageManagers";

// As strict as Arch's cloud image: pacman 7.1, systemd 262; no perl, no diffutils.
const given = engineHost({ like: "archlinux" });

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
