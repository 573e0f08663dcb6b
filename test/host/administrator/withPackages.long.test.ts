import { destroyAllHosts, type TestHost } from "../../../testbed/hosts";
import { bootHost } from "../../../testkit/host";
import { testLife } from "./life";
import { livesOfOlderEngines, livesWithPackages } from "./withPackages";

afterAll(destroyAllHosts);

// Between `up` and destroy somebody renames, moves, marks, edits or removes what this package made or uses.
// Lives that need no packages are in the file beside this one.
describe.each([
  ["trixie", livesWithPackages],
  ["bookworm", livesOfOlderEngines],
  ["bullseye", livesOfOlderEngines],
] as const)("%s", (suite, lives) => {
  let host: TestHost;

  beforeAll(async () => {
    host = await bootHost({ suite });
    await host.run("touch /etc/subuid /etc/subgid; apt-get -q update");
  });
  afterAll(() => host.destroy());

  for (const life of lives) testLife(() => host, life);
});
