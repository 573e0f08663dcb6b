import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import { liveWhole } from "../../support/packageManagers";

// As strict as Fedora Cloud Base: dnf 5, rpm 6, systemd 262, and no perl.
const given = engineHost({ like: "fedora44" });

test("Docker's packages: a whole life", async () => {
  const left = await liveWhole(given, (args) => given.withRepository({}, args));
  // dnf has taken in Fedora's own key, and somebody would have to take it out.
  expect(left.filter((line) => !/: package added: gpg-pubkey-/.test(line))).toEqual([]);
});

test("Docker's archives: a whole life", async () => {
  expect(await liveWhole(given, (args) => given.withArchives(currentEngine, {}, args))).toEqual([]);
});
