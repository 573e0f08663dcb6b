import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../agent/harness";
import { testLife } from "./life";
import { livesWithPackages } from "./withPackages";

afterAll(destroyAllHosts);

// Between `up` and destroy somebody renames, moves, marks, edits or removes what this package made or uses.
// Lives that need no packages are in the tier `agent`.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  // What a machine has that is booted for the second time.
  await host.run("touch /etc/subuid /etc/subgid; apt-get -q update");
});

for (const life of livesWithPackages) testLife(() => host, life);
