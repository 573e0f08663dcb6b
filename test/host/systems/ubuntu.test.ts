import { currentEngine } from "../../../stand-ins/engine";
import { engineHost } from "../../support/engineHost";
import type { StepArgs } from "../../support/documents";
import { liveWhole } from "../../support/packageManagers";

// Ubuntu's cloud images, as far as Debian's archive can stand for them: the Debian whose systemd and apt are closest, with
// Ubuntu's os-release, and what those images have beside a minimal Debian. Not there: Ubuntu's kernel and its AppArmor
// restriction (test/kernel), snapd, the Rust coreutils and sudo-rs of 26.04, and Ubuntu's own builds.
const packages = ["apparmor", "cloud-init", "needrestart", "sudo", "ufw", "unattended-upgrades"];

/** needrestart makes its folder when apt first runs; Debian's rootlesskit removes an empty folder when it is purged. */
const ofPackages = /: file (added: \/run\/needrestart|removed: \/etc\/apparmor\.d\/disable) /;

/** No source, so the default: the distribution's own packages. */
const distribution = { source: undefined, mirror: undefined, mirrorKey: undefined };

const before2604 = ["docker-repository", "static-archive"] as const;

describe.each([
  { version: "22.04.5", codename: "jammy", suite: "bookworm", sources: before2604 },
  { version: "24.04.4", codename: "noble", suite: "trixie", sources: before2604 },
  // Ubuntu's own engine is rootless from 26.04 on.
  {
    version: "26.04",
    codename: "resolute",
    suite: "trixie",
    sources: [...before2604, "distribution"] as const,
  },
] as const)("Ubuntu $version", ({ version, codename, suite, sources }) => {
  const given = engineHost({ suite, packages });

  beforeAll(async () => {
    await given.host.run("cat >/etc/os-release", {
      input: `PRETTY_NAME="Ubuntu ${version} LTS"
NAME="Ubuntu"
VERSION_ID="${version.slice(0, 5)}"
VERSION_CODENAME=${codename}
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=${codename}
`,
    });
  });

  const lives = {
    "docker-repository": (args: StepArgs) => given.withRepository({}, args),
    "static-archive": (args: StepArgs) => given.withArchives(currentEngine, {}, args),
    distribution: (args: StepArgs) => given.withRepository(distribution, args),
  };

  test.each(sources)("%s: a whole life", async (source) => {
    const left = await liveWhole(given, lives[source]);
    expect(left.filter((line) => !ofPackages.test(line))).toEqual([]);
  });
});
