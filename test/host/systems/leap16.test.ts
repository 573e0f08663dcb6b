import { currentEngine } from "../../../testbed/engine";
import { engineHost } from "../../../testkit/engineHost";
import { liveWhole } from "../../../testkit/packageManagers";

// The same with rpm 4 and systemd 257.
const given = engineHost({ like: "leap16" });

test("the distribution's packages: a whole life", async () => {
  const engine = { source: undefined, mirror: undefined, mirrorKey: undefined };
  const left = await liveWhole(given, (args) => given.withRepository(engine, args));
  // openSUSE's docker makes the account dockremap when it is installed, and leaves it.
  const accounts =
    /: file \/etc\/(group|gshadow|passwd|shadow|sub[ug]id):|: \w+ line added: dockremap\b/;
  expect(left.filter((line) => !accounts.test(line))).toEqual([]);
});

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
