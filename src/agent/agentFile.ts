import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { agentSum, agentText } from "./agentText";

/**
 * A file with the agent's text, which the engine and the command plugin read: they run on this machine. What it says
 * runs as root elsewhere, so it lies in Pulumi's home, like the plugins that Pulumi runs. The package's own folder may
 * be an archive that only Node.js can read, as with Yarn's Plug'n'Play.
 *
 * There is one file for each version of the agent. It is written to another name first, as other programs may read it
 * now.
 *
 * @throws Error if Pulumi's home cannot be written to.
 */
export function agentFile(): string {
  const folder = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "rootless-docker");
  const file = join(folder, `agent-${agentSum()}.sh`);
  if (hasAgent(file)) return file;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const written = `${file}.${process.pid}`;
  writeFileSync(written, agentText(), { mode: 0o600 });
  renameSync(written, file);
  return file;
}

function hasAgent(file: string): boolean {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex") === agentSum();
  } catch {
    return false;
  }
}
