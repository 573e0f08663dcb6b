import { temporaryFolder } from "../../support/checkout";
import { engineHost } from "../../support/engineHost";
import { ofDockremap } from "../../support/packageManagers";
import { followReadme } from "../../support/readme";

const folder = temporaryFolder();
const given = engineHost({ like: "almalinux10" });

test("README's example with the line for Docker's repository, word by word", async () => {
  const left = await followReadme(given.host, folder, given.downloads);
  expect(left.filter((line) => !ofDockremap.test(line))).toEqual([]);
});
