import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { temporaryFolder } from "../support/checkout";
import { followReadme } from "../support/readme";

const folder = temporaryFolder();
let host: TestHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
});
afterAll(destroyAllHosts);

test("README's example, word by word: a host, a container on it by the docker CLI, and destroy", async () => {
  expect(await followReadme(host, folder)).toEqual([]);
});
