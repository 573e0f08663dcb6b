import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { isKnown } from "./sdkInternals";
import { logOn } from "./log";
import { Restarts } from "./steps/operations";
import { readSettings, type Settings } from "./steps/settings";
import { type InputPath, valueAt } from "./steps/inputPaths";
import { isUsedWithoutMark, isWithin, publicSecrets, secretInputs } from "./steps/secretInputs";
import { describeProblems, pending, type Problem } from "./validation/reader";

/** The inputs that a setting is made of: the one at its own path, but for settings of secret values. */
function sourcesOf(setting: InputPath): string[] {
  const inputs = Object.entries(secretInputs).filter(([, of]) => of === setting);
  return inputs.length > 0 ? inputs.map(([input]) => input) : [setting];
}

/**
 * Whether the setting of an input has no secret value, since another one has those. A connection that is a secret as a
 * whole does not make one of how its user becomes root.
 */
function isPartedFromSecrets(input: string): boolean {
  if (input === "connection.privilegeEscalation") return true;
  return Object.keys(secretInputs).some((one) => isWithin(input, one));
}

/** The arguments of one component, checked: what is plain at once, Outputs as soon as they are known. */
export class Inputs {
  /** The plain values of the arguments, with a mark for each Output. */
  private readonly plain: unknown;
  /** The arguments, where options that hold no secret have no mark. */
  private readonly unmarked: unknown;
  private readonly settings: Settings;
  private readonly warnings: Problem[];
  private checked: ReturnType<Inputs["check"]> | undefined;

  /** @throws InputPropertiesError with every problem of what is plain. */
  constructor(private readonly args: RootlessDockerHostArgs) {
    this.plain = withoutOutputs(args);
    this.unmarked = withoutMarks(args);
    const { settings, problems, warnings } = readSettings(this.plain);
    this.settings = settings;
    this.warnings = warnings;
    problems.push(...unguarded(settings));
    if (problems.length === 0) return;
    throw refusal(problems);
  }

  /** The settings, where all that stands at these paths is known at once. */
  atOnce(paths: readonly InputPath[]): Settings | undefined {
    const given = paths.flatMap(sourcesOf);
    return given.some((path) => hasPending(valueAt(this.plain, path, pending)))
      ? undefined
      : this.settings;
  }

  /** A value made of settings: as known and as secret as the inputs at these paths, and no more. */
  from<T>(paths: readonly InputPath[], make: (settings: Settings) => T): pulumi.Input<T> {
    const settings = this.atOnce(paths);
    if (settings) return make(settings);
    const given = paths.flatMap(sourcesOf);
    // Their values are those of the check; of these Outputs counts whether they are known and secret.
    return pulumi
      .all(given.map((path) => this.outputAt(path)))
      .apply<T>(() => this.whenKnown().then((known) => make(known.settings)));
  }

  /**
   * Whether all Outputs turn out to be right; at preview some may never be known. Problems are logged, all
   * at once.
   *
   * It does not throw: a resource with a failed input is never registered, and a program of the
   * Automation API then waits for it for ever (docs/decisions/0003-refused-arguments.md).
   */
  areRight(component: pulumi.Resource): true | Promise<boolean> {
    return hasPending(this.plain) ? this.areRightLater(component) : true;
  }

  /** Logs what the arguments say that is accepted, and still does not do what it is for. */
  async warn(component: pulumi.Resource): Promise<void> {
    const warnings = hasPending(this.plain) ? (await this.whenKnown()).warnings : this.warnings;
    for (const { propertyPath, reason } of warnings)
      await logOn(component, "warn", `${propertyPath}: ${reason}`);
  }

  /** The arguments' values, secret or not, with the mark `pending` for what is not known yet. */
  async values(): Promise<unknown> {
    return (await this.whenKnown()).known;
  }

  /** The settings, with the default for what is not known yet. */
  async knownSettings(): Promise<Settings> {
    return (await this.whenKnown()).settings;
  }

  private async areRightLater(component: pulumi.Resource): Promise<boolean> {
    const { problems } = await this.whenKnown();
    if (problems.length > 0) await logOn(component, "error", describeProblems(problems));
    return problems.length === 0;
  }

  private whenKnown(): ReturnType<Inputs["check"]> {
    this.checked ??= this.check();
    return this.checked;
  }

  private async check() {
    const secretPaths: string[] = [];
    const known = await withOutputs(this.args, "", secretPaths);
    const { settings, problems, warnings } = readSettings(known, secretPaths);
    const marked = publicSecrets(secretPaths, settings.secrets);
    problems.push(...marked.problems, ...unguarded(settings));
    warnings.push(...marked.warnings);
    return { known, settings, problems, warnings };
  }

  private outputAt(path: string): pulumi.Output<unknown> {
    let value: unknown = this.unmarked;
    for (const key of path.split(".")) value = memberOf(value, key);
    const output = outputOf(value);
    return isPartedFromSecrets(path) ? pulumi.unsecret(output) : output;
  }
}

/** Whether a value of an input is one; an empty list is none. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function memberOf(value: unknown, key: string): unknown {
  return isOutput(value)
    ? outputOf(value).apply((known) => valueAt(known, key))
    : valueAt(value, key);
}

/** No argument is deeper; and an object that holds itself has no end. The settings refuse what is as deep. */
const deepest = 200;

/** The arguments with every Output and Promise replaced by the mark for "not known yet". */
function withoutOutputs(value: unknown, depth = 0): unknown {
  if (isOutput(value)) return pending;
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((part) => withoutOutputs(part, depth + 1));
  const parts = Object.entries(value).map(([key, part]) => [key, withoutOutputs(part, depth + 1)]);
  return Object.fromEntries(parts);
}

/** The arguments with no mark as a secret on options that hold none. */
function withoutMarks(value: unknown, path = "", depth = 0): unknown {
  if (isOutput(value)) return isUsedWithoutMark(path) ? pulumi.unsecret(outputOf(value)) : value;
  if (typeof value !== "object" || value === null || depth > deepest) return value;
  if (Array.isArray(value))
    return value.map((part, index) => withoutMarks(part, `${path}[${index}]`, depth + 1));
  const parts = Object.entries(value).map(([key, part]) => [
    key,
    withoutMarks(part, path ? `${path}.${key}` : key, depth + 1),
  ]);
  return Object.fromEntries(parts);
}

function hasPending(value: unknown, depth = 0): boolean {
  if (value === pending) return true;
  if (typeof value !== "object" || value === null || depth > deepest) return false;
  return Object.values(value).some((part) => hasPending(part, depth + 1));
}

/** The arguments with every Output's value. At preview, one may not be known, and stays pending. */
async function withOutputs(value: unknown, path: string, secretPaths: string[]): Promise<unknown> {
  if (isOutput(value)) {
    const output = outputOf(value);
    if (await pulumi.isSecret(output)) secretPaths.push(path);
    return (await isKnown(output)) ? new Promise((resolve) => output.apply(resolve)) : pending;
  }
  if (Array.isArray(value)) {
    const parts = value.map((part, index) => withOutputs(part, `${path}[${index}]`, secretPaths));
    return Promise.all(parts);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, part]) => {
    return [key, await withOutputs(part, path ? `${path}.${key}` : key, secretPaths)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function outputOf(value: unknown): pulumi.Output<unknown> {
  return pulumi.output(value);
}

function isOutput(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** A guard that is silently absent is worse than none. */
function unguarded({ operations: { restarts } }: Settings): Problem[] {
  const variable = "PULUMI_NODEJS_SKIP_COMPONENT_INPUTS";
  if (restarts !== Restarts.Refuse || !process.env[variable]) return [];
  const reason = `'refuse' requires the inputs in the state, but ${variable} keeps them out of it; unset that variable, or leave operations.restarts out`;
  return [{ propertyPath: "operations.restarts", reason }];
}

/**
 * The error with which a program that is refused ends. Node.js shows an error with its frames and properties: of these
 * the program's own frames alone, since the message has all else.
 */
function refusal(problems: Problem[]): pulumi.InputPropertiesError {
  const errors = problems.map((problem) => ({ ...problem }));
  const error = new pulumi.InputPropertiesError({ message: describeProblems(problems), errors });
  const isForeign = (line: string) => /^ {4}at .*(node_modules|node:internal)/.test(line);
  const shown = (error.stack ?? error.message).split("\n").filter((line) => !isForeign(line));
  return Object.defineProperty(error, inspect.custom, { value: () => shown.join("\n") });
}
