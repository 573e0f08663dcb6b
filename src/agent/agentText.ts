import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { type StepName, stepNames } from "../steps";
import { type Document, renderDocument } from "../steps/document";
import { version } from "../version";
import { reachedFrom, shellFiles, shellFunctions } from "./shellSources";

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

/** What the shell knows of the steps: the hash of each one's code, as its document has it, and how they are taken back. */
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

/**
 * The agent as it travels: the name and hash of every part, then the whole, compressed. The engine
 * stores a command's stdin twice, so that the plain text would be three quarters of a host's state.
 * In a preview of an upgrade the parts that changed show by name
 * (docs/decisions/0002-agent-travels-compressed.md). What all steps say stands there as well: the agent
 * is put back with them.
 */
export function packedAgent(everyStep: Document = {}): string {
  const { parts, text } = packOnce();
  const said = (renderDocument(everyStep).match(/.+/g) ?? []).map((line) => `# ${line}`);
  return [...parts, ...said, ...text, ""].join("\n");
}

let packed: { parts: string[]; text: string[] } | undefined;

// Not node:zlib: its bytes differ between versions of Node, and the agent would seem to change with
// the machine that runs Pulumi.
function packOnce(): { parts: string[]; text: string[] } {
  if (packed === undefined) {
    const bytes = gzipSync(Buffer.from(agentText()), { level: 9, mtime: 0 });
    const base64 = Buffer.from(bytes).toString("base64");
    packed = {
      parts: [
        "# rootless-docker agent: what runs as root; the hash of each part of its source in src/host, then all of it as gzip+base64.",
        `# version ${version}`,
        "# Plain text on the host: /var/lib/rootless-docker/agents/LEASE/agent",
        ...shellFiles().map(
          ({ path, text }) => `# ${path.slice("host/".length)} ${shortHash(text)}`,
        ),
      ],
      text: base64.match(/.{1,8192}/g) ?? [],
    };
  }
  return packed;
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
  return reachedFrom([`${step}_apply`, `${step}_facts`]).filter(
    (name) => !/^host\/(core\/|ledger\/|main)/.test(shellFunctions().get(name)?.path ?? ""),
  );
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
