import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Client, SFTPWrapper, Stats } from "ssh2";
import { goQuote } from "./goQuote";

/**
 * Copies a file by SFTP: into a folder, if there is one at `path`, else to `path`, with the folders above it. What is
 * there is written over in place: a link is followed, and a write that fails leaves a part.
 */
export async function upload(client: Client, source: string, path: string): Promise<void> {
  const sftp = await start(client);
  const content = await readFile(source);
  const found = await stat(sftp, path).catch((error: unknown) => {
    if (codeOf(error) !== 2) throw failed(`failed to stat remote path ${path}`, error);
    return undefined;
  });
  if (!found) {
    await makeFolders(sftp, dirname(path)).catch((error: unknown) => {
      throw failed(`failed to create parent directories for ${path}`, error);
    });
  }
  const file = found?.isDirectory() ? join(path, basename(source)) : path;
  const open = promisify<string, Buffer>((name, done) => sftp.open(name, "w+", done));
  const handle = await open(file).catch((error: unknown) => {
    throw failed(`failed to create remote file ${file}`, error);
  });
  await promisify(sftp.write.bind(sftp))(handle, content, 0, content.length, 0).catch(
    (error: unknown) => {
      throw failed(`failed to copy file ${source} to remote path ${file}`, error);
    },
  );
}

function start(client: Client): Promise<SFTPWrapper> {
  return promisify(client.sftp.bind(client))().catch((error: unknown) => {
    const { message } = error as Error;
    if (message.includes("subsystem")) throw new Error("ssh: subsystem request failed");
    // What a shell prints is read as a packet, whose length is its first four characters.
    const reason = message.includes("exceeds max length")
      ? "packet too long"
      : "server unexpectedly closed connection: unexpected EOF";
    throw new Error(`error receiving version packet from server: ${reason}`);
  });
}

function stat(sftp: SFTPWrapper, path: string): Promise<Stats> {
  return promisify(sftp.stat.bind(sftp))(path);
}

async function makeFolders(sftp: SFTPWrapper, path: string): Promise<void> {
  const found = await stat(sftp, path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (found) throw new Error(`mkdir ${path}: not a directory`);
  if (dirname(path) !== path) await makeFolders(sftp, dirname(path));
  await promisify((done: (error?: Error | null) => void) => sftp.mkdir(path, done))();
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** An error of the server in the words of Go's client. */
function failed(what: string, error: unknown): Error {
  const { message } = error as Error;
  const reasons: Record<string, string> = {
    2: "file does not exist",
    3: "permission denied",
    4: `sftp: ${goQuote(message)} (SSH_FX_FAILURE)`,
  };
  return new Error(`${what}: ${reasons[String(codeOf(error))] ?? message}`);
}
