import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { type StepName, stepNames } from "../steps";
import { type Document, renderDocument } from "../steps/document";

export { stepNames, type StepName };

const frame = [
  ...["frame", "findings", "document", "leases", "claims", "drift"],
  ...["account", "files", "anothers", "sysctl", "packages"],
];

/** Shell files of a step beside its `step.sh`: one for each concern of its own. */
const rooms: Partial<Record<StepName, string[]>> = {
  preflight: ["machine"],
  engine: ["rootful", "uidmap", "checks"],
  account: ["subordinateIds/ids", "resourceControllers/controllers", "keys", "found", "checks"],
  kernel: [
    "unprivilegedPing/ping",
    "sysctls/sysctls",
    "kernelModules/modules",
    "appArmor/appArmor",
    "checks",
  ],
  daemon: ["start", "storage/storage", "network/network", "data/data", "context", "checks"],
  secrets: ["redaction"],
  report: ["limitations", "chain", "doctor"],
};

/** Steps whose functions a step calls: their code is part of what it does. */
export const uses: Partial<Record<StepName, StepName[]>> = {
  preflight: ["engine", "account", "kernel", "daemon"],
  engine: ["daemon", "account", "secrets"],
  account: ["daemon", "secrets"],
  kernel: ["account", "daemon"],
  ports: ["daemon", "account", "secrets"],
  secrets: ["daemon", "account"],
  daemon: ["account", "secrets"],
  report: ["preflight", "engine", "account", "kernel", "ports", "secrets", "daemon"],
};

const sources = join(__dirname, "..");

/** Once a process for each: a program may have hundreds of hosts. */
const part = remembered((path) => withoutComments(readFileSync(join(sources, path), "utf8")));

function remembered(make: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

const framePath = (name: string): string => `agent/${name}.sh`;
const stepPaths = (step: StepName): string[] =>
  ["step", ...(rooms[step] ?? [])].map((room) => `steps/${step}/${room}.sh`);

/** Every part of the agent, in the order in which they are joined. */
const definitions = [...frame.map(framePath), ...stepNames.flatMap(stepPaths)];
const parts = [...definitions, framePath("main")];

/**
 * The agent: one POSIX shell program, joined from the frame's and the steps' `.sh` files. They lie
 * beside the compiled and the uncompiled code alike, and are joined here in both cases.
 */
export function agentText(): string {
  return [...definitions.map(part), codeOfStep(), part(framePath("main"))].join("");
}

/** A shell function that says which code this agent has for a step, as the step's document does. */
function codeOfStep(): string {
  const cases = stepNames.map((step) => `\t${step}) echo ${stepCodeHash(step)} ;;\n`).join("");
  return `code_of_step() {\n\tcase $1 in\n${cases}\tesac\n}\n`;
}

/**
 * The agent as it travels: the name and hash of every part, then the whole, compressed. The engine
 * stores a command's stdin twice, so that the plain text would be three quarters of a host's state.
 * In a preview of an upgrade the parts that changed show by name
 * (docs/decisions/0002-agent-travels-compressed.md). What all steps say stands there as well: the agent
 * is put back with them.
 */
export function packedAgent(everyStep: Document = {}): string {
  return packedWith(renderDocument(everyStep));
}

const packedWith = remembered((everyStep) =>
  [
    "# rootless-docker agent: what runs as root; the hash of each part of its source, then all of it as gzip+base64.",
    "# Plain text on the host: /var/lib/rootless-docker/agent",
    ...parts.map((path) => `# src/${path} sha256:${shortHash(part(path))}`),
    ...(everyStep.match(/.+/g) ?? []).map((line) => `# ${line}`),
    ...(pack(agentText()).match(/.{1,8192}/g) ?? []),
    "",
  ].join("\n"),
);

// Not node:zlib: its bytes differ between versions of Node, and the agent would seem to change with
// the machine that runs Pulumi.
function pack(text: string): string {
  return Buffer.from(gzipSync(Buffer.from(text), { level: 9, mtime: 0 })).toString("base64");
}

/** Turns `packedAgent` on stdin into the agent's text on stdout. */
export const unpackCommand = 'grep -v "^#" | base64 -d | gzip -d';

/**
 * Short hash of the code that a step runs: it stands in the step's document, so that a new version of
 * this package re-runs only the steps whose code changed.
 */
export function stepCodeHash(step: StepName): string {
  return hashOfStep(step);
}

const hashOfStep = remembered((step) => {
  const called = uses[step as StepName] ?? [];
  const steps = stepNames.filter((name) => name === step || called.includes(name));
  const code = [...frame.map(framePath), ...steps.flatMap(stepPaths), framePath("main")];
  return shortHash(code.map(part).join(""));
});

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** Comments stay in the sources: they are no reason to run a step again. */
function withoutComments(text: string): string {
  return text.replace(/^\t*#(?!!).*\n/gm, "").replace(/^\n/gm, "");
}
