import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import { liveWhole } from "../../support/packageManagers";

// As strict as AlmaLinux's GenericCloud image: dnf 4, rpm 4, and no perl.
const given = engineHost({ like: "almalinux10" });

test("Docker's packages: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withRepository({}, args))).toEqual([]);
});

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
