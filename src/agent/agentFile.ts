import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { agentSum, agentText } from "./agentText";

let file: string | undefined;

/**
 * A file with the agent's text, which the engine and the command plugin read: they run on this machine. It lies in a
 * directory that only this user can change, since what it says runs as root elsewhere.
 *
 * @throws Error where no file can be written in the system's directory for temporary files.
 */
export function agentFile(): string {
  // A long program outlives what cleans that directory, and others may make another one then.
  if (file !== undefined && isOwn(dirname(file)) && existsSync(file)) return file;
  file = join(ownDirectory(), `agent-${agentSum().slice(0, 16)}.sh`);
  if (!isWhole(file)) {
    const written = `${file}.${process.pid}`;
    writeFileSync(written, agentText());
    renameSync(written, file);
  }
  return file;
}

function isWhole(path: string): boolean {
  try {
    return readFileSync(path, "utf8") === agentText();
  } catch {
    return false;
  }
}

/** The same one in each run, so that no run leaves another. Where somebody else has made it, a new one. */
function ownDirectory(): string {
  const directory = join(tmpdir(), `rootless-docker-${process.getuid?.() ?? "user"}`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch {
    // A file or a link of that name.
  }
  return isOwn(directory) ? directory : mkdtempSync(`${directory}-`);
}

function isOwn(directory: string): boolean {
  const { uid, mode = 0 } = lstatSync(directory, { throwIfNoEntry: false }) ?? {};
  if (process.platform === "win32") return (mode & 0o40000) !== 0;
  return uid === process.getuid?.() && (mode & 0o40777) === 0o40700;
}
