import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import { liveWhole, ofDockremap } from "../../support/packageManagers";

// The same with rpm 4 and systemd 257.
const given = engineHost({ like: "leap16" });

test("the distribution's packages: a whole life", async () => {
  const engine = { source: undefined, mirror: undefined, mirrorKey: undefined };
  const left = await liveWhole(given, (args) => given.withRepository(engine, args));
  expect(left.filter((line) => !ofDockremap.test(line))).toEqual([]);
});

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
