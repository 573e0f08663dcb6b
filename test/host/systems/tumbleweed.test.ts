import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import { liveWhole, ofDockremap } from "../../support/packageManagers";

// As strict as a small openSUSE: zypper, rpm 6, systemd 262; no perl, no curl, no tar.
const given = engineHost({ like: "tumbleweed" });

test("the distribution's packages: a whole life", async () => {
  const engine = { source: undefined, mirror: undefined, mirrorKey: undefined };
  const left = await liveWhole(given, (args) => given.withRepository(engine, args));
  expect(left.filter((line) => !ofDockremap.test(line))).toEqual([]);
});

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
