import { temporaryFolder } from "../../../testkit/checkout";
import { engineHost } from "../../../testkit/engineHost";
import { ofDockremap } from "../../../testkit/packageManagers";
import { followReadme } from "../../../testkit/readme";

const folder = temporaryFolder();
const given = engineHost({ like: "tumbleweed" });

test("README's example, word by word", async () => {
  const left = await followReadme(given.host, folder);
  expect(left.filter((line) => !ofDockremap.test(line))).toEqual([]);
});
