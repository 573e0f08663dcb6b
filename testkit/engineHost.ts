import { serveRepository, type Repository } from "../testbed/engine";
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

/** Makes one for a file's tests, who may use what it returns from their first test on. */
export function engineHost(): EngineHost {
  const given = {} as EngineHost;
  beforeAll(async () => {
    given.host = await bootHost();
    given.downloads = await serveRepository();
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
