import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import {
  type EngineEvent,
  LocalWorkspace,
  type OutputMap,
  PulumiCommand,
  type Stack,
} from "@pulumi/pulumi/automation";
import {
  DriftDetection,
  OnDestroyData,
  RootlessDockerHost,
  type RootlessDockerHostArgs,
} from "../../index";
import { account } from "./machine";
import type { Options } from "./options";

const projectName = "rootless-docker-trial";
const stackName = "trial";

/** What a preview says of a new machine. */
export interface Preview {
  /** Errors with which an up would end. */
  problems: string[];
  /** What the machine has now, and will have. */
  plan: string[];
}

/** The life of one component, with its state in a folder. */
export class Life {
  private constructor(
    private readonly stack: Stack,
    private readonly folder: string,
    /** Inputs that were changed since, which the program reads each time it runs. */
    private readonly edits: Partial<RootlessDockerHostArgs>,
    readonly pulumiVersion: string,
  ) {}

  /** Makes an empty stack in a folder. */
  static async begin(options: Options, folder: string): Promise<Life> {
    const pulumiCommand = await pulumiOf(folder);
    const passphrase = randomBytes(16).toString("hex");
    writeFileSync(join(folder, "passphrase"), passphrase, { mode: 0o600 });
    const [workDir, state] = [join(folder, "project"), join(folder, "state")];
    mkdirSync(workDir);
    mkdirSync(state);
    const edits: Partial<RootlessDockerHostArgs> = {};
    const program = async () => programOf(options, edits);
    const stack = await LocalWorkspace.createStack(
      { stackName, projectName, program },
      {
        pulumiCommand,
        workDir,
        envVars: {
          PULUMI_BACKEND_URL: `file://${state}`,
          PULUMI_CONFIG_PASSPHRASE: passphrase,
          PULUMI_SKIP_UPDATE_CHECK: "1",
        },
      },
    );
    return new Life(stack, folder, edits, String(pulumiCommand.version));
  }

  /** Changes inputs for all that follows. */
  edit(args: Partial<RootlessDockerHostArgs>): void {
    Object.assign(this.edits, args);
  }

  /** Asks the new machine, which changes nothing on it. */
  async preview(signal: AbortSignal): Promise<Preview> {
    signal.throwIfAborted();
    const messages: string[] = [];
    await this.stack.preview({
      signal,
      onEvent: ({ diagnosticEvent }) => messages.push(plainText(diagnosticEvent?.message ?? "")),
    });
    const problem = /^(?:warning: )?up would fail: /;
    const plan = messages.find((message) => message.includes("the machine now =>")) ?? "";
    return {
      problems: messages
        .filter((message) => problem.test(message))
        .map((message) => message.replace(problem, "")),
      plan: plan.split("\n").slice(1),
    };
  }

  /** The text of `pulumi preview --diff`. */
  async diff(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { stdout } = await this.stack.preview({ signal, diff: true, color: "never" });
    return stripVTControlCharacters(stdout);
  }

  /** Whether `pulumi preview --expect-no-changes` is content. It asks the machine. */
  async isUnchanged(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const { changeSummary } = await this.stack.preview({ signal });
    return Object.keys(changeSummary).every((what) => what === "same");
  }

  async up(signal: AbortSignal, onEvent?: (event: EngineEvent) => void): Promise<OutputMap> {
    signal.throwIfAborted();
    const { outputs } = await this.stack.up({ signal, onEvent });
    signal.throwIfAborted();
    return outputs;
  }

  /**
   * Destroys all there is, also after an `up` that was cut off.
   *
   * @throws Error where something is left, which Pulumi does not call a failure if it was interrupted early.
   */
  async destroy(signal: AbortSignal, onEvent?: (event: EngineEvent) => void): Promise<void> {
    // A Pulumi that was killed leaves its lock.
    await this.stack.cancel().catch(() => undefined);
    signal.throwIfAborted();
    await this.stack.destroy({ signal, onEvent });
    const state = await this.stack.exportStack();
    const { resources = [] } = state.deployment as { resources?: unknown[] };
    if (resources.length > 0) throw new Error(`${resources.length} resources are left`);
  }

  /** The line of shell that goes on with a destroy. */
  get destroyLine(): string {
    const { folder } = this;
    return [
      `PULUMI_CONFIG_PASSPHRASE="$(cat '${folder}/passphrase')" PULUMI_BACKEND_URL='file://${folder}/state'`,
      `pulumi destroy --yes --stack ${stackName} --cwd '${folder}/project'`,
    ].join(" ");
  }
}

function programOf(options: Options, edits: Partial<RootlessDockerHostArgs>): object {
  const { host, port, user, key, hostKey, inputs } = options;
  const privateKey = key === undefined ? undefined : readFileSync(key, "utf8");
  const component = new RootlessDockerHost("trial", {
    ...inputs,
    connection: { host, port, user, privateKey, hostKey },
    account: { name: account },
    onDestroy: { data: OnDestroyData.Delete },
    operations: { driftDetection: DriftDetection.Required },
    ...edits,
  });
  const { versions, storageDriver, limitations } = component;
  return { versions, storageDriver, limitations };
}

/**
 * The `pulumi` on PATH, in a session of its own: Ctrl-C in a terminal reaches every program of its process group, and
 * Pulumi, which would be interrupted twice then, would cut its command off.
 */
async function pulumiOf(folder: string): Promise<PulumiCommand> {
  const pulumi = pathOf("pulumi");
  if (pulumi === undefined)
    throw new Error(
      "there is no pulumi on PATH: install Pulumi's CLI, https://www.pulumi.com/docs/iac/download-install/",
    );
  const setsid = pathOf("setsid");
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec ${setsid ? `'${setsid}' ` : ""}'${pulumi}' "$@"\n`;
  writeFileSync(join(bin, "pulumi"), script);
  chmodSync(join(bin, "pulumi"), 0o755);
  return PulumiCommand.get({ root: folder });
}

function pathOf(program: string): string | undefined {
  try {
    const path = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
    return path.trim();
  } catch {
    return undefined;
  }
}

/** The engine's marks for colours are words between `<{%` and `%}>`. */
function plainText(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trimEnd();
}

/** Of Pulumi's failure, what it says to people; the whole of it is much longer. */
export function failureOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const diagnostics = /^Diagnostics:\n([^]*?)(?=^Resources:|^Outputs:)/m.exec(message)?.[1];
  return (diagnostics ?? message).trim();
}
