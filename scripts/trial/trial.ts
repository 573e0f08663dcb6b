/**
 * A whole life on a machine of one's own: `npm run trial -- --host ADDRESS`. docs/trial.md says what it does.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { PrivilegedPorts, type Versions } from "../../index";
import type { Limitation } from "../../src/limitations/limitation";
import { bringImage, isRunning, startContainer } from "./container";
import { failureOf, Life } from "./life";
import { Machine } from "./machine";
import { type Options, readOptions, usage } from "./options";
import {
  type Difference,
  differencesOf,
  forStrangers,
  inFull,
  type Picture,
  takePicture,
} from "./picture";
import { anonymous, type Findings, type Part, reportOf } from "./report";
import { disagrees, tryRows } from "./rows";
import { Signals } from "./signals";
import { tellSteps } from "./steps";
import { secondsSince, Story } from "./story";
import { performance } from "node:perf_hooks";

/** Nothing was changed, and nothing is left. */
class Refused extends Error {}

const pingGroups = "/proc/sys/net/ipv4/ping_group_range";

class Trial {
  private readonly story = new Story();
  private readonly signals = new Signals((text) => process.stderr.write(`\n${text}\n`));
  private readonly machine: Machine;
  private readonly findings: Findings & { parts: Part[] };
  private life!: Life;
  private before!: Picture;
  /** Entries that changed between the two pictures before anything was done. */
  private changing = new Set<string>();
  /** What the setting was that the trial changes by hand. Absent until it has done so. */
  private pingGroupsBefore: string | undefined;

  constructor(
    private readonly options: Options,
    private readonly folder: string,
  ) {
    this.machine = new Machine(options, this.signals.stop);
    this.findings = {
      system: { name: "unknown", kernel: "unknown", architecture: "unknown" },
      versions: undefined,
      storageDriver: undefined,
      pulumiVersion: "",
      image: undefined,
      parts: [],
      rows: [],
      differences: [],
      changedByThemselves: 0,
      entries: 0,
    };
  }

  /** @returns the exit code. */
  async run(): Promise<number> {
    try {
      await this.ask();
      await this.writeDown();
    } catch (error) {
      if (this.signals.exitCode === undefined)
        throw new Refused(failureOf(error), { cause: error });
      this.story.say("\nInterrupted: nothing was changed.");
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
    const { story, signals } = this;
    story.say(
      "This turns a machine into a rootless Docker host, tries it, and restores the machine.",
    );
    story.say("At first it only asks the machine. Ctrl-C at any moment destroys what it made.");
    await this.part("the machine is asked", () => this.identify());
    const { problems, plan } = await this.part(
      "preflight: a preview asks the machine",
      async () => {
        this.life = await Life.begin(this.options, this.folder);
        this.findings.pulumiVersion = this.life.pulumiVersion;
        return this.life.preview(signals.stop);
      },
    );
    if (problems.length > 0)
      throw new Error(`up would fail:\n${problems.map((text) => `  ${text}`).join("\n")}`);
    story.say("\nThe machine has now, and will have until the trial ends:");
    for (const line of plan) story.say(`   ${line}`);
    story.say(
      `The trial also runs containers as ${this.options.account}, and reads every file for a comparison.`,
    );
    if (!this.options.yes) await this.consent();
  }

  /** @throws Error where the machine has an installation, or the account. */
  private async identify(): Promise<void> {
    const { account } = this.options;
    const answer = await this.machine.asRoot(
      `. /etc/os-release
printf '%s\\n' "$PRETTY_NAME" "$(uname -r)" "$(uname -m)"
! [ -e /var/lib/rootless-docker ] || echo installation
! getent passwd ${account} >/dev/null || echo account`,
    );
    const [name, kernel, architecture, ...found] = answer.trim().split("\n");
    if (found.includes("installation"))
      throw new Error(
        "the machine has an installation of rootless-docker (/var/lib/rootless-docker): a trial is for a machine without one",
      );
    if (found.includes("account"))
      throw new Error(
        `the machine has an account ${account}, which a trial would remove: name another one by --account`,
      );
    this.findings.system = { name, kernel, architecture };
    this.story.fact(`${name}, kernel ${kernel}, ${architecture}`);
  }

  private async consent(): Promise<void> {
    if (!process.stdin.isTTY) throw new Error("nobody to ask: --yes goes on without");
    const lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: false,
    });
    try {
      const answer = await lines.question("Continue? Type yes: ", { signal: this.signals.stop });
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
      this.changing = new Set(changed.map(keyOf));
      this.findings.changedByThemselves = changed.length;
      this.findings.entries = this.before.size;
      this.story.fact(
        `${this.before.size} entries, of which ${changed.length} change by themselves`,
      );
    });
  }

  private async picture(file: string): Promise<Picture> {
    const { picture, text } = await takePicture(this.machine, this.options.ignored);
    writeFileSync(join(this.folder, file), text, { mode: 0o600 });
    return picture;
  }

  /** Everything between the first change and the destroy. */
  private async live(): Promise<void> {
    const { story, machine, life, findings } = this;
    const { stop } = this.signals;
    const tell = tellSteps((text) => story.fact(text));
    const limitations = await this.part("pulumi up", async () => {
      return this.readOutputs(await life.up(stop, tell));
    });
    await this.part("a container", async () => {
      findings.image = await bringImage(machine);
      story.fact(`its image: ${findings.image}`);
      story.fact(await startContainer(machine));
    });
    await this.part("limitations against what is tried", () => this.tryLimitations(limitations));
    await this.part("an edit: privilegedPorts", async () => {
      life.edit({ privilegedPorts: PrivilegedPorts.FileCapability });
      story.fact(changeIn(await life.diff(stop)));
      const outputs = await life.up(stop, tell);
      const row = limitationsOf(outputs).filter(({ name }) => name === "privilegedPorts");
      await this.tryLimitations(row, " after the edit");
      story.fact(`the container ${(await isRunning(machine)) ? "still runs" : "was stopped"}`);
    });
    await this.part("drift: a setting is changed by hand", () => this.drift());
    await this.part("no change", async () => {
      if (!(await life.isUnchanged(stop))) throw new Error("a preview shows a change");
      story.fact("the machine was asked, and nothing differs");
    });
  }

  private readOutputs(outputs: OutputMap): Limitation[] {
    const versions = outputs.versions.value as Versions;
    this.findings.versions = versions;
    this.findings.storageDriver = String(outputs.storageDriver.value);
    this.story.fact(
      `engine ${versions.engine}, RootlessKit ${versions.rootlesskit}, ${this.findings.storageDriver}`,
    );
    return limitationsOf(outputs);
  }

  private async tryLimitations(limitations: readonly Limitation[], when = ""): Promise<void> {
    const rows = await tryRows(this.machine, limitations);
    for (const row of rows)
      this.story.fact(`${row.name}: ${row.said}; tried: ${row.tried} (${row.seen})`);
    const named = rows.map((row) => ({ ...row, name: `${row.name}${when}` }));
    this.findings.rows = [...this.findings.rows, ...named];
    const wrong = rows.filter(disagrees).map(({ name }) => name);
    if (wrong.length > 0) throw new Error(`not as limitations says: ${wrong.join(", ")}`);
  }

  private async drift(): Promise<void> {
    const { machine, life, story } = this;
    const { stop } = this.signals;
    const wanted = (await machine.asRoot(`cat ${pingGroups}`)).trim();
    this.pingGroupsBefore = this.before.get(`sysctl ${pingGroups}`)?.value ?? wanted;
    await machine.asRoot(`echo '1 0' >${pingGroups}`);
    if (await life.isUnchanged(stop)) throw new Error("a preview does not show the drift");
    story.fact("ping_group_range is changed, and a preview shows it");
    await life.up(stop);
    const found = (await machine.asRoot(`cat ${pingGroups}`)).trim();
    if (found !== wanted) throw new Error(`an up left ping_group_range at '${found}'`);
    story.fact("an up repaired it");
  }

  /** An up that was cut off takes what the trial has set by hand for what was there before. */
  private async takeBackByHand(): Promise<void> {
    if (this.pingGroupsBefore === undefined) return;
    // The kernel gives the whole value to the first read alone, and the shell reads by characters.
    await this.machine
      .withoutSignal()
      .asRoot(
        `set -- $(cat ${pingGroups}); [ "$*" != '1 0' ] || echo '${this.pingGroupsBefore}' >${pingGroups}`,
      );
  }

  /** @returns whether it succeeded. */
  private async destroy(): Promise<boolean> {
    const tell = tellSteps((text) => this.story.fact(text));
    try {
      await this.part("pulumi destroy", () => this.life.destroy(this.signals.giveUp, tell));
      await this.takeBackByHand();
      return true;
    } catch {
      this.story.say(
        "\nThe machine still has what the trial made. This goes on with the destroy:\n",
      );
      this.story.say(this.life.destroyLine);
      return false;
    }
  }

  /** After an interruption: what the machine still has, is looked for. */
  private async leave(exitCode: number): Promise<number> {
    const { account } = this.options;
    try {
      await new Machine(this.options).asRoot(
        `! [ -e /var/lib/rootless-docker ] && ! getent passwd ${account}`,
      );
    } catch (error) {
      this.story.say(`\nDestroyed; whether nothing is left is not known: ${failureOf(error)}`);
      return 1;
    }
    this.story.say("\nInterrupted, and destroyed: nothing is left on the machine.");
    rmSync(this.folder, { recursive: true, force: true });
    return exitCode;
  }

  private async compare(): Promise<void> {
    await this.part("the machine is the same as before", async () => {
      const after = await this.picture("after.txt");
      const all = differencesOf(this.before, after);
      const differences = all.filter((one) => !this.changing.has(keyOf(one)));
      this.findings.differences = this.shown(differences);
      const text = differences.map((one) => `${inFull(one)}\n`).join("");
      writeFileSync(join(this.folder, "differences.txt"), text, { mode: 0o600 });
      for (const one of differences) this.story.fact(inFull(one));
      if (differences.length > 0) throw new Error(`differences: ${differences.length}`);
      this.story.fact("no difference");
    });
  }

  /** Without repetitions: what has no public name is counted. */
  private shown(differences: readonly Difference[]): string[] {
    const counts = new Map<string, number>();
    for (const one of differences) {
      const line = forStrangers(one, this.options.account);
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    return [...counts].map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line));
  }

  /** @returns the exit code. */
  private report(): number {
    const text = reportOf(this.findings, this.options);
    writeFileSync(join(this.folder, "report.md"), text);
    this.story.say(`\n${text}`);
    this.story.say(`The report and the pictures, which are yours alone, are in ${this.folder}`);
    const isFailed = this.findings.parts.some(({ result }) => result !== "passed");
    if (isFailed) return 1;
    this.tidy();
    return 0;
  }

  /** Removes what only Pulumi needed. */
  private tidy(): void {
    for (const name of ["bin", "passphrase", "project", "state", "tmp"])
      rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  /** A part of the trial, which the report has with its time, and with its failure. */
  private async part<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const end = (result: string) =>
      this.findings.parts.push({ name, seconds: secondsSince(start), result });
    try {
      const value = await this.story.step(name, work);
      end("passed");
      return value;
    } catch (error) {
      const failure = failureOf(error);
      end(anonymous(`failed: ${failure}`, this.options));
      if (this.signals.exitCode === undefined) this.story.fact(`failed: ${failure}`);
      throw error;
    }
  }
}

const keyOf = ({ kind, name }: Difference) => `${kind} ${name}`;

const limitationsOf = (outputs: OutputMap) => outputs.limitations.value as Limitation[];

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
