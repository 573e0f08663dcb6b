import { createHash } from "node:crypto";
import { gzipSync } from "fflate";
import { type StepName, stepNames } from "../steps";
import { version } from "../version";
import { embeddedFiles, layers, reachedFrom, shellFiles, shellFunctions } from "./sources";

/** The agent, as it is put together from `src/host`. */
export interface BuiltAgent {
  /** Its text, as gzip in base64. */
  packed: string;
  /** SHA-256 of its text, in hexadecimal. */
  sum: string;
  /** The hash of every folder of its sources, a line each. */
  parts: string[];
  /** The hash of the code that each step runs. */
  codeHashes: Record<StepName, string>;
}

/**
 * How core and ledger run steps and keep records. Raised by hand where steps that ran before have to run
 * again for a change there: those two layers are in no step's hash.
 */
const contract = 1;

/** The agent, one POSIX shell program, joined from the files of `src/host`. */
export function joinAgent(): BuiltAgent {
  const text = joinedText();
  // Not node:zlib: its bytes differ between versions of Node, and the agent would seem to change with
  // the machine that builds it.
  const packed = gzipSync(Buffer.from(text), { level: 9, mtime: 0 });
  return {
    packed: Buffer.from(packed).toString("base64"),
    sum: createHash("sha256").update(text).digest("hex"),
    parts: folderHashes(),
    codeHashes: Object.fromEntries(stepNames.map((step) => [step, codeHash(step)])) as Record<
      StepName,
      string
    >,
  };
}

function joinedText(): string {
  const [frame = "", ...texts] = shellFiles().map(({ text }) => text);
  const main = texts.pop() ?? "";
  return [frame, ...embeddedFiles().map(assignment), ...texts, ...tables(), main].join("");
}

/** The shell's assignment of a text to its variable. */
function assignment({ name, text }: { name: string; text: string }): string {
  return `${name}='${text.replace(/'/g, "'\\''")}'\n`;
}

/**
 * The shell's tables of the steps: the hash of each one's code, as its document has it, and how
 * they are taken back; and the version of this package.
 */
function tables(): string[] {
  const cases = stepNames.map((step) => `\t${step}) echo ${codeHash(step)} ;;\n`).join("");
  return [
    `code_of_step() {\n\tcase $1 in\n${cases}\tesac\n}\n`,
    `steps_from_last() { echo ${[...stepNames].reverse().join(" ")}; }\n`,
    `version_of_agent() { echo ${version}; }\n`,
  ];
}

/** The hash of every folder of the sources, a line each. */
function folderHashes(): string[] {
  const all = [...shellFiles(), ...embeddedFiles()];
  return [...layers, "main.sh"].map((name) => {
    const files = all.filter(({ path }) => path.startsWith(`host/${name}`));
    return `# ${name} ${shortHash(files.map(({ path, text }) => `${path}\n${text}`).join(""))}`;
  });
}

/**
 * Short hash of the code that a step runs: it stands in the step's document, so that a new version of
 * this package re-runs only the steps whose code changed.
 */
function codeHash(step: StepName): string {
  const bodies = functionsOfStep(step).map(
    (name) => `${name}() {\n${shellFunctions().get(name)?.body}\n}\n`,
  );
  return shortHash(`contract ${contract}\n${bodies.join("")}`);
}

/** The functions that a step's own work leads to, but those of core and ledger, and the verbs themselves. */
export function functionsOfStep(step: StepName): string[] {
  return reachedFrom(
    ["preflight", "begin", "apply", "facts"].map((part) => `${step}_${part}`),
  ).filter((name) => !/^host\/(core\/|ledger\/|main)/.test(shellFunctions().get(name)?.path ?? ""));
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
