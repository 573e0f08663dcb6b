import { currentEngine } from "../../../testbed/engine";
import { engineHost } from "../../../testkit/engineHost";
import {
  expectDestroyNotHeldUp,
  expectPlantRefused,
  plants,
} from "../../../testkit/hostileAccount";
import { Installation } from "../../../testkit/installation";

// The attacks of promise 7 (test/first/promises/upheld) on a host as strict as archlinux's image.
const given = engineHost({ like: "archlinux" });
let installations = 0;
const install = () => new Installation(given.host, `a${++installations}`);
const engine = () => given.withArchives(currentEngine).engine;

test.each(plants)("%s", async (_what, plant) => {
  await expectPlantRefused(given.host, install(), plant, { engine: engine() });
});

test("an account holds no destroy up, whatever it does in its home", async () => {
  await expectDestroyNotHeldUp(given.host, install(), { engine: engine() });
});
