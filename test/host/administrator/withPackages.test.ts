import { destroyAllHosts, type TestHost } from "../../../testbed/hosts";
import { bootHost } from "../../../testkit/host";
import { testLife } from "./life";
import { livesOfOlderEngines, livesOfTheEngine, livesWithPackages } from "./withPackages";

afterAll(destroyAllHosts);

// Between `up` and destroy somebody renames, moves, marks, edits or removes what this package made or uses.
// Lives that need no packages are in the file beside this one.
describe.each([
  ["trixie", "everything", livesWithPackages],
  ["trixie", "the engine alone", livesOfTheEngine],
  ["bookworm", "an older engine", livesOfOlderEngines],
  ["bullseye", "an older engine", livesOfOlderEngines],
] as const)("%s, %s", (suite, _what, lives) => {
  let host: TestHost;

  beforeAll(async () => {
    host = await bootHost({ suite });
    await host.run("touch /etc/subuid /etc/subgid; apt-get -q update");
  });
  afterAll(() => host.destroy());

  for (const life of lives) testLife(() => host, life);
});
