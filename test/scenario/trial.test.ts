import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  type HostSnapshot,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { ensureToolchain } from "../../stand-ins/toolchain";

// The command `npm run trial`, as a user types it, on a disposable host.
let host: TestHost;
let before: HostSnapshot;
let env: Record<string, string>;

const root = join(__dirname, "../..");
const account = "rootless-trial";

beforeAll(async () => {
  host = await createHost({
    suite: "trixie",
    packages: ["sudo"],
    admins: [{ name: "ada", sudo: "nopasswd" }],
  });
  // Neither what the trial sets by hand nor what an up sets.
  await host.run("echo '0 500' >/proc/sys/net/ipv4/ping_group_range");
  before = await snapshotHost(host);
  env = (await ensureToolchain()).env;
});
afterAll(destroyAllHosts);

/** A trial that runs. */
class Running {
  printed = "";
  readonly folder = join(mkdtempSync(join(tmpdir(), "trial-")), "folder");
  readonly exitCode: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(more: string[] = ["--yes"]) {
    const script = join(root, "scripts/trial/trial.ts");
    const login = ["--user", "ada", "--key", host.privateKeyPath];
    const where = ["--host", host.address, "--host-key", host.hostKey, "--folder", this.folder];
    // A process group of its own, as in a terminal, where Ctrl-C reaches all of it.
    this.child = spawn(process.execPath, ["--import", "tsx", script, ...login, ...where, ...more], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const print = (text: Buffer) => void (this.printed += text.toString());
    this.child.stdout?.on("data", print);
    this.child.stderr?.on("data", print);
    this.exitCode = new Promise((resolve) => this.child.on("close", resolve));
  }

  /** Waits until it has printed this. */
  async prints(text: string): Promise<void> {
    let hasEnded = false;
    void this.exitCode.then(() => (hasEnded = true));
    while (!this.printed.includes(text)) {
      if (hasEnded) throw new Error(`ended without '${text}':\n${this.printed}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  interrupt(): void {
    process.kill(-(this.child.pid ?? 0), "SIGINT");
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }
}

/** A login's own service manager, which comes with the engine's packages, stays some seconds after the last login. */
const ofLogin =
  /^unit added: (user@|user-runtime-dir@|run-user-)1000\.|^daemon added: ada:systemd$/;

async function changesOfHost(): Promise<string[]> {
  const changes = diffSnapshots(before, await snapshotHost(host));
  return changes.filter((line) => !ofLogin.test(line));
}

test("a whole life: a report, and the machine is as before", async () => {
  const trial = new Running();
  expect([await trial.exitCode, trial.printed]).toEqual([0, expect.anything()]);
  const report = trial.read("report.md");
  expect(trial.printed).toContain(report);
  for (const line of [
    /^## A trial of rootless-docker \S+: passed$/m,
    /^Debian GNU\/Linux 13 \(trixie\), kernel .*; engine 26\.1\.\S+, RootlessKit /m,
    /^\| drift: a setting is changed by hand \| \d+\.\d \| passed \|$/m,
    /^No difference\. \d+ lines about files, /m,
    /^ {4}\| Debian GNU\/Linux 13 .* \| distribution: engine 26\.1\..* \| trial of \S+, [\d-]+: passed \|$/m,
  ])
    expect(report).toMatch(line);
  for (const private_ of [host.address, "ada", host.hostKey, trial.folder, tmpdir()])
    expect(report).not.toContain(private_);
  expect(trial.read("before.txt")).toContain("file\t/etc/hostname\troot:root 644");
  for (const file of ["state", "passphrase", "project"])
    expect(existsSync(join(trial.folder, file))).toBe(false);
  expect(await changesOfHost()).toEqual([]);
});

test("a machine that somebody changes meanwhile: differences, without names in the report", async () => {
  const trial = new Running();
  await trial.prints("5. a container");
  await host.run("echo >/srv/acme-payroll; echo 65 >/proc/sys/net/ipv4/ip_default_ttl");
  expect(await trial.exitCode).toBe(1);
  await host.run("rm /srv/acme-payroll; echo 64 >/proc/sys/net/ipv4/ip_default_ttl");
  const report = trial.read("report.md");
  expect(report).toMatch(/: 1 of 10 parts failed$/m);
  expect(report).toMatch(/^Differences: 2\. /m);
  expect(report).not.toContain("acme");
  const differences = trial.read("differences.txt");
  expect(differences).toContain("+file\t/srv/acme-payroll\troot:root 644\n");
  expect(differences).toContain("-sysctl\t/proc/sys/net/ipv4/ip_default_ttl\t64\n");
  expect(differences).toContain("+sysctl\t/proc/sys/net/ipv4/ip_default_ttl\t65\n");
  expect(existsSync(join(trial.folder, "state"))).toBe(true);
  expect(await changesOfHost()).toEqual([]);
});

/** Moments of a trial, by what it prints then. */
const moments = [
  ["while packages are installed", "agent         installs the program"],
  ["while a container runs", "6. an edit"],
  ["while a setting is changed by hand", "ping_group_range is changed"],
];

test.each(moments)("Ctrl-C %s: nothing is left", async (_moment, text) => {
  const trial = new Running();
  await trial.prints(text);
  trial.interrupt();
  expect([await trial.exitCode, trial.printed]).toEqual([130, expect.anything()]);
  expect(trial.printed).toContain("Interrupted, and destroyed: nothing is left on the machine.");
  expect(await changesOfHost()).toEqual([]);
  expect(existsSync(trial.folder)).toBe(false);
});

test("Ctrl-C again while it destroys: the state stays, with the command that goes on", async () => {
  const trial = new Running();
  await trial.prints("5. a container");
  trial.interrupt();
  await trial.prints("pulumi destroy");
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  trial.interrupt();
  expect([await trial.exitCode, trial.printed]).toEqual([1, expect.anything()]);
  expect(await changesOfHost()).not.toEqual([]);
  const [line] = /^PULUMI_CONFIG_PASSPHRASE=.*$/m.exec(trial.printed) ?? [""];
  await execOrThrow("sh", ["-c", line], { env });
  expect(await changesOfHost()).toEqual([]);
});

test("a machine with the account, or with an installation, is refused", async () => {
  await host.run(`useradd ${account}`);
  const withAccount = new Running();
  expect(await withAccount.exitCode).toBe(1);
  expect(withAccount.printed).toContain(`the machine has an account ${account}`);
  await host.run(`userdel -r ${account} 2>/dev/null; mkdir /var/lib/rootless-docker`);
  const withInstallation = new Running();
  expect(await withInstallation.exitCode).toBe(1);
  expect(withInstallation.printed).toContain("the machine has an installation of rootless-docker");
  await host.run("rmdir /var/lib/rootless-docker");
  expect(await changesOfHost()).toEqual([]);
});

test("without a yes, and without a terminal to give it on, nothing is changed", async () => {
  const trial = new Running([]);
  expect(await trial.exitCode).toBe(1);
  expect(trial.printed).toMatch(/account rootless-trial: none => new, with 65536 subordinate ids/);
  expect(trial.printed).toContain("--yes goes on without");
  expect(await changesOfHost()).toEqual([]);
});

test.each([
  [["--inputs", "{engine"], "--inputs '{engine' is no JSON"],
  [["--ignore", "/a b"], "--ignore '/a b' is no folder"],
  [["--inputs", '{"engine": {"source": "static-archive"}}'], "engine.version"],
])("%j is refused before anything is changed", async (more, message) => {
  const trial = new Running(["--yes", ...more]);
  expect(await trial.exitCode).toBe(1);
  expect(trial.printed).toContain(message);
});

// Last, since it leaves a key on the host.
test("a machine's user logs in to the machine itself, as trial.yml has it", async () => {
  const input = readFileSync(join(root, "scripts/trial/sshToSelf.sh"));
  const hostKey = await host.run('sh -s "$HOME/trial_key"', { user: "ada", input });
  expect(hostKey.trim()).toBe(host.hostKey);
  const login = "ssh -i ~/trial_key -o StrictHostKeyChecking=yes 127.0.0.1 sudo -n id -u";
  const known = `echo "127.0.0.1 ${hostKey.trim()}" >~/.ssh/known_hosts`;
  expect(await host.run(`${known}; ${login}`, { user: "ada" })).toBe("0\n");
});
