import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellFunctions } from "../../src/agent/shellSources";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { applyEngine, engineHost, revertEngine } from "../../testkit/engineHost";
import { Installation } from "../../testkit/installation";

const given = engineHost();

const wishes: typeof given.withRepository = (...args) => given.withRepository(...args);

test("a source of Docker's that somebody adds later, as its documentation says: theirs is used, ours goes", async () => {
  const [app, other] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  await applyEngine(app, wishes());
  await applyEngine(other, wishes({}, { account: { name: "other" } }));
  // With another name for the same key apt would do nothing at all.
  await given.host.run(
    `/usr/lib/apt/apt-helper download-file ${given.downloads.url}/debian/gpg /etc/apt/keyrings/docker.asc
    printf 'Types: deb\nURIs: ${given.downloads.url}/debian\nSuites: trixie\nComponents: stable\nSigned-By: /etc/apt/keyrings/docker.asc\n' >/etc/apt/sources.list.d/docker.sources
    ! apt-get -q update 2>/dev/null`,
  );
  const { said } = await app.apply("engine", wishes());
  expect(said.join("\n")).toContain("as this machine names it already");
  await given.host.run(
    "apt-get -q update && [ ! -e /etc/apt/sources.list.d/rootless-docker.sources ]",
  );
  await other.apply("engine", wishes({}, { account: { name: "other" } }));
  await revertEngine(app, wishes());
  await revertEngine(other, wishes({}, { account: { name: "other" } }));
  await given.host.run("rm /etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.asc");
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a source of Docker's that was there, and whose lists were never fetched: apt goes on", async () => {
  const [app, first] = ["a1", "b2"].map((lease) => new Installation(given.host, lease));
  await applyEngine(first, wishes());
  const theirs = "/etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.gpg";
  await given.host.run(
    `cp /etc/apt/keyrings/rootless-docker.gpg /root/docker.gpg
    sed 's|keyrings/rootless-docker|keyrings/docker|; /Managed/d' /etc/apt/sources.list.d/rootless-docker.sources >/root/docker.sources`,
  );
  await revertEngine(first, wishes());
  await given.host.run(
    "mv /root/docker.gpg /etc/apt/keyrings/; mv /root/docker.sources /etc/apt/sources.list.d/; rm -rf /var/lib/apt/lists/*",
  );
  await applyEngine(app, wishes());
  await given.host.run(
    "[ ! -e /etc/apt/sources.list.d/rootless-docker.sources ]; apt-get -q update",
  );
  await revertEngine(app, wishes());
  await given.host.run(`rm ${theirs}`);
  const left = diffSnapshots(given.before, await snapshotHost(given.host));
  expect(left.filter((line) => !line.includes("/var/lib/apt/lists"))).toEqual([]);
});

test("another mirror of a neighbour's stays, where somebody names the one that is asked for", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  const file = "/etc/apt/sources.list.d/rootless-docker.sources";
  // As of another installation that names another mirror.
  await given.host.run(
    `cp /etc/apt/keyrings/rootless-docker.gpg /etc/apt/keyrings/docker.gpg
    sed 's|keyrings/rootless-docker|keyrings/docker|; /Managed/d' ${file} >/etc/apt/sources.list.d/docker.sources
    sed -i 's|^URIs: .*|URIs: https://mirror.invalid/debian|' ${file}
    d=/var/lib/rootless-docker/things/file/$(ls /var/lib/rootless-docker/things/file | grep rootless-docker.sources)
    { head -n 1 $d/claims/a1.engine; echo "644 $(sha256sum <${file} | cut -d ' ' -f 1)"; } >$d/claims/b2.engine`,
  );
  await app.apply("engine", wishes());
  expect(await given.host.run(`grep -c mirror.invalid ${file}`)).toBe("1\n");
  await given.host.run(
    "rm /var/lib/rootless-docker/things/file/*rootless-docker.sources/claims/b2.engine",
  );
  await revertEngine(app, wishes());
  await given.host.run(
    `rm -f /etc/apt/sources.list.d/docker.sources /etc/apt/keyrings/docker.gpg ${file} /etc/apt/keyrings/rootless-docker.gpg`,
  );
});

test("a source that somebody has edited keeps the key that it names", async () => {
  const app = new Installation(given.host, "a1");
  await app.install();
  for (const step of ["preflight", "engine"] as const) await app.apply(step, wishes());
  await given.host.run("echo '# mine' >>/etc/apt/sources.list.d/rootless-docker.sources");
  const { said } = await app.revert("engine", wishes());
  expect(said.join("\n")).toContain(
    "/etc/apt/keyrings/rootless-docker.gpg stays: a source of packages names it",
  );
  await app.revertAgent();
  await given.host.run(
    "rm -r /etc/apt/sources.list.d/rootless-docker.sources /etc/apt/keyrings/rootless-docker.gpg /var/lib/rootless-docker",
  );
});

test("packages from it that stay keep the source and its key; they go with the next destroy without them", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run(
    "apt-get -q -y install docker-compose-plugin docker-buildx-plugin; apt-mark manual docker-ce-cli; rm -r /var/lib/apt/lists/*",
  );
  const source = "/etc/apt/sources.list.d/rootless-docker.sources";
  const key = "/etc/apt/keyrings/rootless-docker.gpg";
  expect((await revertEngine(app, wishes())).split("\n")).toEqual(
    expect.arrayContaining([
      `engine: ${source} stays, with its key: docker-buildx-plugin docker-ce-cli docker-compose-plugin, which stay, come from there. Remove both by hand when they are gone`,
      `engine: ${key} stays: a source of packages names it`,
    ]),
  );
  await given.host.run(`ls ${source} ${key}; apt-get -q update`);
  await applyEngine(app, wishes());
  await given.host.run(
    "apt-get -q -y purge docker-compose-plugin docker-buildx-plugin docker-ce-cli",
  );
  await revertEngine(app, wishes());
  const left = diffSnapshots(given.before, await snapshotHost(given.host));
  expect(left.filter((line) => !line.includes("/var/lib/apt/lists"))).toEqual([]);
});

/** The fingerprints that the agent reads from a file of keys. */
async function fingerprints(keys: Buffer): Promise<string[]> {
  const functions = shellFunctions();
  const text = ["key_fingerprints", "key_bytes", "openpgp_packets"].map(
    (name) => `${name}() {\n${functions.get(name)?.body}\n}`,
  );
  const command = `WORK=$(mktemp -d); cat >$WORK/keys\n${text.join("\n")}\nkey_fingerprints $WORK/keys`;
  return (await given.host.run(command, { input: keys })).trim().split("\n");
}

test("the fingerprints of a file of several keys are those that gpg shows: none is overlooked", async () => {
  const keys = Buffer.from(
    await given.host.run("base64 /usr/share/keyrings/debian-archive-keyring.gpg"),
    "base64",
  );
  const gpg = execFileSync("gpg", ["--show-keys", "--with-colons"], { input: keys }).toString();
  const expected = [...gpg.matchAll(/^pub:.*\n(?:(?!fpr).*\n)*?fpr:*(\w+):/gm)].map(
    ([, fingerprint]) => fingerprint,
  );
  expect(expected.length).toBeGreaterThan(1);
  expect(await fingerprints(keys)).toEqual(expected);
});

describe("a file of keys with something more in it", () => {
  let key: string;
  let other: { text: string; secret: Buffer };

  beforeAll(async () => {
    key = await given.host.run(
      `/usr/lib/apt/apt-helper download-file ${given.downloads.url}/debian/gpg /tmp/key >/dev/null 2>&1; cat /tmp/key; rm /tmp/key`,
    );
    const home = mkdtempSync(join(tmpdir(), "rootless-docker-gpg-"));
    const gpg = (...args: string[]) =>
      execFileSync(
        "gpg",
        [
          "--homedir",
          home,
          "--batch",
          "-q",
          "--pinentry-mode",
          "loopback",
          "--passphrase",
          "",
          ...args,
        ],
        { stdio: ["ignore", "pipe", "ignore"] },
      );
    gpg("--quick-generate-key", "other@example.com", "rsa2048", "sign", "never");
    other = { text: gpg("--armor", "--export").toString(), secret: gpg("--export-secret-keys") };
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(home, { recursive: true });
  });

  test("alone, in ASCII and in bytes, it is read", async () => {
    expect(await fingerprints(Buffer.from(key))).toEqual([given.downloads.key]);
    expect(await fingerprints(bytesOf(key))).toEqual([given.downloads.key]);
  });

  test.each<[string, () => Buffer]>([
    ["a second block", () => Buffer.from(key + other.text)],
    [
      "a second block that is indented",
      () => Buffer.from(key + other.text.replace("-----BEGIN", " -----BEGIN")),
    ],
    [
      "further lines that are indented",
      () => Buffer.from(key.replace("\n=", `\n ${bytesOf(other.text).toString("base64")}\n=`)),
    ],
    ["a secret key", () => Buffer.concat([bytesOf(key), other.secret])],
    ["half a key", () => bytesOf(key).subarray(0, -10)],
    ["nothing that is a key", () => Buffer.from("<html>not found</html>")],
  ])("%s: it is not that key", async (_what, file) => {
    expect(await fingerprints(file())).not.toEqual([given.downloads.key]);
  });
});

/** An armored key's bytes. */
function bytesOf(armored: string): Buffer {
  return execFileSync("gpg", ["--dearmor"], { input: armored, stdio: ["pipe", "pipe", "ignore"] });
}
