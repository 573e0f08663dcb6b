import { serveRepository, serveRpms, type Repository } from "../testbed/engine";
import { destroyAllHosts, snapshotHost, type TestHost } from "../testbed/hosts";
import { asAccount, bootHost } from "./host";

/** A host that reaches Docker's downloads, as the testbed serves them. */
export interface EngineHost {
  host: TestHost;
  downloads: Repository;
  /** What it was like before a test. */
  before: Awaited<ReturnType<typeof snapshotHost>>;
  /** Of the engine that an account's CLI talks to. */
  version: (account?: string) => Promise<string>;
}

/**
 * Makes one for a file's tests, who may use what it returns from their first test on.
 *
 * @param fedora whether it stands for a Fedora, with rpms. Defaults to false.
 */
export function engineHost({ fedora = false } = {}): EngineHost {
  const given = {} as EngineHost;
  beforeAll(async () => {
    given.host = await bootHost({ fedora });
    given.downloads = await (fedora ? serveRpms() : serveRepository());
    if (fedora) await given.host.run(nameFedora(given.downloads.url));
    given.before = await snapshotHost(given.host);
    given.version = (account = "app") =>
      asAccount(given.host, account, "docker version -f '{{.Server.Version}}'");
  });
  afterAll(async () => {
    await given.downloads.close();
    await destroyAllHosts();
  });
  return given;
}

/** The distribution's repository, as a Fedora names it: its key is on the machine, and not imported yet. */
function nameFedora(url: string): string {
  return `curl -fsS -o /etc/pki/rpm-gpg/RPM-GPG-KEY-fedora ${url}/os-key
    printf '[fedora]\\nname=Fedora\\nbaseurl=${url}/os\\ngpgcheck=1\\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora\\n' >/etc/yum.repos.d/fedora.repo`;
}
