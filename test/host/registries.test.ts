import { OnDestroyData, StorageDriver } from "../../index";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { type Registry, serveMadeUpRegistry, serveRegistry } from "../../stand-ins/registry";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost, daemonStart, importImage, tryAsAccount } from "../support/host";
import { type Answer, Installation } from "../support/installation";

// Logins of the account's docker to private registries: as docker login leaves them, by a registry that is one.

let host: TestHost;
let ghcr: Registry;
let quay: Registry;

const first = "s3cret-first-word";
const second = "S3cret: second $(id) \\ \" ' ü";

beforeAll(async () => {
  host = await bootHost({ engine: true });
  ghcr = await serveRegistry({ robot: first });
  quay = await serveRegistry({ robot: first });
});
afterAll(async () => {
  await ghcr.close();
  await quay.close();
  await destroyAllHosts();
});

const config = "/home/app/.docker/config.json";
const account: StepArgs = {
  account: { name: "app" },
  storageDriver: StorageDriver.Vfs,
  onDestroy: { data: OnDestroyData.Delete },
};
const login = (registry: Registry, password = first, username = "robot") => ({
  address: registry.address,
  username,
  password,
});

/** What the account's own docker has of a registry, decoded. */
const loginTo = async (registry: Registry) =>
  (
    await tryAsAccount(
      host,
      "app",
      `perl -0ne '/"${registry.address}":\\s*\\{\\s*"auth":\\s*"([^"]*)"/ and print $1' ~/.docker/config.json | base64 -d`,
    )
  ).stdout;

/** All that anybody may read of an answer, and what the host keeps beyond the account's own file. */
async function expectNoPassword(answer: Answer, ...passwords: string[]): Promise<void> {
  const kept = await host.run(
    `grep -rlF -e ${first} -e 'second $(id)' /run /tmp /var/log /etc 2>/dev/null || true
     find /var/lib/rootless-docker -perm /077 -type f -exec grep -lF -e ${first} -e 'second $(id)' {} + || true
     journalctl | grep -cF -e ${first} -e 'second $(id)' || true`,
  );
  expect(kept).toBe("0\n");
  for (const password of passwords) expect(answer.said.join("\n")).not.toContain(password);
}

/** The two steps that a change of registryAuth is for. */
async function tryLogins(app: Installation, wishes: StepArgs): Promise<Answer> {
  const { exitCode, said, changed, facts } = await app.tryApply("secrets", wishes);
  if (exitCode !== 0) return { exitCode, said, changed, facts };
  const answer = await app.tryApply("daemon", wishes);
  return { ...answer, said: [...said, ...answer.said], changed: [...changed, ...answer.changed] };
}

async function logins(app: Installation, wishes: StepArgs): Promise<Answer> {
  const answer = await tryLogins(app, wishes);
  expect([answer.exitCode, answer.exitCode === 0 ? [] : answer.said]).toEqual([0, []]);
  return answer;
}

test("log in, push, pull, rotate, take out, destroy: and the host is as it was", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const registryCertificates = { [ghcr.address]: ghcr.ca, [quay.address]: quay.ca };
  const wishesOf = (...registryAuth: object[]): StepArgs => ({
    ...account,
    registryAuth,
    registryCertificates,
  });
  const both = wishesOf(login(ghcr), login(quay));
  await app.up(account);
  const context = await host.run(`cat ${config}`);

  // No machine knows this authority.
  const unknown = await tryLogins(app, { ...both, registryCertificates: {} });
  expect(unknown.exitCode).toBe(1);
  for (const { address } of [ghcr, quay])
    expect(unknown.said.join("\n")).toContain(`registryAuth ${address}`);
  expect(unknown.said.join("\n")).toContain("registryCertificates");
  await expectNoPassword(unknown, first);

  // A run that fails leaves nothing, of the logins that worked either.
  const wrong = await tryLogins(app, wishesOf(login(ghcr), login(quay, "s3cret-wrong-word")));
  expect([wrong.exitCode, wrong.said.join("\n")]).toEqual([
    1,
    expect.stringContaining(`registryAuth ${quay.address}`),
  ]);
  await expectNoPassword(wrong, "s3cret-wrong-word", first);
  expect(await host.run(`cat ${config}`)).toBe(context);

  const started = await daemonStart(host, "app");
  const made = await logins(app, both);
  await expectNoPassword(made, first);
  expect(await host.run(`stat -c '%a %U' ${config}`)).toBe("600 app\n");
  expect([await loginTo(ghcr), await loginTo(quay)]).toEqual([`robot:${first}`, `robot:${first}`]);
  expect((await logins(app, both)).changed).toEqual([]);

  await importImage(host, "app");
  const image = `${ghcr.address}/team/busybox`;
  await asAccount(
    host,
    "app",
    `docker tag busybox ${image}; docker push -q ${image}; docker rmi -f ${image} busybox >/dev/null; docker pull -q ${image}`,
  );

  // The password changes, and the daemon does not notice. A wrong one leaves the one from before.
  ghcr.accept({ robot: second });
  const mistyped = await tryLogins(app, wishesOf(login(ghcr, "s3cret-wrong-word"), login(quay)));
  expect(mistyped.exitCode).toBe(1);
  expect(await loginTo(ghcr)).toBe(`robot:${first}`);
  const rotated = await logins(app, wishesOf(login(ghcr, second), login(quay)));
  await expectNoPassword(rotated, second);
  expect(await loginTo(ghcr)).toBe(`robot:${second}`);
  await asAccount(host, "app", `docker pull -q ${image}`);
  expect(await daemonStart(host, "app")).toBe(started);

  // What a preview asks for with driftDetection, and what another run of the step puts right.
  expect(await app.drift()).toEqual([]);
  await asAccount(host, "app", `docker logout ${quay.address} >/dev/null`);
  expect(await app.drift()).toEqual([
    expect.objectContaining({
      step: "daemon",
      about: expect.stringContaining(quay.address) as string,
    }),
  ]);
  await app.apply("daemon", wishesOf(login(ghcr, second), login(quay)));
  expect(await loginTo(quay)).toBe(`robot:${first}`);

  await logins(app, wishesOf(login(ghcr, second)));
  expect([await loginTo(ghcr), await loginTo(quay)]).toEqual([`robot:${second}`, ""]);
  await logins(app, account);
  expect(await loginTo(ghcr)).toBe("");
  expect((await tryAsAccount(host, "app", `docker pull -q ${image}`)).exitCode).not.toBe(0);
  await app.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("one that nobody answers for, and a registry that quotes the password: no message has it", async () => {
  const password = "geheim-ü-wort-ß-zwölf";
  const madeUp = await serveMadeUpRegistry((_username, given) => ({
    status: 400,
    body: { errors: [{ code: "UNKNOWN", message: `bad ${given} of you` }] },
  }));
  const app = new Installation(host, "d1");
  const wishes: StepArgs = {
    ...account,
    daemon: { "insecure-registries": [madeUp.address] },
    registryAuth: [
      { address: "10.203.0.1:9", username: "robot", password },
      { address: madeUp.address, username: "robot", password },
    ],
  };
  const { exitCode, said } = await app.tryUp(wishes);
  expect(exitCode).toBe(1);
  expect(said.join("\n")).toContain("registryAuth 10.203.0.1:9");
  expect(said.join("\n")).toContain(`registryAuth ${madeUp.address}: docker cannot log in`);
  expect(said.join("\n")).not.toContain(password);
  await app.destroy();
  await madeUp.close();
});

test("a login of the account's own stays, and one that was there before comes back", async () => {
  ghcr.accept({ robot: first, me: second });
  await host.run("useradd -m app");
  await asAccount(
    host,
    "app",
    `mkdir -p ~/.docker; echo '{"auths": {"${ghcr.address}": {"auth": "bWU6b2xk"}, "own.example": {"auth": "YTpi"}}}' >~/.docker/config.json`,
  );
  const app = new Installation(host, "e1");
  const wishes: StepArgs = {
    ...account,
    registryAuth: [login(ghcr)],
    registryCertificates: { [ghcr.address]: ghcr.ca },
  };
  await app.up(wishes);
  expect(await loginTo(ghcr)).toBe(`robot:${first}`);
  ghcr.accept({ robot: second, me: second });
  const other = { ...wishes, registryAuth: [login(ghcr, second)] };
  await logins(app, other);
  await app.destroy();
  expect(JSON.parse(await host.run(`cat ${config}`))).toEqual({
    auths: { [ghcr.address]: { auth: "bWU6b2xk" }, "own.example": { auth: "YTpi" } },
  });
});
