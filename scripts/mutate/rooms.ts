/**
 * A test file by a short name, below the checkout; with words, those of its tests that have them in their names, as
 * `FILE: WORDS`.
 */
const file = (path: string) => (words?: string) =>
  `test/${path}.test.ts${words === undefined ? "" : `: ${words}`}`;

export const givenBack = file("first/promises/givenBack");
export const upheld = file("first/promises/upheld");
export const clauses = file("first/promises/clauses");
export const host = (name: string, words?: string) => file(`host/${name}`)(words);
export const unit = (name: string) => file(`unit/${name}`)();

/** What promises say of moments that are rare. */
export const filesOfRareMoments = ["cutOff", "kills", "lostAnswers", "rareClauses"].map((name) =>
  host(name),
);

/** The file and the words of a place where tests are. */
export function partsOf(place: string): { file: string; words?: string } {
  const [path, words] = place.split(/: (.*)/);
  return { file: path, words };
}

/** The tests of a part of src/host, for mutants that no promise names. The first that fits counts. */
const rooms: [path: string, ...tests: string[]][] = [
  ["core/account.sh", upheld(), host("homes")],
  ["core/document.sh", host("lostAnswers"), upheld()],
  ["core/json.sh", givenBack(), host("homes"), host("registries")],
  ["core/lock.sh", host("homes")],
  ["core/mounts.sh", givenBack(), host("homes")],
  ["daemon/secretValues.sh", upheld(), host("kernelAndPorts")],
  ["daemon/failure.sh", host("kernelAndPorts", "does not start")],
  ["daemon/", host("daemonStart"), upheld()],
  ["health/account.sh", givenBack(), host("preflight"), host("accounts")],
  ["health/engine.sh", host("preflight"), host("preinstalled"), host("plugins")],
  ["health/facts.sh", host("advisories"), host("storage"), host("containerRows")],
  ["health/host.sh", host("preflight")],
  ["health/", host("check"), upheld(), clauses()],
  ["ledger/installations.sh", upheld(), host("installations")],
  ["ledger/", givenBack(), upheld(), clauses()],
  ["platform/packages/apt.sh", host("packages"), upheld()],
  ["platform/packages/dnf.sh", host("dnf")],
  ["platform/packages/rpm.sh", host("dnf"), host("zypper")],
  ["platform/packages/zypper.sh", host("zypper")],
  ["platform/packages/pacman.sh", host("pacman")],
  ["platform/packages/", upheld(), host("packages"), host("problems")],
  ["platform/engine/plugins.sh", host("plugins")],
  ["platform/engine/staticArchive.sh", host("staticArchive")],
  ["platform/engine/", host("enginePackages"), givenBack()],
  ["platform/kernelModules.sh", host("kernelModules"), host("otherSystems")],
  ["platform/network.sh", host("network")],
  ["platform/systems.sh", host("otherSystems"), host("preflight")],
  ["platform/release.sh", host("otherSystems"), host("preflight")],
  ["platform/programs.sh", host("missingPrograms")],
  ["platform/controlGroups.sh", host("kernel")],
  ["resources/appArmor.sh", host("kernel"), host("otherSystems")],
  ["resources/archive.sh", host("staticArchive")],
  ["resources/capability.sh", host("kernelAndPorts")],
  ["resources/delegation.sh", host("kernel")],
  ["resources/accountLimits.sh", host("accountLimits")],
  ["resources/dockerLogin.sh", host("registries"), host("credentialHelpers")],
  ["resources/moduleOption.sh", host("kernelModules")],
  ["resources/packages.sh", upheld(), host("packages")],
  ["resources/repository.sh", host("dnf"), host("dockerRepository")],
  ["resources/rootUnits.sh", givenBack(), host("rootful")],
  ["resources/sysctl.sh", upheld(), host("sysctls")],
  ["resources/path.sh", host("kernelAndPorts", "byte for byte"), givenBack(), upheld()],
  ["resources/account.sh", host("accounts"), clauses(), givenBack()],
  ["resources/ids.sh", host("accounts"), givenBack()],
  ["resources/", givenBack(), upheld()],
  ["steps/deletes.sh", host("lostAnswers"), host("installations")],
  ["steps/daemon/adopted.sh", host("adopted")],
  ["steps/daemon/follow.sh", host("daemonStart"), host("staticArchive")],
  ["steps/daemon/", host("daemonStart"), upheld(), host("kernelAndPorts"), host("network")],
  ["steps/secrets.sh", host("registries"), host("kernelAndPorts")],
  ["steps/machine/step.sh", host("missingPrograms"), upheld()],
  ["steps/machine/engine.sh", host("enginePackages"), host("staticArchive"), host("preinstalled")],
  ["steps/machine/kernel.sh", host("kernel"), host("sysctls")],
  ["", givenBack(), upheld()],
];

/** The tests of a file of src/host. */
export function roomOf(file: string): string[] {
  const path = file.replace(/^src\/host\//, "");
  const [, ...tests] = rooms.find(([start]) => path.startsWith(start)) ?? [""];
  return tests;
}
