import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { testLife } from "../administrator/life";
import { livesWithoutPackages } from "../administrator/withoutPackages";
import { bootHost } from "./harness";

afterAll(destroyAllHosts);

// The part of the tier `administrator` that needs no packages.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run("touch /etc/subuid /etc/subgid");
});

for (const life of livesWithoutPackages) testLife(() => host, life);
