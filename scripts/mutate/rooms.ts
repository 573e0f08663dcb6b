/** Test files by a short name. */
export const promises = (name: "givenBack" | "upheld" | "clauses" | "cutOff" | "lostAnswers") =>
  `test/first/promises/${name}.test.ts`;
export const host = (name: string) => `test/host/${name}.test.ts`;
export const unit = (name: string) => `test/unit/${name}.test.ts`;

/** The tests of a part of src/host, for mutants that no promise names. The first that fits counts. */
const rooms: [path: string, ...tests: string[]][] = [
  ["core/account.sh", promises("upheld"), host("homes")],
  ["core/document.sh", promises("lostAnswers"), promises("upheld")],
  ["core/json.sh", promises("givenBack"), host("homes"), host("registries")],
  ["core/lock.sh", host("homes")],
  ["core/mounts.sh", promises("givenBack"), host("homes")],
  ["daemon/secretValues.sh", promises("upheld"), host("settings")],
  ["daemon/failure.sh", host("settings")],
  ["daemon/", promises("upheld"), host("daemonStart"), host("homes")],
  ["health/account.sh", promises("givenBack"), host("preflight"), host("accounts")],
  ["health/engine.sh", host("preflight"), host("preinstalled"), host("engine")],
  ["health/facts.sh", host("storage"), host("network")],
  ["health/host.sh", host("preflight")],
  ["health/", promises("upheld"), host("check")],
  ["ledger/installations.sh", promises("upheld"), host("installations"), host("lostAnswers")],
  ["ledger/", promises("givenBack"), promises("upheld")],
  ["platform/packages/apt.sh", promises("upheld"), host("packages")],
  ["platform/packages/dnf.sh", host("dnf")],
  ["platform/packages/rpm.sh", host("dnf"), host("zypper")],
  ["platform/packages/zypper.sh", host("zypper")],
  ["platform/packages/pacman.sh", host("pacman")],
  ["platform/packages/", promises("upheld"), host("packages"), host("diagnostics")],
  ["platform/engine/plugins.sh", host("plugins")],
  ["platform/engine/staticArchive.sh", host("staticArchive")],
  ["platform/engine/", promises("givenBack"), host("engine")],
  ["platform/kernelModules.sh", host("otherSystems"), host("kernelModules")],
  ["platform/network.sh", host("network")],
  ["platform/systems.sh", host("otherSystems"), host("preflight")],
  ["platform/release.sh", host("otherSystems"), host("preflight")],
  ["platform/programs.sh", host("missingPrograms")],
  ["platform/controlGroups.sh", host("kernel")],
  ["resources/appArmor.sh", host("kernel"), host("otherSystems")],
  ["resources/archive.sh", host("staticArchive")],
  ["resources/capability.sh", host("settings")],
  ["resources/delegation.sh", host("kernel")],
  ["resources/dockerLogin.sh", host("registries")],
  ["resources/moduleOption.sh", host("kernelModules")],
  ["resources/packages.sh", promises("upheld"), host("packages")],
  ["resources/repository.sh", host("dockerRepository")],
  ["resources/rootUnits.sh", promises("givenBack"), host("rootful")],
  ["resources/sysctl.sh", promises("upheld"), host("sysctls")],
  ["resources/account.sh", promises("givenBack"), host("accounts"), host("homes")],
  ["resources/ids.sh", promises("givenBack"), host("accounts"), host("homes")],
  ["resources/", promises("givenBack"), promises("upheld"), host("homes")],
  ["steps/deletes.sh", promises("lostAnswers"), host("lostAnswers"), host("installations")],
  ["steps/daemon/adopted.sh", host("adopted")],
  ["steps/daemon/", promises("upheld"), host("settings")],
  ["steps/machine/kernel.sh", host("kernel"), host("sysctls")],
  ["", promises("upheld"), promises("givenBack")],
];

/** The tests of a file of src/host. */
export function roomOf(file: string): string[] {
  const path = file.replace(/^src\/host\//, "");
  const [, ...tests] = rooms.find(([start]) => path.startsWith(start)) ?? [""];
  return tests;
}
