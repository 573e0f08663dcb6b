import { copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CommandError,
  type Deployment,
  type EngineEvent,
  type Stack as PulumiStack,
} from "@pulumi/pulumi/automation";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { createWorkspaceStack } from "../../stand-ins/toolchain";
import { stackOfLine } from "./docsLine";

type Program = () => void | Promise<void>;

/** A resource as the state records it; secrets are ciphertext. */
export interface Recorded {
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** How an operation of the engine went. */
export interface Outcome {
  /** What the CLI printed, when it failed. */
  failure: string | undefined;
  events: EngineEvent[];
  /** All that the CLI printed. */
  printed: string;
}

/** A stack of its own on the real engine. */
export class Stack {
  private constructor(
    private readonly stack: PulumiStack,
    private readonly backendDir: string,
  ) {}

  /** A stack, empty unless `backendDir` has it. Its name shows in nothing but messages. */
  static async start(
    stackName: string,
    backendDir = mkdtempSync(join(tmpdir(), "conformance-")),
  ): Promise<Stack> {
    const projectName = "conformance";
    const program = async (): Promise<void> => {};
    const stack = await createWorkspaceStack({ stackName, projectName, program, backendDir });
    // Each costs a run of the CLI after every operation, and the state file says as much.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
    return new Stack(stack, backendDir);
  }

  /** Brings the stack to what the program says. Throws if that fails. */
  async up(program: Program, signal?: AbortSignal): Promise<Outcome> {
    return succeeded(await this.tryUp(program, signal));
  }

  /** Like `up`, for a program that may fail. `hear` gets what the CLI prints, as it prints it. */
  tryUp(program: Program, signal?: AbortSignal, hear?: (text: string) => void): Promise<Outcome> {
    return outcomeOf(
      (watch) => this.stack.up({ program: running(program), signal, ...watch }),
      hear,
    );
  }

  async preview(program: Program): Promise<Outcome> {
    return succeeded(
      await outcomeOf((watch) => this.stack.preview({ program: running(program), ...watch })),
    );
  }

  /** The text of `preview`, or of `preview --diff`, without colours. */
  async previewText(program: Program, { diff }: { diff: boolean }): Promise<string> {
    const result = await this.stack.preview({ program: running(program), color: "never", diff });
    // Where the CLI prints what is said, with --diff.
    return diff ? `${result.stdout}\n${result.stderr}` : result.stdout;
  }

  /**
   * What the engine asks itself for each resource that is the same: whether all of the state has to be written. The
   * answers, as its log has them (`mustWrite` of backend/snapshot.go). Pulumi 3.248 asks nothing in a preview.
   */
  async writesOf(operation: "up" | "preview", program: Program): Promise<string[]> {
    const options = { program: running(program), logToStdErr: true, logVerbosity: 9 };
    const { stderr } =
      operation === "up" ? await this.stack.up(options) : await this.stack.preview(options);
    return Array.from(stderr.matchAll(/mustWrite\(\) ([^"\n]*)/g), ([, answer]) => answer);
  }

  /** The text of `destroy --preview-only --diff`, without colours. */
  async destroyPreviewText(): Promise<string> {
    const result = await this.stack.destroy({ previewOnly: true, color: "never", diff: true });
    return result.stdout;
  }

  async refresh(): Promise<Outcome> {
    return succeeded(await outcomeOf((watch) => this.stack.refresh(watch)));
  }

  async destroy(): Promise<Outcome> {
    return succeeded(await this.tryDestroy());
  }

  /** Like `destroy`, where it may fail. */
  tryDestroy(): Promise<Outcome> {
    return outcomeOf((watch) => this.stack.destroy(watch));
  }

  /** Gives the stack another name, as `pulumi stack rename` does. */
  async rename(stackName: string): Promise<void> {
    await this.stack.rename({ stackName });
  }

  /** `up` by a line of shell that begins with `pulumi up`, as a user types it. */
  async upBy(line: string, program: Program): Promise<Outcome> {
    return succeeded(await this.tryUpBy(line, program));
  }

  /** The same, where it may fail. `look` sees what the engine does, while it does it. */
  async tryUpBy(
    line: string,
    program: Program,
    look?: (event: EngineEvent) => void,
  ): Promise<Outcome> {
    const stack = await stackOfLine(line, this.stack, running(program));
    return outcomeOf((watch) => stack.up(watch), undefined, look);
  }

  /** `preview` by a line of shell that has `pulumi preview` in it, which may fail. */
  async tryPreviewBy(line: string, program: Program): Promise<Outcome> {
    const stack = await stackOfLine(line, this.stack, running(program));
    return outcomeOf((watch) => stack.preview(watch));
  }

  /** `preview` as the action pulumi/actions runs it: by the Automation API, with these values written down first. */
  async tryPreviewWith(
    config: Record<string, { value: string }>,
    options: { diff?: boolean; expectNoChanges?: boolean },
    program: Program,
  ): Promise<Outcome> {
    await this.stack.setAllConfig(config);
    return outcomeOf((watch) =>
      this.stack.preview({ program: running(program), ...options, ...watch }),
    );
  }

  /** Runs a line of shell where the project is, with the CLI as `pulumi`. */
  async run(line: string): Promise<void> {
    const { envVars } = this.stack.workspace;
    const env = { ...envVars, PULUMI_STACK: this.stack.name };
    await execOrThrow("sh", ["-c", `cd ${this.stack.workspace.workDir} && ${line}`], { env });
  }

  /** After an engine that was killed: its lock, as `pulumi cancel` takes it away. */
  async unlock(): Promise<void> {
    this.mendState();
    await this.stack.cancel();
  }

  /**
   * The file backend writes a state in place: killed meanwhile, it leaves a part of one, and beside it the
   * copy that it made of the one before. That is what a user goes back to, too.
   */
  private mendState(): void {
    try {
      JSON.parse(this.stateText);
    } catch {
      copyFileSync(`${this.stateFile}.bak`, this.stateFile);
    }
  }

  /** What `pulumi stack export` prints: secrets are ciphertext. */
  async exportText(): Promise<string> {
    const { workDir, envVars, pulumiCommand } = this.stack.workspace;
    const args = ["stack", "export", "--cwd", workDir, "--stack", this.stack.name];
    return execOrThrow(pulumiCommand.command, args, { env: envVars });
  }

  /** The state as `pulumi stack export --show-secrets` gives it. */
  exportState(): Promise<Deployment> {
    return this.stack.exportStack();
  }

  /** Puts a state in the place of its own, as `pulumi stack import` does. */
  importState(state: Deployment): Promise<void> {
    return this.stack.importStack(state);
  }

  /** The state file's text. */
  get stateText(): string {
    return readFileSync(this.stateFile, "utf8");
  }

  private get stateFile(): string {
    return join(this.backendDir, ".pulumi/stacks/conformance", `${this.stack.name}.json`);
  }

  /** What the state has under a resource's name, if it has it. */
  recorded(name: string): Recorded | undefined {
    const state = JSON.parse(this.stateText) as {
      checkpoint: { latest: { resources?: (Recorded & { urn: string })[] } };
    };
    return state.checkpoint.latest.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  }

  /** The state's outputs of a resource that it must have. */
  outputs(name: string): Record<string, unknown> {
    const found = this.recorded(name);
    if (!found) {
      throw new Error(`${name} is not in the state`);
    }
    return found.outputs;
  }
}

/** What the engine did, in its order: `create first`, `delete-replaced second`. */
export function steps({ events }: Pick<Outcome, "events">): string[] {
  return events.flatMap(({ resourcePreEvent }) => {
    const { op, urn, type } = resourcePreEvent?.metadata ?? { op: "same", urn: "", type: "" };
    const ours = !type.startsWith("pulumi:");
    return ours && op !== "same" ? [`${op} ${nameIn(urn)}`] : [];
  });
}

/** What an operation said about a resource: lines beside it, or what stays in the diagnostics. */
export function said(
  { events }: Outcome,
  name: string,
  kind: "live" | "lasting",
): { severity: string; message: string }[] {
  return events.flatMap(({ diagnosticEvent: event }) =>
    event?.urn?.endsWith(`::${name}`) && (event.ephemeral ?? false) === (kind === "live")
      ? [{ severity: event.severity, message: plainText(event.message) }]
      : [],
  );
}

/** Lines that a resource printed while it ran. */
export function live(outcome: Outcome, resource: string): string[] {
  return said(outcome, resource, "live").map(({ message }) => message);
}

/** The engine's marks for colours are words between `<{%` and `%}>`. */
function plainText(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trimEnd();
}

function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function running(program: Program): () => Promise<void> {
  return async () => program();
}

interface Watch {
  onEvent: (event: EngineEvent) => void;
  onOutput: (text: string) => void;
  onError: (text: string) => void;
}

async function outcomeOf(
  work: (watch: Watch) => Promise<unknown>,
  hear: (text: string) => void = () => undefined,
  look: (event: EngineEvent) => void = () => undefined,
): Promise<Outcome> {
  const events: EngineEvent[] = [];
  const printed: string[] = [];
  const print = (text: string): void => {
    printed.push(text);
    hear(text);
  };
  let failure: string | undefined;
  try {
    const onEvent = (event: EngineEvent): void => {
      events.push(event);
      look(event);
    };
    await work({ onEvent, onOutput: print, onError: print });
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    failure = error.message;
  }
  return { failure, events, printed: printed.join("") };
}

function succeeded(outcome: Outcome): Outcome {
  if (outcome.failure !== undefined) {
    throw new Error(outcome.failure);
  }
  return outcome;
}
