import { managerOf, serveFor, serveRepository, type Repository } from "../../stand-ins/engine";
import {
  destroyAllHosts,
  diffSnapshots,
  type HostArgs,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { EngineSource, OnDestroyData } from "../../index";
import type { StepArgs } from "./documents";
import { asAccount, bootHost } from "./host";
import { Installation } from "./installation";

/** A host that reaches Docker's downloads, as the testbed serves them. */
export interface EngineHost {
  host: TestHost;
  downloads: Repository;
  /** What it was like before a test. */
  before: Awaited<ReturnType<typeof snapshotHost>>;
  /** Of the engine that an account's CLI talks to. */
  version: (account?: string) => Promise<string>;
  /** An account `app` with Docker's packages. */
  withRepository: (engine?: StepArgs["engine"], args?: StepArgs) => StepArgs;
  /** An account `app` with Docker's archives of a version. */
  withArchives: (version: string, engine?: StepArgs["engine"], args?: StepArgs) => StepArgs;
}

/** Makes one for a file's tests, who may use what it returns from their first test on. */
export function engineHost(
  args: Pick<Partial<HostArgs>, "like" | "suite" | "packages" | "engine"> = {},
): EngineHost {
  const given = {} as EngineHost;
  const { like } = args;
  beforeAll(async () => {
    given.host = await bootHost(args);
    given.downloads = await (like ? serveFor(like) : serveRepository());
    if (like) await given.host.run(nameRepository[managerOf(like)](given.downloads.url));
    given.before = await snapshotHost(given.host);
    given.version = (account = "app") =>
      asAccount(given.host, account, "docker version -f '{{.Server.Version}}'");
    const { url, key, sha256 } = given.downloads;
    const withEngine = (engine: StepArgs["engine"], args: StepArgs): StepArgs => ({
      account: { name: "app" },
      engine,
      onDestroy: { data: OnDestroyData.Delete },
      ...args,
    });
    given.withRepository = (engine = {}, args = {}) => {
      const source = EngineSource.DockerRepository;
      return withEngine({ source, mirror: url, mirrorKey: key, ...engine }, args);
    };
    given.withArchives = (version, engine = {}, args = {}) => {
      const archives = {
        source: EngineSource.StaticArchive,
        version,
        sha256: sha256("docker", version),
        rootlessExtrasSha256: sha256("docker-rootless-extras", version),
        mirror: url,
      };
      return withEngine({ ...archives, ...engine }, args);
    };
  });
  afterAll(async () => {
    await given.downloads.close();
    await destroyAllHosts();
  });
  return given;
}

/** Commands that name the distribution's repository, as it does itself; Fedora's key is on the machine, and not imported yet. */
const nameRepository: Record<ReturnType<typeof managerOf>, (url: string) => string> = {
  dnf: (url) => `curl -fsS -o /etc/pki/rpm-gpg/RPM-GPG-KEY-fedora ${url}/os-key
    printf '[fedora]\\nname=Fedora\\nbaseurl=${url}/os\\ngpgcheck=1\\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora\\n' >/etc/yum.repos.d/fedora.repo`,
  zypper: (url) =>
    `printf '[repo-oss]\\nname=Main\\nenabled=1\\nautorefresh=1\\nbaseurl=${url}/os\\n' >/etc/zypp/repos.d/repo-oss.repo`,
  pacman: (url) =>
    `echo 'Server = ${url}/os' >/etc/pacman.d/mirrorlist; pacman -Sy --noconfirm >/dev/null`,
};

/** What the step machine does, without the others. */
export async function applyEngine(app: Installation, args: StepArgs): Promise<void> {
  await app.install();
  await app.apply("machine", args);
}

/** Takes that back. Returns what the step said. */
export async function revertEngine(app: Installation, args: StepArgs): Promise<string> {
  const { said } = await app.revert("machine", args);
  await app.revertAgent();
  return said.join("\n");
}

/** An engine that a step refuses. */
export interface Refused {
  what: string;
  engine?: StepArgs["engine"];
  /** What somebody does before, and how it is taken back. */
  first?: string | (() => string);
  then?: string;
  says: RegExp;
}

/** One test a row. `wishesOf` makes what is asked for of a row's engine: Docker's packages where it is left out. */
export function testRefused(
  given: EngineHost,
  rows: Refused[],
  wishesOf = (engine?: StepArgs["engine"]) => given.withRepository(engine),
): void {
  test.each(rows)(
    "$what: an error, and nothing is changed",
    async ({ engine, first, then, says }) => {
      if (first !== undefined) await given.host.run(typeof first === "string" ? first : first());
      const there = await snapshotHost(given.host);
      const app = new Installation(given.host, "a1");
      const wishes = wishesOf(engine);
      await app.install();
      const { exitCode, said } = await app.tryApply("machine", wishes);
      expect([exitCode, said.join("\n")]).toEqual([1, expect.stringMatching(says)]);
      await revertEngine(app, wishes);
      expect(diffSnapshots(there, await snapshotHost(given.host))).toEqual([]);
      if (then !== undefined) await given.host.run(then);
    },
  );
}
