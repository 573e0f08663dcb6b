import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { type StepName, stepNames } from "../steps";
import { version } from "../version";
import { layers, reachedFrom, shellFiles, shellFunctions } from "./shellSources";

export { stepNames, type StepName };

/**
 * How core and ledger run steps and keep records. Raised by hand where steps that ran before have to run
 * again for a change there: those two layers are in no step's hash.
 */
const contract = 1;

let joined: string | undefined;

/** The agent: one POSIX shell program, joined from the files of `src/host`. */
export function agentText(): string {
  if (joined === undefined) {
    const texts = shellFiles().map(({ text }) => text);
    joined = [...texts.slice(0, -1), ...tables(), texts.at(-1)].join("");
  }
  return joined;
}

/**
 * The shell's tables of the steps: the hash of each one's code, as its document has it, and how
 * they are taken back.
 */
function tables(): string[] {
  const cases = stepNames.map((step) => `\t${step}) echo ${stepCodeHash(step)} ;;\n`).join("");
  return [
    `code_of_step() {\n\tcase $1 in\n${cases}\tesac\n}\n`,
    `steps_from_last() { echo ${[...stepNames].reverse().join(" ")}; }\n`,
    ...dockerKeys().map(
      ({ kind, text }) => `docker_key_${kind}() {\n\tcat <<'KEY'\n${text}KEY\n}\n`,
    ),
  ];
}

/**
 * The keys that sign Docker's packages, in ASCII armor, as they stand beside the code that reads them.
 * deb: https://download.docker.com/linux/debian/gpg (9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88);
 * rpm: https://download.docker.com/linux/centos/gpg (060A 61C5 1B55 8A7F 742B 77AA C52F EB6B 621E 9F35).
 */
export function dockerKeys(): { kind: string; path: string; text: string }[] {
  return ["deb", "rpm"].map((kind) => {
    const path = `host/platform/packages/docker-${kind}.asc`;
    return { kind, path, text: readFileSync(join(__dirname, "..", path), "utf8") };
  });
}

/** SHA-256 of the agent's text, in hexadecimal. */
export function agentSum(): string {
  return (sum ??= createHash("sha256").update(agentText()).digest("hex"));
}

let sum: string | undefined;

/**
 * The agent by version and sum, and the hash of every folder of its source. A preview of an upgrade shows the folders
 * that changed by name, and not the agent's text.
 */
export function agentParts(): { program: string; parts: string[] } {
  return (agentPartsOnce ??= readParts());
}

let agentPartsOnce: ReturnType<typeof readParts> | undefined;

function readParts() {
  const parts = [...layers, "main.sh"].map((name) => {
    const files = shellFiles().filter(({ path }) => path.startsWith(`host/${name}`));
    return `# ${name} ${shortHash(files.map(({ path, text }) => `${path}\n${text}`).join(""))}`;
  });
  return { program: `${version} ${agentSum().slice(0, 8)}`, parts };
}

/** The agent as it travels on a command's stdin, compressed: the engine keeps that twice in a stack's state. */
export function packedAgent(): string {
  return (packed ??= pack());
}

let packed: string | undefined;

// Not node:zlib: its bytes differ between versions of Node, and the agent would seem to change with
// the machine that runs Pulumi.
function pack(): string {
  const bytes = gzipSync(Buffer.from(agentText()), { level: 9, mtime: 0 });
  const base64 = Buffer.from(bytes).toString("base64");
  return [
    "# rootless-docker agent: what runs as root, as gzip+base64.",
    `# version ${version}`,
    "# Plain text on the host: /var/lib/rootless-docker/agents/ID/agent",
    ...(base64.match(/.{1,8192}/g) ?? []),
    "",
  ].join("\n");
}

/** Turns `packedAgent` on stdin into the agent's text on stdout. */
export const unpackCommand = 'grep -v "^#" | base64 -d | gzip -d';

const hashes = new Map<StepName, string>();

/**
 * Short hash of the code that a step runs: it stands in the step's document, so that a new version of
 * this package re-runs only the steps whose code changed.
 */
export function stepCodeHash(step: StepName): string {
  const hash = hashes.get(step) ?? shortHash(codeOf(step));
  hashes.set(step, hash);
  return hash;
}

/** The functions that a step's own work leads to, but those of core and ledger, and the verbs themselves. */
export function functionsOfStep(step: StepName): string[] {
  return reachedFrom(
    ["preflight", "begin", "apply", "facts"].map((part) => `${step}_${part}`),
  ).filter((name) => !/^host\/(core\/|ledger\/|main)/.test(shellFunctions().get(name)?.path ?? ""));
}

function codeOf(step: StepName): string {
  const bodies = functionsOfStep(step).map(
    (name) => `${name}() {\n${shellFunctions().get(name)?.body}\n}\n`,
  );
  return `contract ${contract}\n${bodies.join("")}`;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
