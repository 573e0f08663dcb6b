import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { bootHost } from "../support/host";
import { documentText, type StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

// What stops an installation before it begins: each is provoked, named with what fixes it, and fixed.
afterAll(destroyAllHosts);

let host: TestHost;
let app: Installation;
const wishes: StepArgs = { account: { name: "app" } };

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("useradd --create-home app");
  app = new Installation(host, "e0");
  await app.install();
  // Its record and its lock are there then.
  await app.apply("machine", wishes);
});

const preflight = (more: StepArgs = {}) => app.tryApply("machine", { ...wishes, ...more });

interface Failure {
  name: string;
  provoke: string;
  wishes?: StepArgs;
  says: RegExp;
  /** What undoes the provocation beyond the message's own fix. Defaults to nothing. */
  cleanUp?: string;
}

const failures: Failure[] = [
  {
    name: "/dev/net/tun is root's alone",
    provoke: "mount --bind /etc/hostname /dev/net/tun",
    says: /^preflight: \/dev\/net\/tun: /,
    cleanUp: "umount /dev/net/tun",
  },
  {
    name: "the setuid bit of newuidmap is lost",
    provoke: "chmod 755 /usr/bin/newuidmap",
    says: /^preflight: \/usr\/bin\/newuidmap: it is not setuid root \(mode 755 .* run '(chown root:root (\S+); chmod 4755 \2)'$/,
  },
  {
    name: "another uid than the account's",
    provoke: "true",
    wishes: { account: { name: "app", uid: 4321 } },
    says: /^preflight: account\.uid: /,
  },
];

test.each(failures)("$name: named, and what it says fixes it", async (failure) => {
  await host.run(failure.provoke);
  const { exitCode, said } = await preflight(failure.wishes);
  expect([exitCode, said]).toEqual([1, [expect.stringMatching(failure.says)]]);
  await host.run(failure.says.exec(said[0])?.[1] ?? "true");
  await host.run(failure.cleanUp ?? "true");
  if (failure.wishes === undefined) expect(await preflight()).toMatchObject({ exitCode: 0 });
});

test.each(["/home/new", "/home"])("a data root that has the home in it: %s", async (root) => {
  const wishes = { account: { name: "new" }, daemon: { "data-root": root } };
  const { exitCode, said } = await preflight(wishes);
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("daemon.data-root")]);
});

test("several at once: all in one run, and nothing is changed", async () => {
  for (const { provoke } of failures) await host.run(provoke);
  const before = await snapshotHost(host);
  const all = Object.assign({}, ...failures.map(({ wishes }) => wishes)) as StepArgs;
  const { exitCode, said } = await preflight(all);
  expect(exitCode).toBe(1);
  expect(said).toHaveLength(failures.length);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  for (const { says } of failures) expect(said).toContainEqual(expect.stringMatching(says));
  for (const { says, cleanUp } of failures) {
    await host.run(said.map((line) => says.exec(line)?.[1]).find(Boolean) ?? "true");
    await host.run(cleanUp ?? "true");
  }
});

describe("cloud-init at work", () => {
  // Its clock is the number of times that it is asked: a wait takes no time here.
  const install = (script: string) =>
    host.run(
      `cd /usr/local/sbin && printf '#!/bin/sh\\nexit 0\\n' >sleep && cat >cloud-init && chmod 755 sleep cloud-init; rm -f /run/asked`,
      { input: `#!/bin/sh\necho >>/run/asked; asked=$(wc -l </run/asked)\n${script}\n` },
    );
  afterEach(() => host.run("rm -f /usr/local/sbin/sleep /usr/local/sbin/cloud-init /run/asked"));

  test("is waited for, with a line a minute", async () => {
    await install("if [ $asked -gt 30 ]; then echo status: done; else echo status: running; fi");
    const { exitCode, said } = await preflight();
    expect([exitCode, said.filter((line) => line.includes("cloud-init"))]).toEqual([
      0,
      [0, 1, 2].map((minute) => `preflight: waits for cloud-init to end (${minute} of 20 minutes)`),
    ]);
  });

  test("without end: an error after twenty minutes that says what it does", async () => {
    await install(
      'case $2 in --long) printf "status: running\\ndetail:\\nRunning in stage: modules\\033[31m-final\\n" ;; *) echo status: running ;; esac',
    );
    const { exitCode, said } = await preflight();
    expect(exitCode).toBe(1);
    expect(said.at(-1)).toMatch(/cloud-init: .*20 minutes/);
    expect(said.filter((line) => line.includes("waits for cloud-init"))).toHaveLength(21);
  });

  test("one that does not answer keeps nobody waiting", async () => {
    await install("exec /bin/sleep 600");
    expect(await preflight()).toMatchObject({ exitCode: 0 });
  });
});

test("a machine that is an unprivileged container itself, with too few ids", async () => {
  const { exitCode, stderr } = await host.ssh(
    "unshare --user --map-root-user --map-auto sh /var/lib/rootless-docker/agents/e0/agent apply machine e0",
    { input: documentText("machine", wishes) },
  );
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining(
      "ids of the machine: its own user namespace (/proc/self/uid_map) has 65536,",
    ),
  ]);
});
