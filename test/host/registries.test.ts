import { OnDestroyData, StorageDriver } from "../../index";
import { checkCommand } from "../../src/remote/commands";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { type Registry, serveMadeUpRegistry, serveRegistry } from "../../testbed/registry";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost, daemonStart, importImage, tryAsAccount } from "../../testkit/host";
import { type Answer, Installation } from "../../testkit/installation";

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
const wishesOf = (...registryAuth: object[]): StepArgs => ({ ...account, registryAuth });

const trust = (registry: Registry) =>
  `mkdir -p ~/.config/docker/certs.d/${registry.address}
   cat >~/.config/docker/certs.d/${registry.address}/ca.crt <<'PEM'\n${registry.ca}PEM\n`;

/** What the account's own docker has of a registry, decoded. */
const loginTo = async (registry: Registry) =>
  (
    await tryAsAccount(
      host,
      "app",
      `perl -0ne '/"${registry.address}": \\{\\s*"auth": "([^"]*)"/ and print $1' ~/.docker/config.json | base64 -d`,
    )
  ).stdout;

/** All that anybody may read of an answer, and what the host keeps beyond the account's own file. */
async function expectNoPassword(answer: Answer, ...passwords: string[]): Promise<void> {
  const kept = await host.run(
    `grep -rlF -e ${first} -e 'second $(id)' -e ${Buffer.from(`robot:${first}`).toString("base64")} /var/lib/rootless-docker /run /tmp /var/log /etc 2>/dev/null || true
     journalctl | grep -cF -e ${first} -e 'second $(id)' || true
     ls -d /run/rootless-docker.* 2>/dev/null || true`,
  );
  expect(kept).toBe("0\n");
  for (const password of passwords) expect(answer.said.join("\n")).not.toContain(password);
}

async function applyTo(app: Installation, wishes: StepArgs): Promise<void> {
  await app.install();
  for (const step of [
    "preflight",
    "engine",
    "account",
    "kernel",
    "ports",
    "secrets",
    "daemon",
  ] as const)
    await app.apply(step, wishes);
}

async function destroy(app: Installation, wishes: StepArgs): Promise<string> {
  const said: string[] = [];
  for (const step of [
    "report",
    "registries",
    "daemon",
    "ports",
    "secrets",
    "kernel",
    "account",
    "engine",
  ] as const)
    said.push(...(await app.revert(step, wishes)).said);
  await app.revertAgent();
  return said.join("\n");
}

test("log in, push, pull, rotate, take out, destroy: and the host is as it was", async () => {
  // docker would take a program that keeps logins for being installed.
  await host.run(`printf '#!/bin/sh\nexit 1\n' >/usr/local/bin/docker-credential-secretservice
    chmod 755 /usr/local/bin/docker-credential-secretservice`);
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const registryCertificates = { [ghcr.address]: ghcr.ca, [quay.address]: quay.ca };
  const both = { ...wishesOf(login(ghcr), login(quay)), registryCertificates };
  await applyTo(app, { ...both, registryCertificates: {} });
  const context = await host.run(`cat ${config}`);
  expect(JSON.parse(context)).toEqual({ auths: {}, currentContext: "rootless" });

  // No machine knows this authority; the other registry is not tried to the end without it either.
  const unknown = await app.tryApply("registries", both);
  expect(unknown.exitCode).toBe(1);
  expect(unknown.said.join("\n")).toMatch(
    new RegExp(
      `registries: registryAuth ${ghcr.address}: found that docker cannot log in \\('.*unknown authority'\\); wanted a login\\. To fix: give the certificate of its authority in registryCertificates, then run again`,
    ),
  );
  const trusted = await daemonStart(host, "app");
  expect((await app.apply("daemon", both)).changed.sort()).toEqual(
    [ghcr, quay]
      .map(({ address }) => `/home/app/.config/docker/certs.d/${address}/ca.crt written`)
      .sort(),
  );
  expect(await daemonStart(host, "app")).toBe(trusted);

  // A first run that fails leaves nothing, of the logins that worked either.
  const wrong = await app.tryApply(
    "registries",
    wishesOf(login(ghcr), login(quay, "s3cret-wrong-word")),
  );
  expect(wrong.exitCode).toBe(1);
  expect(wrong.said.join("\n")).toMatch(
    new RegExp(
      `registryAuth ${quay.address}: found .*nauthorized.*; wanted a login\\. To fix: correct username and password`,
    ),
  );
  await expectNoPassword(wrong, "s3cret-wrong-word", first);
  expect(await host.run(`cat ${config}`)).toBe(context);
  expect(
    await host.run("ls /var/lib/rootless-docker/things/registrylogin 2>/dev/null || true"),
  ).toBe("");

  const started = await daemonStart(host, "app");
  const made = await app.apply("registries", both);
  const logins = [ghcr, quay].map(({ address }) => `docker of app: logged in to ${address}`);
  expect(made.changed.sort()).toEqual(logins.sort());
  await expectNoPassword(made, first);
  expect(await host.run(`stat -c '%a %U' ${config}`)).toBe("600 app\n");
  expect([await loginTo(ghcr), await loginTo(quay)]).toEqual([`robot:${first}`, `robot:${first}`]);
  expect((await app.apply("registries", both)).changed).toEqual([]);
  await app.apply("report", both);

  await importImage(host, "app");
  const image = `${ghcr.address}/team/busybox`;
  await asAccount(
    host,
    "app",
    `docker tag busybox ${image}; docker push -q ${image}; docker rmi -f ${image} busybox >/dev/null; docker pull -q ${image}`,
  );

  // The password changes, and the daemon does not notice. A wrong one leaves the one from before.
  ghcr.accept({ robot: second });
  const mistyped = await app.tryApply(
    "registries",
    wishesOf(login(ghcr, "s3cret-wrong-word"), login(quay)),
  );
  expect(mistyped.exitCode).toBe(1);
  expect(await loginTo(ghcr)).toBe(`robot:${first}`);
  const rotated = await app.apply("registries", wishesOf(login(ghcr, second), login(quay)));
  expect(rotated.changed).toEqual([`docker of app: logged in to ${ghcr.address}`]);
  await expectNoPassword(rotated, second);
  expect(await loginTo(ghcr)).toBe(`robot:${second}`);
  await asAccount(host, "app", `docker pull -q ${image}`);
  expect(await daemonStart(host, "app")).toBe(started);

  // What a preview asks for with driftDetection, and what another run of the step puts right.
  const drift = async () => {
    const said = JSON.parse(await host.run(checkCommand({ lease: "a1", escalation: "" }))) as {
      drift: { step: string }[];
    };
    return said.drift.filter(({ step }) => step === "registries");
  };
  expect(await drift()).toEqual([]);
  await asAccount(host, "app", `docker logout ${quay.address} >/dev/null`);
  expect(await drift()).toMatchObject([
    { about: `login of app to ${quay.address}`, found: "none", wanted: "the one of registryAuth" },
  ]);
  const again = await app.apply("registries", wishesOf(login(ghcr, second), login(quay)));
  expect(again.changed).toEqual([`docker of app: logged in to ${quay.address}`]);

  const less = { ...wishesOf(login(ghcr, second)), registryCertificates };
  const out = await app.apply("registries", less);
  expect(out.changed).toEqual([`docker of app: logged out of ${quay.address}`]);
  expect([await loginTo(ghcr), await loginTo(quay)]).toEqual([`robot:${second}`, ""]);

  // With registryAuth the step goes: what the daemon's step left is there again.
  await app.revert("registries", less);
  expect(JSON.parse(await host.run(`cat ${config}`))).toEqual({
    auths: {},
    currentContext: "rootless",
  });
  expect((await tryAsAccount(host, "app", `docker pull -q ${image}`)).exitCode).not.toBe(0);
  expect((await app.apply("daemon", less)).changed).toEqual([]);
  await app.apply("registries", less);
  await destroy(app, less);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  await host.run("rm /usr/local/bin/docker-credential-secretservice");
});

test("one that nobody answers for: an error that says so, and every address is told at once", async () => {
  const app = new Installation(host, "b1");
  const wishes = wishesOf(
    { address: "10.203.0.1:9", username: "robot", password: first },
    { address: "registry.invalid", username: "robot", password: first },
  );
  await applyTo(app, wishes);
  const { exitCode, said } = await app.tryApply("registries", wishes);
  expect(exitCode).toBe(1);
  for (const address of ["10.203.0.1:9", "registry.invalid"])
    expect(said.join("\n")).toMatch(
      new RegExp(
        `registryAuth ${address}: found that docker cannot log in \\('.*'\\); wanted a login\\. To fix: see that the daemon of app reaches ${address}`,
      ),
    );
  await destroy(app, wishes);
});

let madeUp: Awaited<ReturnType<typeof serveMadeUpRegistry>> | undefined;
afterEach(async () => {
  await madeUp?.close();
  madeUp = undefined;
});

/** A registry without TLS. */
const insecure = (wishes: StepArgs, address: string): StepArgs => ({
  ...wishes,
  daemon: { "insecure-registries": [address] },
});

test("a registry that quotes the password: no message has it", async () => {
  const password = "geheim-ü-wort-ß-zwölf";
  let quoted = (given: string) => given;
  madeUp = await serveMadeUpRegistry((_username, given) => ({
    status: 400,
    body: { errors: [{ code: "UNKNOWN", message: `bad ${quoted(given)} of you` }] },
  }));
  const wishes = insecure(
    wishesOf({ address: madeUp.address, username: "robot", password }),
    madeUp.address,
  );
  const app = new Installation(host, "d1");
  await applyTo(app, wishes);
  for (const [what, quote] of [
    ["as it is", (given: string) => given],
    ["in a URL", encodeURIComponent],
    ["in base64", (given: string) => Buffer.from(`robot:${given}`).toString("base64")],
  ] as const) {
    quoted = quote;
    const { said } = await app.tryApply("registries", wishes);
    expect([what, said.at(-1)]).toEqual([what, expect.stringContaining("bad [secret] of you")]);
  }
  await destroy(app, wishes);
});

/** A login to a registry that gives tokens, which `madeUp` is from then on. */
async function loginWithToken(): Promise<StepArgs> {
  madeUp = await serveMadeUpRegistry(() => ({
    status: 200,
    body: { token: "t", access_token: "t", expires_in: 300, refresh_token: "of-the-registry" },
  }));
  return insecure(
    wishesOf({ address: madeUp.address, username: "robot", password: first }),
    madeUp.address,
  );
}

/** Kills the agent as soon as config.json has a word. */
const killAt = (word: string) =>
  host.run(`until grep -q '${word}' ${config}; do sleep 0.01; done
    kill -9 $(pgrep -f 'agents/[a-z0-9]*/agent apply registries')`);

test("killed before it has noted the token that a registry gave: destroy takes it back all the same", async () => {
  const wishes = await loginWithToken();
  const app = new Installation(host, "d2");
  await applyTo(app, wishes);
  const context = await host.run(`cat ${config}`);
  const killed = app.tryApply("registries", wishes);
  await killAt("identitytoken");
  expect((await killed).exitCode).not.toBe(0);
  await app.revert("daemon", wishes);
  expect(await host.run(`cat ${config} 2>/dev/null || true`)).not.toContain("of-the-registry");
  // And so does the next run, after which it is there once.
  await app.apply("daemon", wishes);
  const again = app.tryApply("registries", wishes);
  await killAt("identitytoken");
  expect((await again).exitCode).not.toBe(0);
  await app.apply("registries", wishes);
  expect((await app.apply("registries", wishes)).changed).toEqual([]);
  await app.revert("registries", wishes);
  expect(await host.run(`cat ${config}`)).toBe(context);
  await destroy(app, wishes);
});

test("Pulumi has not heard of a create, and the input goes: the report logs out", async () => {
  ghcr.accept({ robot: first });
  const app = new Installation(host, "d3");
  const wishes = wishesOf(login(ghcr));
  await applyTo(app, wishes);
  await asAccount(host, "app", trust(ghcr));
  await app.apply("registries", wishes);
  await app.apply("report", wishes);
  app.created.delete("registries");
  await app.apply("registries", wishes);
  const out = await app.apply("report", account);
  expect(out.changed).toEqual([`docker of app: logged out of ${ghcr.address}`]);
  expect((await app.revert("registries", wishes)).changed).toEqual([]);
  await asAccount(host, "app", "rm -r ~/.config/docker/certs.d");
  await destroy(app, account);
});

test("killed at the first login, and the input goes: the next preview says so, and the report logs out", async () => {
  const wishes = await loginWithToken();
  const app = new Installation(host, "d5");
  const without = { ...wishes, registryAuth: undefined };
  await applyTo(app, without);
  await app.apply("report", without);
  expect(await app.drift()).toEqual([]);
  const killed = app.tryApply("registries", wishes);
  await killAt("identitytoken");
  expect((await killed).exitCode).not.toBe(0);
  expect(await app.drift()).toEqual([
    expect.objectContaining({
      step: "report",
      about: "registry logins",
      found: "what an up that was killed has left",
      wanted: "those of registryAuth, none without it",
    }),
  ]);
  const out = await app.apply("report", without);
  expect(out.changed).toEqual([`docker of app: logged out of ${madeUp?.address}`]);
  expect(await host.run(`cat ${config} 2>/dev/null || true`)).not.toContain("of-the-registry");
  expect(await app.drift()).toEqual([]);
  await destroy(app, without);
});

test("another person's account of that name: nothing of the earlier one's logins comes to it", async () => {
  ghcr.accept({ robot: first, me: first });
  const app = new Installation(host, "d4");
  const wishes = wishesOf(login(ghcr));
  await applyTo(app, wishes);
  await asAccount(
    host,
    "app",
    `${trust(ghcr)}printf %s ${first} | docker login -u me --password-stdin ${ghcr.address} >/dev/null 2>&1`,
  );
  await app.apply("registries", wishes);
  await host.run(
    "loginctl disable-linger app; loginctl terminate-user app; until ! pgrep -u app; do sleep 0.1; done; userdel -r app 2>/dev/null",
  );
  for (const step of ["account", "daemon"] as const) await app.apply(step, wishes);
  await asAccount(host, "app", trust(ghcr));
  await app.apply("registries", wishes);
  await app.revert("registries", wishes);
  expect(await loginTo(ghcr)).toBe("");
  await asAccount(host, "app", "rm -r ~/.config/docker/certs.d");
  await destroy(app, wishes);
});

const ownAuth = Buffer.from(`me:${first}`).toString("base64");

describe("an account that has a config.json", () => {
  let app: Installation;
  let theirs: string;
  let before: Awaited<ReturnType<typeof snapshotHost>>;

  /** @param more settings of it. */
  async function begin(more = ""): Promise<void> {
    ghcr.accept({ robot: first, me: first, other: first });
    // Written by hand, for others to read, and with a login to the same registry.
    theirs = `{${more}"HttpHeaders": {"X-From": "me"},\n "auths": {"${ghcr.address}": {"auth": "${ownAuth}"}, "https://${ghcr.address}": {"auth": "${ownAuth}"},\n  "else.example": {"auth": "${ownAuth}"}}}\n`;
    await host.run("useradd -m -s /bin/bash app");
    await asAccount(
      host,
      "app",
      `mkdir -p ~/.docker; cat >~/.docker/config.json; chmod 644 ~/.docker/config.json\n`,
    );
    await host.run(`cat >${config}; chown app: ${config}`, { input: theirs });
    await asAccount(host, "app", trust(ghcr));
    before = await snapshotHost(host);
    app = new Installation(host, "c1");
    await applyTo(app, wishesOf(login(ghcr)));
  }
  afterEach(async () => {
    await host.run(
      "loginctl terminate-user app 2>/dev/null || true; userdel -r app 2>/dev/null || true",
    );
  });

  test.each([
    ["no context", ""],
    // Then only a login writes the file.
    ["the context rootless", '"currentContext": "rootless", '],
  ])("the login from before comes back, and the file byte for byte: %s", async (_what, more) => {
    await begin(more);
    await app.apply("registries", wishesOf(login(ghcr)));
    expect(await loginTo(ghcr)).toBe(`robot:${first}`);
    expect(await host.run(`stat -c %a ${config}`)).toBe("600\n");
    await app.revert("registries", wishesOf(login(ghcr)));
    expect(await loginTo(ghcr)).toBe(`me:${first}`);
    expect(JSON.parse(await host.run(`cat ${config}`))).toMatchObject({
      auths: {
        [ghcr.address]: { auth: ownAuth },
        [`https://${ghcr.address}`]: { auth: ownAuth },
        "else.example": { auth: ownAuth },
      },
    });
    await app.apply("registries", wishesOf(login(ghcr)));
    await destroy(app, wishesOf(login(ghcr)));
    expect(await host.run(`cat ${config}`)).toBe(theirs);
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  });

  test("somebody who logs in otherwise since keeps that, and it is named", async () => {
    await begin();
    await app.apply("registries", wishesOf(login(ghcr)));
    await asAccount(
      host,
      "app",
      `printf %s ${first} | docker login -u other --password-stdin ${ghcr.address} 2>/dev/null >/dev/null`,
    );
    const said = await destroy(app, wishesOf(login(ghcr)));
    expect(said).toContain(`registrylogin app:${ghcr.address} stays: somebody changed it`);
    expect(await loginTo(ghcr)).toBe(`other:${first}`);
  });

  test("a program that keeps the logins: a refusal that names it, and nothing is changed", async () => {
    await begin();
    const there = await host.run(`cat ${config}`);
    for (const setting of [`"credsStore": "pass"`, `"credHelpers": {"${ghcr.address}": "pass"}`]) {
      await host.run(`sed -i '1s/^{/{${setting},/' ${config}`);
      const { exitCode, said } = await app.tryApply("registries", wishesOf(login(ghcr)));
      expect([exitCode, said.at(-1)]).toEqual([
        1,
        expect.stringMatching(
          /config\.json: found '"pass"' as the program that keeps logins to .*; wanted it in that file/,
        ),
      ]);
      await host.run(`cat >${config}`, { input: there });
    }
    await destroy(app, wishesOf(login(ghcr)));
  });
});
