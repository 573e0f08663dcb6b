import { spawn } from "node:child_process";
import { join } from "node:path";
import { allProcesses, killTree } from "../../../testbed/hosts";
import type { Operation } from "./program";

/** An operation of the engine in a process of its own. */
export interface OwnProcess {
  /** Kills it, with the engine and its plugins. */
  kill: () => void;
  /** What it said when it failed; undefined when it succeeded. */
  failure: Promise<string | undefined>;
}

/**
 * Starts one, for a run whose Pulumi is killed: in this process the rest of a killed program would stay,
 * and the next one can come to register nothing, so that the engine deletes all.
 */
export function startOwnProcess(operation: Operation): OwnProcess {
  const args = ["--import", "tsx", join(__dirname, "program.ts"), JSON.stringify(operation)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const failure = new Promise<string | undefined>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : `ended by ${signal ?? `status ${code}`}\n${said}`),
    );
  });
  const kill = (): void => {
    if (child.pid !== undefined) killTree(child.pid, allProcesses);
  };
  return { kill, failure };
}
