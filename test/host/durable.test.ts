import { nothingThere } from "../../src/remote/commands";
import {
  destroyAllHosts,
  diffSnapshots,
  type HostSnapshot,
  snapshotHost,
  type TestHost,
} from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import { documentText, type StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// What a loss of power leaves: the order in which things come to the disk, an agent that is not whole, and
// records that are empty. powerCuts takes the power away.
afterAll(destroyAllHosts);

let host: TestHost;
let fresh: HostSnapshot;
let leases = 0;

const state = "/var/lib/rootless-docker";
const key = "ssh-ed25519 AAAAC3Nz a@b";
const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: [key] },
  sysctls: { "net.ipv4.tcp_fin_timeout": "17" },
};
const user = "ops";

beforeAll(async () => {
  host = await bootHost({ admins: [{ name: user, sudo: "nopasswd" }] });
  fresh = await snapshotHost(host);
});

const difference = async () => diffSnapshots(fresh, await snapshotHost(host));

/** Preflight, account and kernel: what needs no package. */
async function given(who = "root"): Promise<Installation> {
  const app = new Installation(host, `d${++leases}`, who);
  await app.install();
  for (const step of ["preflight", "account", "kernel"] as const) await app.apply(step, wishes);
  return app;
}

async function takeBack(app: Installation): Promise<void> {
  await app.revert("kernel", wishes);
  await app.revert("account", wishes);
  await app.revertAgent();
  expect(await difference()).toEqual([]);
}

/** Programs in /usr/local/sbin, which the agent finds first: each says its arguments, and then does its work. */
async function listen(programs: string): Promise<void> {
  await host.run(`for program in ${programs}; do
    printf '#!/bin/sh\\necho "%s $*" >>/run/heard\\nexec %s "$@"\\n' $program "$(command -v $program)" >/usr/local/sbin/$program
    chmod 755 /usr/local/sbin/$program; done`);
}

async function heard(): Promise<string[]> {
  const lines = await host.run("/usr/bin/rm -f /usr/local/sbin/*; cat /run/heard; rm /run/heard");
  return lines.trim().split("\n");
}

test("every file is on the disk before its name is, and its name before anything is built on it", async () => {
  await listen("sync mv ln tee useradd loginctl");
  const app = await given();
  await app.apply("account", { ...wishes, subordinateIds: { count: 70_000 } });
  await app.revert("kernel", wishes);
  const lines = await heard();
  const synced = (from: number, to: number) =>
    lines
      .slice(Math.max(from, 0), to)
      .filter((line) => line.startsWith("sync "))
      .flatMap((line) => line.split(" ").slice(1))
      .map((path) => path.replace(/\/$/, ""));
  const all = (from: number, to: number) => synced(from, to).includes("-f");
  const wrong: string[] = [];
  let renames = 0;
  lines.forEach((line, at) => {
    const [program, ...words] = line.split(" ");
    const [path, target] = words.filter((word) => !word.startsWith("-"));
    if (program !== "mv" || !target || /\.gone\./.test(target)) return;
    renames++;
    const next = lines.findIndex((other, i) => i > at && !/^(mv|sync) /.test(other));
    const end = next < 0 ? lines.length : next;
    const isLink = /\/agents\/\.[^/]*\.link$/.test(path);
    if (!isLink && !all(0, at) && !synced(0, at).includes(path)) wrong.push(`${path} not before`);
    const folder = target.slice(0, target.lastIndexOf("/"));
    if (!all(at, end) && !synced(at, end).includes(folder)) wrong.push(`${folder} not after`);
  });
  expect(wrong).toEqual([]);
  expect(renames).toBeGreaterThan(30);
  // The record of a thing comes before the thing.
  const firstOf = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
  for (const [record, change] of [
    [/^sync .*\/things\/account( |$)/, /^useradd /],
    [/^sync .*\/things\/subuid( |$)/, /^sync \/etc\/subuid\.rootless/],
    [/^sync .*\/things\/linger( |$)/, /^loginctl enable-linger/],
  ]) {
    expect(firstOf(record)).toBeGreaterThanOrEqual(0);
    expect(firstOf(record)).toBeLessThan(firstOf(change));
  }
  await takeBack(app);
});

test("a step is done when it is on the disk, taken back or not", async () => {
  const app = new Installation(host, `d${++leases}`);
  await app.install();
  await app.apply("preflight", wishes);
  for (const run of [() => app.apply("kernel", wishes), () => app.revert("kernel", wishes)]) {
    await listen("sync");
    await run();
    expect(await heard()).toContainEqual(expect.stringMatching(/^sync -f .*rootless-docker \/etc/));
  }
  await takeBack(app);
});

test("no sum of a file, which may hold secret values, is an argument of a program's", async () => {
  const app = await given();
  await listen("grep");
  await app.apply("kernel", wishes);
  await app.revert("kernel", wishes);
  const lines = await heard();
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.filter((line) => /[0-9a-f]{64}/.test(line))).toEqual([]);
  await takeBack(app);
});

describe("an agent that is not whole", () => {
  const agent = () => `${state}/agents/d${leases}`;

  test.each([
    ["empty", () => `: >${agent()}/agent`],
    ["half of it", () => `truncate -s 20000 ${agent()}/agent`],
    [
      "zeros in it",
      () => `dd if=/dev/zero of=${agent()}/agent bs=4096 seek=2 count=1 conv=notrunc`,
    ],
    ["gone", () => `rm ${agent()}/agent`],
    ["its sum empty", () => `: >${agent()}/sha256`],
    ["its sum gone", () => `rm ${agent()}/sha256`],
    ["all of it gone", () => `rm -r ${agent()} ${state}/agents ${state}/agent`],
  ])("%s: nothing runs and nothing seems done, until it is put back", async (_, broken) => {
    const app = await given(user);
    const before = await host.run(`find ${state}/things ${state}/leases | sort`);
    await host.run(`${broken()} 2>&1`);
    for (const answer of [
      await app.tryApply("kernel", wishes),
      await app.tryRevert("kernel", wishes),
      await app.tryRevert("account", wishes),
      await app.tryRevertAgent(),
    ]) {
      expect(answer.exitCode).not.toBe(0);
      expect(answer.said.join("\n")).toMatch(/^sha256sum: /);
    }
    expect(await host.run(`find ${state}/things ${state}/leases | sort`)).toBe(before);
    await app.install();
    await takeBack(app);
  });

  test("nor is another's run in its place, older or newer", async () => {
    const app = await given();
    await host.run(`echo 'echo this is another >&2; exit 0' >${state}/agent`);
    expect((await app.apply("kernel", wishes)).said).toEqual(["kernel: nothing to change"]);
    await takeBack(app);
  });

  test.each(["/usr/bin/fish", "/bin/tcsh"])("for a login with %s, too", async (shell) => {
    await host.run(
      `apt-get -qq update; apt-get -qqy install --no-install-recommends ${shell.split("/").at(-1)} >/dev/null 2>&1`,
    );
    const installed = await snapshotHost(host);
    await host.run(`usermod -s ${shell} ${user}`);
    const app = await given(user);
    await host.run(`: >${agent()}/agent`);
    expect((await app.tryApply("kernel", wishes)).said.join()).toContain("sha256sum: ");
    expect((await app.tryRevert("kernel", wishes)).exitCode).toBe(1);
    await app.install();
    await app.revert("kernel", wishes);
    await app.revert("account", wishes);
    await app.revertAgent();
    await host.run(`usermod -s /bin/bash ${user}`);
    // fish makes directories of its own.
    fresh = await snapshotHost(host);
    const ofShell = new RegExp(`/home/${user}/`);
    expect(diffSnapshots(installed, fresh).filter((line) => !ofShell.test(line))).toEqual([]);
  });
});

test("where a machine has no such installation there is nothing to take back, whoever asks", async () => {
  const other = await given();
  const absent = new Installation(host, "d0", user);
  expect(await absent.tryRevert("kernel", wishes)).toMatchObject({ exitCode: 0, said: [] });
  expect((await absent.revertAgent()).said).toEqual([nothingThere]);
  // And whose records there are is not to be listed.
  expect((await host.ssh(`ls ${state}/leases`, { user })).exitCode).not.toBe(0);
  expect((await host.ssh(`ls ${state}/leases/${other.lease}`, { user })).exitCode).not.toBe(0);
  await takeBack(other);
});

const ours = async () =>
  (await host.run(`find ${state} /run/rootless-docker* 2>/dev/null || true`)).split("\n");
const ending = /\/rootless-docker(|\/locks(\/.*)?|\/agents|\/agents\/\..*)$/;

test("an installation's own end, killed at programs that it runs, and run again: nothing is left", async () => {
  const other = await given();
  let killed = 0;
  for (const [alone, programs] of [
    [false, "rm find readlink rmdir sync"],
    [true, "rm find readlink rmdir sync"],
  ] as const) {
    if (alone) await takeBack(other);
    const rest = await ours();
    for (let at = 1; ; at++) {
      const app = new Installation(host, `d${++leases}`);
      await app.install();
      await host.run(`echo ${at} >/run/left; for program in ${programs}; do
        printf '#!/bin/sh\\nread n </run/left; n=$((n - 1)); echo $n >/run/left
          [ $n != 0 ] || { /usr/bin/pkill -KILL -f "[a]gent revert agent"; kill -KILL $$; }
          exec /usr/bin/%s "$@"\\n' $program >/usr/local/sbin/$program
        chmod 755 /usr/local/sbin/$program; done`);
      await app.tryRevertAgent();
      const left = Number(
        await host.run("/usr/bin/rm /usr/local/sbin/*; cat /run/left; /usr/bin/rm /run/left"),
      );
      await app.revertAgent();
      // After its name is gone, what led to it may be left to the next end.
      expect((await ours()).filter((path) => !rest.includes(path) && !ending.test(path))).toEqual(
        [],
      );
      if (left > 0) break;
      killed++;
    }
  }
  expect(killed).toBeGreaterThan(10);
  // The next end takes it.
  await takeBack(await given());
});

test("a step that is killed while it writes down what was there, and is not run again, leaves no record", async () => {
  const app = new Installation(host, `d${++leases}`);
  await app.install();
  await app.apply("preflight", wishes);
  await host.run(`cat >/usr/local/sbin/mkdir <<'PROGRAM'
#!/bin/sh
/usr/bin/mkdir "$@"
case "$*" in */baseline.kernel) kill -KILL $PPID ;; esac
PROGRAM
    chmod 755 /usr/local/sbin/mkdir`);
  await expect(app.apply("kernel", wishes)).rejects.toThrow();
  await host.run(`rm /usr/local/sbin/mkdir; ls -d ${state}/things/*/*/baseline.kernel`);
  await app.revert("kernel", wishes);
  expect(await host.run(`find ${state}/things -mindepth 2`)).toBe("");
  await app.revertAgent();
  expect(await difference()).toEqual([]);
});

test("a document of another version of the code is an error that says what to bring", async () => {
  const app = await given();
  const document = documentText("kernel", wishes).replace(/^agent: .*$/m, 'agent: "0badc0de"');
  const run = `sh ${state}/agents/${app.lease}/agent`;
  for (const verb of ["apply", "update"]) {
    const answer = await host.ssh(`${run} ${verb} kernel ${app.lease}`, { input: document });
    expect([answer.exitCode, answer.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^kernel: agent: found the code [0-9a-f]{8} of the step kernel in it; wanted 0badc0de, since they are of two versions of rootless-docker\. To fix: run pulumi up without --target, or with the resource that ends in '-agent' among its targets: it brings the agent of the version of rootless-docker that the program uses; on a machine that was set back to a snapshot, give recheck a new value\n$/,
      ),
    ]);
  }
  // What is taken back is in the records, not in the document.
  await host.run(`${run} revert kernel ${app.lease}`, { input: document });
  await takeBack(app);
});

describe("records that version 0.1.0 left empty", () => {
  const things = `${state}/things`;
  // The times are in the directory's journal, and stay.
  const empty = (what: string) =>
    `for file in ${what}; do touch -r $file /run/time; : >$file; touch -r /run/time $file; done; rm -f /run/time`;

  test.each([
    ["claims", `${things}/*/*/claims/*`],
    ["claims of one kind", `${things}/file/*/claims/*`],
    ["names that their directories say", `$(grep -L ssh-ed25519 ${things}/*/*/name)`],
    ["whose it is", `${state}/leases/*/owner ${state}/leases/*/account-name`],
  ])("%s: everything is taken back", async (_, what) => {
    const app = await given();
    await host.run(empty(what));
    await takeBack(app);
  });

  /** What is emptied, in which step, the error's beginning, and what a person does then. */
  test.each([
    [
      "the name of a key",
      "account",
      `$(grep -l ssh-ed25519 ${things}/authorizedkey/*/name)`,
      /^account: \S+\/things\/authorizedkey\/[0-9a-f]{64}\/name: found it empty, .*; wanted the name of the authorizedkey .*run pulumi up/,
      "up",
    ],
    [
      "a setting's value",
      "kernel",
      `${things}/sysctl/net.ipv4.tcp_fin_timeout/baseline/value`,
      /^kernel: \S+\/sysctl\/net.ipv4.tcp_fin_timeout\/baseline\/value: found it empty, .*; wanted what sysctl net.ipv4.tcp_fin_timeout was before.*remove \S+\/sysctl\/net.ipv4.tcp_fin_timeout, then run again/,
      `sysctl -qw net.ipv4.tcp_fin_timeout=$(cat /run/before); rm -r ${things}/sysctl/net.ipv4.tcp_fin_timeout`,
    ],
    [
      "the ids that were given",
      "account",
      `${things}/subuid/app/baseline/added`,
      /^account: \S+\/subuid\/app\/baseline\/added: found it empty/,
      `sed -i /^app:/d /etc/subuid; rm -r ${things}/subuid/app`,
    ],
    [
      "whether the account was there",
      "account",
      `${things}/account/app/baseline/made $(rm ${things}/account/app/baseline/absent)`,
      /^account: \S+\/account\/app\/baseline\/entry: found it empty, .*; wanted whether the account app was there before/,
      "up",
    ],
  ] as const)("%s: an error says what to do", async (_, step, what, error, fix) => {
    await host.run("cat /proc/sys/net/ipv4/tcp_fin_timeout >/run/before");
    const app = await given();
    await host.run(empty(what));
    const answer = await app.tryRevert(step, wishes);
    expect([answer.exitCode, answer.said.at(-1)]).toEqual([1, expect.stringMatching(error)]);
    expect(await host.run("getent passwd app | cut -d : -f 1")).toBe("app\n");
    if (fix === "up") await app.apply(step, wishes);
    else await host.run(fix);
    await host.run("rm /run/before");
    await takeBack(app);
  });

  test("a file's content: the file that is there stays as it is", async () => {
    const path = "/etc/sysctl.d/99-zz-rootless-docker-net.ipv4.tcp_fin_timeout.conf";
    const thing = `${things}/file/${path.replaceAll("/", "%2F")}`;
    const baseline = `${thing}/baseline`;
    await host.run(`echo '# theirs' >${path}`);
    for (const what of [`${baseline}/content`, `${baseline}/content ${baseline}/mode`]) {
      const app = await given();
      const now = await host.run(`cat ${path}`);
      await host.run(empty(what));
      const { exitCode, said } = await app.tryRevert("kernel", wishes);
      expect([exitCode, said.at(-1)]).toEqual([
        1,
        expect.stringContaining(`wanted what file ${path} was before, to give it back. To fix:`),
      ]);
      expect(await host.run(`cat ${path}`)).toBe(now);
      await host.run(`rm -r ${thing}; echo '# theirs' >${path}`);
      await app.revert("kernel", wishes);
      await app.revert("account", wishes);
      await app.revertAgent();
    }
    // What was empty when it was saved comes back so.
    await host.run(`: >${path}`);
    const app = await given();
    await app.revert("kernel", wishes);
    await app.revert("account", wishes);
    await app.revertAgent();
    expect(await host.run(`stat -c %s ${path}; rm ${path}`)).toBe("0\n");
    expect(await difference()).toEqual([]);
  });

  test("who holds an account: the claim on it says so, and a step waits for its name", async () => {
    const app = await given();
    await host.run(empty(`${state}/leases/*/owner ${state}/leases/*/account-name`));
    expect((await app.tryApply("kernel", wishes)).said).toEqual([
      expect.stringContaining("give recheck a new value"),
    ]);
    const other = new Installation(host, `d${++leases}`);
    await other.install();
    const theirs = { ...wishes, owner: "project/dev/other" };
    expect((await other.tryApply("preflight", theirs)).said).toEqual([
      expect.stringContaining(`it held on this machine by installation ${app.lease}`),
    ]);
    await other.revertAgent();
    await app.apply("preflight", wishes);
    await takeBack(app);
  });

  test("what was there before an installation that was interrupted", async () => {
    const app = await given();
    await host.run(`: >${state}/packages.before`);
    for (const answer of [
      await app.tryApply("engine", wishes),
      await app.tryRevert("engine", wishes),
    ])
      expect([answer.exitCode, answer.said.at(-1)]).toEqual([
        1,
        expect.stringMatching(
          /^engine: \S+\/packages.before: found it empty, as a power cut leaves it; wanted the packages that were there before .*history\.log.*, remove this file, then run again$/,
        ),
      ]);
    await host.run(`rm ${state}/packages.before`);
    await app.revert("engine", wishes);
    await takeBack(app);
  });
});
