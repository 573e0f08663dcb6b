import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { RootlessDockerHostArgs } from "../../index";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { gateway } from "../../stand-ins/hosts/place";
import { serveRegistry } from "../../stand-ins/registry";
import type { Outcome } from "../support/stack";
import { asAccount } from "../support/host";
import { connectionTo, HostStack, stepsRun } from "../support/hostStack";
import { findings, marker, Markers, sampleHere } from "./markers";

// One life of one host with a recognisable value in every secret place: whatever it leaves or says is
// searched for them, and what it says while all is well is these lines and no others.
const markers = new Markers();
const folder = mkdtempSync(join(tmpdir(), "secrets-"));
const backend = join(folder, "state");
const stop = join(folder, "stop");
/** All that was said, by what said it. */
const said: Record<string, string> = {};
let host: TestHost;
let installation: HostStack;
let encryptedKey: string;
let samplers: Promise<string>[];

beforeAll(async () => {
  mkdirSync(backend);
  const admins = [
    { name: "ops", sudo: "nopasswd" },
    { name: "guest", sudo: "none" },
  ] as const;
  host = await createHost({ suite: "trixie", admins });
  encryptedKey = await makeEncryptedKey(marker("passphrase"));
  await host.run(
    `cat >>/root/.ssh/authorized_keys
     printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-password.conf
     systemctl reload ssh`,
    { input: readFileSync(join(folder, "key.pub")) },
  );
  await host.run("chpasswd", { input: `ops:${marker("password")}\n` });
  markers.addKey("encryptedkey", encryptedKey);
  markers.addKey("key", host.privateKey);
  installation = await HostStack.on(host, "secrets", backend);
  samplers = [
    host.run("perl -", {
      user: "guest",
      input: markers.sampler("/run/stop"),
      timeoutSeconds: 7200,
    }),
    sampleHere(markers.sampler(stop)),
  ];
  // What they look for can be found: a command line for everybody, an environment for its own user.
  const stays = "sh -c 'until test -e /run/stop; do sleep 1; done'";
  const aside = "</dev/null >/dev/null 2>&1 &";
  await host.run(`read -r canary; ${stays} $canary ${aside}`, {
    input: `${marker("canary")}\n`,
  });
  await host.run(`read -r CANARY; export CANARY; ${stays} ${aside}`, {
    user: "guest",
    input: `${marker("canary")}\n`,
  });
});
afterAll(destroyAllHosts);

async function makeEncryptedKey(passphrase: string): Promise<string> {
  const file = join(folder, "key");
  const args = ["-q", "-t", "ed25519", "-a", "1", "-C", "encrypted", "-f", file];
  await execOrThrow("ssh-keygen", [...args, "-N", passphrase]);
  return readFileSync(file, "utf8");
}

/** A login by password, over a proxy with an encrypted key. */
const connection = () => ({
  ...connectionTo(host),
  user: "ops",
  password: marker("password"),
  proxy: {
    ...connectionTo(host),
    privateKey: encryptedKey,
    privateKeyPassword: marker("passphrase"),
  },
});

/** Arguments with a secret wherever one can be: marked, marked inside, as a whole, and by form. */
const wishes = (token: string) =>
  ({
    connection: pulumi.secret(connection()),
    account: {
      name: "app",
      authorizedKeys: [
        pulumi.secret(`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= ${marker("publickey")}`),
      ],
    },
    daemon: {
      "log-driver": "json-file",
      "log-opts": { "max-size": "10m", tag: pulumi.secret(marker("tag")) },
      labels: ["plain=1", pulumi.secret(`team=${marker("label")}`)],
      proxies: { "http-proxy": `http://user:${marker("byform")}@proxy.invalid:3128` },
    },
    environment: {
      NO_PROXY: `localhost,${gateway}`,
      HTTP_PROXY: `http://user:${marker("alsobyform")}@proxy.invalid:3128`,
      HTTPS_PROXY: pulumi.secret(`http://user:${marker("marked")}@proxy.invalid:3128`),
      TOKEN: pulumi.secret(marker(token)),
    },
  }) satisfies RootlessDockerHostArgs;

/** Without lines of the severity debug: in these the SDK quotes all that it sends, for --debug. */
function withoutDebug({ events, ...outcome }: Outcome): Outcome {
  const shown = events.filter((event) => severityOf(event) !== "debug");
  return { ...outcome, events: shown };
}

// One that its type does not know.
const severityOf = (event: EngineEvent): string | undefined => event.diagnosticEvent?.severity;

async function up(name: string, args: Partial<RootlessDockerHostArgs>, on = installation) {
  const outcome = withoutDebug(await on.tryUp(args));
  said[name] = JSON.stringify(outcome);
  return outcome;
}

/** What each step said, without versions; what stays in the diagnostics is marked. */
function linesOf({ events }: Outcome): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const { diagnosticEvent: event } of events) {
    if (!event) continue;
    const step = event.urn?.split("::").at(-1) ?? "";
    const text = event.message
      .replace(/<\{%[^%]*%\}>/g, "")
      .trim()
      .replace(/ package \S+ \S+ installed$/, " package NAME VERSION installed")
      .replace(/(99rootless-docker-|agents\/)[0-9a-f]{16}/, "$1INSTALLATION")
      .replace(/ packages removed: .*/, " packages removed: NAMES")
      .replace(/ removes \d+ packages/, " removes N packages");
    // Which of two steps comes first is chance.
    if (text.includes(" waits for another run ")) continue;
    const line = event.ephemeral ? text : `lasting ${event.severity}: ${text}`;
    lines[step] = [...(lines[step] ?? []).filter((each) => each !== line), line];
  }
  return Object.fromEntries(Object.entries(lines).sort());
}

test("preview, up, and a value that is rotated", async () => {
  said.preview = await installation.preview(wishes("one"));
  const outcome = await up("up", wishes("one"));
  expect(outcome.failure).toBeUndefined();
  expect(linesOf(outcome)).toMatchSnapshot("up");
  said["preview of an update"] = await installation.preview(wishes("two"));
  const update = await up("update", wishes("two"));
  expect(stepsRun(update)).toEqual(["update web-secrets"]);
  expect(linesOf(update)).toMatchSnapshot("a value is rotated");
  const environment = await host.run("cat /proc/$(pgrep -u app -x dockerd)/environ");
  expect(markers.in(environment)).toEqual(["alsobyform", "marked", "two"].map(marker));
});

test("an agent that is killed in the middle leaves nothing that others can read", async () => {
  const kill = host.run(
    `agent() { ps -e -o pid=,args= | awk '$4 == "update" && $5 == "secrets" { print $1 }'; }
     until [ -n "$(agent)" ] && [ -d /run/rootless-docker.work/doc ]; do sleep 0.01; done
     kill -9 $(agent)`,
  );
  const { failure } = await up("a kill", wishes("three"));
  await kill;
  expect(failure).toContain("KILL");
  const found = await markers.inFiles(host, "guest");
  expect(found.filter((line) => line.startsWith("READABLE"))).toEqual([]);
  expect((await up("after a kill", wishes("three"))).failure).toBeUndefined();
});

test("a login to a registry, and one that fails", async () => {
  const registry = await serveRegistry({ robot: marker("registry") });
  const place = `~/.config/docker/certs.d/${registry.address}`;
  await asAccount(
    host,
    "app",
    `mkdir -p ${place}; cat >${place}/ca.crt <<'PEM'\n${registry.ca}PEM\n`,
  );
  const logins = (password: string) => ({
    ...wishes("three"),
    registryAuth: [{ address: registry.address, username: "robot", password: marker(password) }],
  });
  said["preview of a login"] = await installation.preview(logins("registry"));
  expect((await up("a login", logins("registry"))).failure).toBeUndefined();
  const { failure } = await up("a login that fails", logins("otherregistry"));
  expect(failure).toContain(`registryAuth ${registry.address}: docker cannot log in`);
  const base64 = Buffer.from(`robot:${marker("registry")}`).toString("base64");
  expect(await host.run("cat /home/app/.docker/config.json")).toContain(base64);
  const elsewhere = `find / -xdev -path /proc -prune -o -type f -exec grep -lF '${base64}' {} + || true`;
  expect(await host.run(elsewhere)).toBe("/home/app/.docker/config.json\n");
  for (const text of Object.values(said)) expect(text).not.toContain(base64);
  const { failure: left } = await up("no login", wishes("three"));
  expect(left).toBeUndefined();
  await asAccount(host, "app", "rm -r ~/.config/docker/certs.d");
  await registry.close();
});

test("what the host holds, root or the account holds alone", async () => {
  expect(await markers.inFiles(host, "guest")).toMatchSnapshot();
});

test("refresh and destroy", async () => {
  said.refresh = JSON.stringify(withoutDebug(await installation.stack.refresh()));
  said.export = await installation.stack.exportText();
  const outcome = withoutDebug(await installation.destroy());
  said.destroy = JSON.stringify(outcome);
  expect(linesOf(outcome)).toMatchSnapshot("destroy");
  expect(await markers.inFiles(host, "guest")).toEqual([]);
});

test("nothing that was said holds a secret", () => {
  const found = Object.entries(said).map(([name, text]) => [name, ...markers.in(text)]);
  expect(found.filter(([, ...names]) => names.length > 0)).toEqual([]);
});

test("nor do the states, their copies and their history", () => {
  expect(markers.inFolder(backend)).toEqual([]);
});

test("nor the journals", async () => {
  expect(await markers.inJournal(host)).toEqual([]);
});

test("nor any process that others can look at", async () => {
  await host.run("touch /run/stop");
  writeFileSync(stop, "");
  // A name may be read when the program is another one already, or has ended.
  const misread = [
    `cmdline of 0 sleep: ${marker("canary")}`,
    `cmdline of 0 : ${marker("canary")}`,
    `environ of 1001 : ${marker("canary")}`,
  ];
  // A public key is none, though it may be marked as one.
  const isPublic = (line: string) => line.endsWith(marker("publickey"));
  const [onHost, here] = (await Promise.all(samplers)).map((found) =>
    findings(found).filter((line) => !misread.includes(line) && !isPublic(line)),
  );
  // The canaries. An environment is for its own user and root to read; here, root looks.
  expect(onHost).toEqual([
    `cmdline of 0 sh: ${marker("canary")}`,
    `environ of 1001 sh: ${marker("canary")}`,
    `environ of 1001 sleep: ${marker("canary")}`,
  ]);
  const others = here.filter((line) => !/^environ of (0|1002) /.test(line));
  expect(others).toEqual(onHost);
});
