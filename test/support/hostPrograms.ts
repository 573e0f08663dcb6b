import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { agentText } from "../../src/agent/agentText";

/** Where a file of the agent is, such as `core/accountRunner.pl`. */
export function hostFile(path: string): string {
  return join(__dirname, "../../src/host", path);
}

/**
 * The agent's functions and texts, for a shell that calls them by itself: its verbs are not run. It is more than an
 * argument of a program can hold: a shell takes it on stdin, or as a file.
 */
export function agentFunctions(): string {
  return agentText().replace('\nmain "$@"\n', "\n");
}

/** What a program of awk in `src/host` prints, alone. */
export function runAwk(path: string, input: string, variables: Record<string, string> = {}) {
  const set = Object.entries(variables).flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  return execFileSync("awk", [...set, "-f", hostFile(path)], { input, encoding: "utf8" });
}
