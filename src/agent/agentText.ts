import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Steps that the agent carries out, in the order of their parts. */
export const stepNames = [
  "preflight",
  "engine",
  "account",
  "kernel",
  "ports",
  "secrets",
  "daemon",
  "report",
] as const;
export type StepName = (typeof stepNames)[number];

const frame = ["frame", "document", "claims", "files", "sysctl", "packages"];

/** Steps whose functions a step calls: their code is part of what it does. */
const uses: Partial<Record<StepName, StepName[]>> = {
  preflight: ["engine", "account"],
  engine: ["daemon", "account"],
  account: ["daemon"],
  kernel: ["report"],
  ports: ["daemon", "account", "report"],
  secrets: ["daemon", "account"],
  daemon: ["secrets", "account", "report"],
};

const sources = join(__dirname, "..");

function part(path: string): string {
  return withoutComments(readFileSync(join(sources, path), "utf8"));
}

const framePart = (name: string): string => part(`agent/${name}.sh`);
const stepPart = (step: StepName): string => part(`steps/${step}/step.sh`);

/**
 * The agent: one POSIX shell program, joined from the frame's and the steps' `.sh` files. They lie
 * beside the compiled and the uncompiled code alike, and are joined here in both cases.
 */
export function agentText(): string {
  return [...frame.map(framePart), ...stepNames.map(stepPart), framePart("main")].join("");
}

/**
 * Short hash of the code that a step runs: it stands in the step's document, so that a new version of
 * this package re-runs only the steps whose code changed.
 */
export function stepCodeHash(step: StepName): string {
  const steps = stepNames.filter((name) => name === step || uses[step]?.includes(name));
  const code = [...frame.map(framePart), ...steps.map(stepPart), framePart("main")];
  return createHash("sha256").update(code.join("")).digest("hex").slice(0, 8);
}

/** The text is stored in the state twice; its comments stay in the sources. */
function withoutComments(text: string): string {
  return text.replace(/^\t*#(?!!).*\n/gm, "").replace(/^\n/gm, "");
}
