import { randomBytes } from "node:crypto";
import { exec } from "../../hosts/exec";
import { diff } from "../diff";
import type { ResourceType } from "../resourceType";
import { plain, unknown, type Properties } from "../values";
import { goQuote } from "./goQuote";
import { typeFailures, unrecognized } from "./inputs";

const inputNames = [
  "addPreviousOutputInEnv",
  "create",
  "delete",
  "dir",
  "environment",
  "interpreter",
  "stdin",
  "triggers",
  "update",
] as const;

/** The known inputs, and what the last run printed. */
interface State {
  addPreviousOutputInEnv?: boolean;
  create?: string;
  delete?: string;
  dir?: string;
  environment?: Record<string, string>;
  interpreter?: string[];
  stdin?: string;
  update?: string;
  stdout?: string;
  stderr?: string;
}

/** `command:local:Command`: commands that run on the machine that runs Pulumi. */
export const localCommand: ResourceType = {
  check(inputs) {
    const strings = ["create", "delete", "dir", "stdin", "update"];
    const failures = [
      ...unrecognized(Object.keys(inputs), inputNames, "", "CommandInputs"),
      ...strings.flatMap((name) => typeFailures(inputs, name, "string", name)),
    ];
    return { inputs, failures };
  },

  diff(oldInputs, inputs) {
    return diff(inputNames, oldInputs, inputs);
  },

  replacesOn(property) {
    return property === "triggers";
  },

  async create(inputs, { name, preview }) {
    const id = name + randomBytes(4).toString("hex");
    if (preview) return { id, outputs: { ...inputs, stdout: unknown, stderr: unknown } };
    const { create } = stateOf(inputs);
    return { id, outputs: { ...inputs, ...(await run(create, stateOf(inputs))) } };
  },

  async update(state, inputs, { preview }) {
    if (preview) return { ...inputs, stdout: unknown, stderr: unknown };
    const { stdout, stderr } = stateOf(state);
    const wanted = stateOf(inputs);
    const output = await run(wanted.update ?? wanted.create, { ...wanted, stdout, stderr });
    return { ...inputs, ...output };
  },

  async delete(state) {
    const old = stateOf(state);
    await run(old.delete, old);
  },
};

// `check` has seen that these are known.
const stateOf = (properties: Properties) => plain(properties) as unknown as State;

/** Runs a command, and returns what it printed; without one, what the last run did. */
async function run(
  command: string | undefined,
  state: State,
): Promise<{ stdout: string; stderr: string }> {
  const { interpreter = ["/bin/sh", "-c"], dir = ".", stdout = "", stderr = "" } = state;
  if (command === undefined) return { stdout, stderr };
  const previous = { PULUMI_COMMAND_STDOUT: stdout, PULUMI_COMMAND_STDERR: stderr };
  const given = state.addPreviousOutputInEnv === false ? {} : previous;
  // `exec` has no folder to run in.
  const script = 'cd "$1" && shift && exec "$@"';
  const done = await exec("/bin/sh", ["-c", script, "sh", dir, ...interpreter, command], {
    input: state.stdin,
    env: { ...given, ...state.environment },
  });
  if (done.exitCode !== 0) {
    const printed = done.stdout + done.stderr;
    throw new Error(`exit status ${done.exitCode}: running ${goQuote(command)}:\n${printed}`);
  }
  return { stdout: done.stdout.replace(/\n$/, ""), stderr: done.stderr.replace(/\n$/, "") };
}
