import { createHost, destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { temporaryFolder } from "../../testkit/checkout";
import { followReadme } from "../../testkit/readme";

const folder = temporaryFolder();
let host: TestHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
});
afterAll(destroyAllHosts);

test("README's example, word by word: a host, a container on it by the docker CLI, and destroy", async () => {
  expect(await followReadme(host, folder)).toEqual([]);
});
