import type { types } from "@pulumi/command";
import { createHost, destroyAllHosts, type TestHost } from "../../../stand-ins/hosts";
import { ensureToolchain } from "../../../stand-ins/toolchain";

/** The disposable host of a test file. */
export interface ConformanceHost {
  host: TestHost;
  connection: types.input.remote.ConnectionArgs;
}

/** Gives a test file one host for all its tests, and says in one line what runs. */
export function useHost(): ConformanceHost {
  const given: Partial<ConformanceHost> = {};
  beforeAll(async () => {
    process.stderr.write(`conformance: ${(await ensureToolchain()).describe()}\n`);
    given.host = await createHost({ suite: "trixie" });
    const { address, port, user, privateKey, hostKey } = given.host;
    given.connection = { host: address, port, user, privateKey, hostKey };
  });
  afterAll(destroyAllHosts);
  // Filled before the first test runs.
  return given as ConformanceHost;
}
