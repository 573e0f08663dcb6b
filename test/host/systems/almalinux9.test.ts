import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import { liveWhole } from "../../support/packageManagers";

// The same of release 9: systemd 252, shadow 4.13.
const given = engineHost({ like: "almalinux9" });

test("Docker's packages: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withRepository({}, args))).toEqual([]);
});

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
