import { temporaryFolder } from "../../support/checkout";
import { engineHost } from "../../support/engineHost";
import { ofDockremap } from "../../support/packageManagers";
import { followReadme } from "../../support/readme";

const folder = temporaryFolder();
const given = engineHost({ like: "tumbleweed" });

test("README's example, word by word", async () => {
  const left = await followReadme(given.host, folder);
  expect(left.filter((line) => !ofDockremap.test(line))).toEqual([]);
});
