/**
 * A whole life on a machine of one's own: `npm run trial -- --host ADDRESS`. docs/trial.md says what it does.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline/promises";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { PrivilegedPorts, type Versions } from "../../index";
import { version } from "../../package.json";
import type { Limitation } from "../../src/limitations/limitation";
import { failureOf, Life } from "./life";
import { account, Machine } from "./machine";
import { type Options, readOptions, usage } from "./options";
import { differencesOf, nameOf, takePicture } from "./picture";
import { Signals } from "./signals";
import { secondsSince, tellSteps } from "./steps";

/** Nothing was changed, and nothing is left. */
class Refused extends Error {}

const pingGroups = "/proc/sys/net/ipv4/ping_group_range";

/** Made of the machine's own programs and their libraries: no registry has to answer. */
const image = `for name in sh id sleep; do
    path=$(command -v $name)
    echo "$path"
    ldd "$path" | grep -o '/[^ ]*'
done | sort -u | tar -chf - -T - 2>/dev/null | docker import - rootless-docker-trial >/dev/null`;

class Trial {
  private readonly signals = new Signals((text) => process.stderr.write(`\n${text}\n`));
  private readonly machine: Machine;
  private life!: Life;
  private before: string[] = [];
  /** Names of what changed between the two pictures before anything was done. */
  private changing = new Set<string>();
  private pingGroupsBefore = "";
  /** Lines of the report. */
  private system = "";
  private engine = "no engine";
  private afterwards = "It was not compared.";
  private readonly parts: { name: string; seconds: string; passed: boolean }[] = [];

  constructor(
    private readonly options: Options,
    private readonly folder: string,
  ) {
    this.machine = new Machine(options, folder);
  }

  /** @returns the exit code. */
  async run(): Promise<number> {
    try {
      await this.ask();
      await this.writeDown();
    } catch (error) {
      if (this.signals.exitCode === undefined)
        throw new Refused(failureOf(error), { cause: error });
      say("\nInterrupted: nothing was changed.");
      rmSync(this.folder, { recursive: true, force: true });
      return this.signals.exitCode;
    }
    await this.live().catch(() => undefined);
    const isDestroyed = await this.destroy();
    if (!isDestroyed) return 1;
    if (this.signals.exitCode !== undefined) return this.leave(this.signals.exitCode);
    await this.compare().catch(() => undefined);
    return this.report();
  }

  /** Asks the machine, shows what will change, and asks for a yes. */
  private async ask(): Promise<void> {
    say("This turns a machine into a rootless Docker host, tries it, and restores the machine.");
    say("At first it only asks the machine. Ctrl-C at any moment destroys what it made.");
    await this.part("the machine is asked", () => this.identify());
    const { problems, plan } = await this.part(
      "preflight: a preview asks the machine",
      async () => {
        this.life = await Life.begin(this.options, this.folder);
        return this.life.preview(this.signals.stop);
      },
    );
    if (problems.length > 0)
      throw new Error(`up would fail:\n${problems.map((text) => `  ${text}`).join("\n")}`);
    say("\nThe machine has now, and will have until the trial ends:");
    for (const line of plan) say(`   ${line}`);
    say(`The trial also runs a container as ${account}, and reads every file for a comparison.`);
    if (!this.options.yes) await this.consent();
  }

  /** @throws Error where the machine has an installation, or the account. */
  private async identify(): Promise<void> {
    const answer = await this.asRoot(
      `. /etc/os-release
echo "$PRETTY_NAME, kernel $(uname -r), $(uname -m)"
cat ${pingGroups}
! [ -e /var/lib/rootless-docker ] || echo installation
! getent passwd ${account} >/dev/null || echo account`,
    );
    const [system, pingGroupsBefore, ...found] = answer.trim().split("\n");
    if (found.includes("installation"))
      throw new Error(
        "the machine has an installation of rootless-docker (/var/lib/rootless-docker): a trial is for a machine without one",
      );
    if (found.includes("account"))
      throw new Error(`the machine has an account ${account}, which a trial would remove`);
    this.system = system;
    this.pingGroupsBefore = pingGroupsBefore;
    fact(system);
  }

  private async consent(): Promise<void> {
    if (!process.stdin.isTTY) throw new Error("nobody to ask: --yes goes on without");
    const { stdin: input, stdout: output } = process;
    const lines = createInterface({ input, output, terminal: false });
    try {
      const signal = this.signals.stop;
      const answer = await lines.question("Continue? Type yes: ", { signal });
      if (answer.trim() !== "yes")
        throw new Error("the answer was not yes, so nothing was changed");
    } finally {
      lines.close();
    }
  }

  /** Two pictures: what differs between them changes by itself. */
  private async writeDown(): Promise<void> {
    await this.part("a picture of the machine, file by file", async () => {
      const first = await this.picture("before.txt");
      this.before = await this.picture("before.txt");
      const changed = differencesOf(first, this.before);
      this.changing = new Set(changed.map((line) => nameOf(line.slice(1))));
      fact(`${this.before.length} lines; ${this.changing.size} things change by themselves`);
    });
  }

  private async picture(file: string): Promise<string[]> {
    const lines = await takePicture(this.machine, this.options.ignored, this.signals.stop);
    this.write(file, lines);
    return lines;
  }

  /** Everything between the first change and the destroy. */
  private async live(): Promise<void> {
    const { life } = this;
    const { stop } = this.signals;
    const tell = tellSteps(fact);
    await this.part("pulumi up", async () => this.readOutputs(await life.up(stop, tell)));
    await this.part("a container", async () => {
      await this.asAccount(image);
      await this.asAccount("docker run --detach --name trial rootless-docker-trial sleep 3600");
      const id = await this.asAccount("docker exec trial id -u");
      const pid = await this.asAccount("docker inspect --format '{{.State.Pid}}' trial");
      const uid = (await this.asRoot(`stat -c %u /proc/${Number(pid)}`)).trim();
      if (id !== "0" || uid === "0")
        throw new Error(`the container's user ${id} is uid ${uid} on the machine`);
      fact(`its root is uid ${uid} on the machine`);
    });
    await this.part("an edit: privilegedPorts", async () => {
      life.edit({ privilegedPorts: PrivilegedPorts.FileCapability });
      fact(changeIn(await life.diff(stop)));
      await life.up(stop, tell);
      await this.asAccount("docker run --rm -p 127.0.0.1:1013:80 rootless-docker-trial id -u");
      fact("a container has port 1013 of the machine");
    });
    await this.part("drift: a setting is changed by hand", () => this.drift());
    await this.part("no change", async () => {
      if (!(await life.isUnchanged(stop))) throw new Error("a preview shows a change");
      fact("the machine was asked, and nothing differs");
    });
  }

  private readOutputs({ versions, storageDriver, limitations }: OutputMap): void {
    const { engine, rootlesskit } = versions.value as Versions;
    this.engine = `engine ${engine}, RootlessKit ${rootlesskit}, ${String(storageDriver.value)}`;
    fact(this.engine);
    for (const { name, status } of limitations.value as Limitation[])
      if (status !== "available") fact(`${name}: ${status}`);
  }

  private async drift(): Promise<void> {
    const { life } = this;
    const { stop } = this.signals;
    const wanted = (await this.asRoot(`cat ${pingGroups}`)).trim();
    await this.asRoot(`echo '1 0' >${pingGroups}`);
    if (await life.isUnchanged(stop)) throw new Error("a preview does not show the drift");
    fact("ping_group_range is changed, and a preview shows it");
    await life.up(stop);
    const found = (await this.asRoot(`cat ${pingGroups}`)).trim();
    if (found !== wanted) throw new Error(`an up left ping_group_range at '${found}'`);
    fact("an up repaired it");
  }

  /** @returns whether it succeeded. */
  private async destroy(): Promise<boolean> {
    try {
      await this.part("pulumi destroy", () =>
        this.life.destroy(this.signals.giveUp, tellSteps(fact)),
      );
      // An up that was cut off takes what the trial has set by hand for what was there before. The kernel gives the
      // whole value to the first read alone, and the shell reads by characters.
      await this.machine.asRoot(
        `set -- $(cat ${pingGroups}); [ "$*" != '1 0' ] || echo '${this.pingGroupsBefore}' >${pingGroups}`,
      );
      return true;
    } catch {
      say("\nThe machine still has what the trial made. This goes on with the destroy:\n");
      say(this.life.destroyLine);
      return false;
    }
  }

  /** After an interruption: what the machine still has, is looked for. */
  private async leave(exitCode: number): Promise<number> {
    try {
      await this.machine.asRoot(`! [ -e /var/lib/rootless-docker ] && ! getent passwd ${account}`);
    } catch (error) {
      say(`\nDestroyed; whether nothing is left is not known: ${failureOf(error)}`);
      return 1;
    }
    say("\nInterrupted, and destroyed: nothing is left on the machine.");
    rmSync(this.folder, { recursive: true, force: true });
    return exitCode;
  }

  private async compare(): Promise<void> {
    await this.part("the machine is the same as before", async () => {
      const after = await this.picture("after.txt");
      const lines = differencesOf(this.before, after).filter(
        (line) => !this.changing.has(nameOf(line.slice(1))),
      );
      this.write("differences.txt", lines);
      const names = new Set(lines.map((line) => nameOf(line.slice(1))));
      this.afterwards = `${names.size === 0 ? "No difference" : `Differences: ${names.size}`}. ${this.before.length} lines about files, packages, settings, units and accounts were compared; ${this.changing.size} things change by themselves, and do not count.`;
      for (const line of lines) fact(line);
      if (names.size > 0) throw new Error(`differences: ${names.size}`);
      fact("no difference");
    });
  }

  /** @returns the exit code. */
  private report(): number {
    const failed = this.parts.filter(({ passed }) => !passed).length;
    const result = failed === 0 ? "passed" : `${failed} of ${this.parts.length} parts failed`;
    const date = new Date().toISOString().slice(0, 10);
    const { source = "distribution" } = (this.options.inputs.engine ?? {}) as { source?: string };
    const text = `## A trial of rootless-docker ${version}: ${result}

${this.system}; ${this.engine}; engine.source ${source}; Node.js ${process.versions.node}

| part | seconds | result |
| --- | --- | --- |
${this.parts.map(({ name, seconds, passed }) => `| ${name} | ${seconds} | ${passed ? "passed" : "failed"} |\n`).join("")}
${this.afterwards}

For docs/systems.md:

    | ${this.system} | ${source}: ${this.engine} | trial of ${version}, ${date}: ${result} |
`;
    this.write("report.md", [text]);
    say(`\n${text}`);
    say(`The report and the pictures, which are yours alone, are in ${this.folder}`);
    if (failed > 0) return 1;
    for (const name of ["bin", "known_hosts", "passphrase", "project", "state", "tmp"])
      rmSync(join(this.folder, name), { recursive: true, force: true });
    return 0;
  }

  private asRoot(script: string): Promise<string> {
    return this.machine.asRoot(script, this.signals.stop);
  }

  private asAccount(script: string): Promise<string> {
    return this.machine.asAccount(script, this.signals.stop);
  }

  private write(file: string, lines: readonly string[]): void {
    writeFileSync(join(this.folder, file), lines.map((line) => `${line}\n`).join(""), {
      mode: 0o600,
    });
  }

  /** A part of the trial, which the report has with its time. */
  private async part<T>(name: string, work: () => Promise<T>): Promise<T> {
    say(`\n${String(this.parts.length + 1).padStart(2)}. ${name}`);
    const start = performance.now();
    try {
      const value = await work();
      this.parts.push({ name, seconds: secondsSince(start), passed: true });
      fact(`(${secondsSince(start)} s)`);
      return value;
    } catch (error) {
      this.parts.push({ name, seconds: secondsSince(start), passed: false });
      if (this.signals.exitCode === undefined) fact(`failed: ${failureOf(error)}`);
      throw error;
    }
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What a part found, below its title. */
function fact(text: string): void {
  for (const line of text.trimEnd().split("\n")) say(`     ${line}`.trimEnd());
}

/** The lines of a preview that say what changes on the machine. */
function changeIn(preview: string): string {
  const lines = preview.split("\n").filter((line) => /^ *[-+~] .*: .* => /.test(line));
  return lines.map((line) => line.trim()).join("\n");
}

/** Everything temporary, Pulumi's included, goes below one folder. */
function makeFolder(wanted: string | undefined): string {
  const folder = wanted === undefined ? undefined : resolve(wanted);
  if (folder !== undefined && existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`--folder '${folder}' is not empty: name a new one`);
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = folder ?? mkdtempSync(join(tmpdir(), "rootless-docker-trial-"));
  process.env.TMPDIR = join(made, "tmp");
  mkdirSync(process.env.TMPDIR);
  return made;
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  const options = readOptions(words);
  const folder = makeFolder(options.folder);
  try {
    return await new Trial(options, folder).run();
  } catch (error) {
    if (error instanceof Refused) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
