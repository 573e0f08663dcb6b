import { OnDestroyData, StorageDriver } from "../../index";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { type Registry, serveRegistry } from "../../stand-ins/registry";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost, daemonStart, importImage, tryAsAccount } from "../support/host";
import { Installation } from "../support/installation";

// Programs that the account's docker asks for a login, by a registry that refuses everybody else.

let host: TestHost;
let registry: Registry;
let app: Installation;
let before: Awaited<ReturnType<typeof snapshotHost>>;

const config = "/home/app/.docker/config.json";
const program = "/usr/local/bin/docker-credential-rd-test";

const wishes = (registryCredentialHelpers?: object): StepArgs => ({
  account: { name: "app" },
  storageDriver: StorageDriver.Vfs,
  onDestroy: { data: OnDestroyData.Delete },
  registryCertificates: { [registry.address]: registry.ca },
  registryCredentialHelpers,
});
const apply = (helpers?: object) => app.apply("daemon", wishes(helpers));
const helpersOf = async () =>
  (JSON.parse(await host.run(`cat ${config}`)) as { credHelpers?: object }).credHelpers;
const push = () =>
  tryAsAccount(host, "app", `docker push -q ${registry.address}/team/busybox 2>&1`);

beforeAll(async () => {
  host = await bootHost({ engine: true });
  registry = await serveRegistry({ robot: "s3cret-of-helper" });
  before = await snapshotHost(host);
  app = new Installation(host, "a1");
  await app.up(wishes());
  await importImage(host, "app");
  await asAccount(host, "app", `docker tag busybox ${registry.address}/team/busybox`);
});
afterAll(async () => {
  await registry.close();
  await destroyAllHosts();
});

test("a helper that is missing is a warning, and its entry is there", async () => {
  const start = await daemonStart(host, "app");
  const { said } = await apply({ [registry.address]: "rd-test" });
  expect(said.join("\n")).toContain(
    `registryCredentialHelpers takes effect for ${registry.address} when docker-credential-rd-test is installed`,
  );
  expect(await helpersOf()).toEqual({ [registry.address]: "rd-test" });
  expect((await push()).exitCode).not.toBe(0);
  expect(await daemonStart(host, "app")).toBe(start);
});

test("docker asks the helper, and the registry lets it in", async () => {
  const answer = { ServerURL: registry.address, Username: "robot", Secret: "s3cret-of-helper" };
  await host.run(`cat >${program}; chmod 755 ${program}`, {
    input: `#!/bin/sh\ncat >/dev/null\necho '${JSON.stringify(answer)}'\n`,
  });
  const { exitCode, stdout } = await push();
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining(registry.address)]);
  const { said } = await apply({ [registry.address]: "rd-test" });
  expect(said).toEqual(["daemon: nothing to change"]);
});

test("entries of the account's own stay, and those of Docker Hub have its long name", async () => {
  await asAccount(
    host,
    "app",
    `perl -0pi -e 's/"credHelpers": ?\\{/"credHelpers": {"own.example": "pass",/' ${config}`,
  );
  await apply({ [registry.address]: "rd-test", "docker.io": "rd-test" });
  expect(await helpersOf()).toEqual({
    "own.example": "pass",
    [registry.address]: "rd-test",
    "https://index.docker.io/v1/": "rd-test",
  });
  await apply();
  expect(await helpersOf()).toEqual({ "own.example": "pass" });
});

test("an entry that somebody changed is drift", async () => {
  await apply({ [registry.address]: "rd-test" });
  expect(await app.drift()).toEqual([]);
  await asAccount(host, "app", `sed -i 's/"rd-test"/"other"/' ${config}`);
  expect(await app.drift()).toEqual([
    expect.objectContaining({
      step: "daemon",
      about: expect.stringContaining(`credHelpers/${registry.address}`) as string,
    }),
  ]);
  await apply({ [registry.address]: "rd-test" });
  expect(await app.drift()).toEqual([]);
});

test("destroy leaves nothing of it", async () => {
  await asAccount(host, "app", `perl -0pi -e 's/"own\\.example": ?"pass",?//' ${config}`);
  await app.up(wishes({ [registry.address]: "rd-test" }));
  await app.destroy();
  await host.run(`rm ${program}`);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});
