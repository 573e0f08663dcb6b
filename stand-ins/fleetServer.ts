import type { AddressInfo } from "node:net";
import {
  type Connection,
  type PublicKeyAuthContext,
  Server,
  type Session,
  type SFTPWrapper,
  utils,
} from "ssh2";

/** What a host answers to one command. */
export interface Answer {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** What stands behind the addresses of a fleet. */
export interface Behind {
  run(command: string, stdin: Buffer): Promise<Answer>;
  upload(path: string, content: Buffer): Promise<unknown>;
}

/** A connection to one address, as a program gives it. */
export type Login = Record<"host" | "user" | "hostKey" | "privateKey", string> & { port: number };

/** Addresses of this machine that answer as hosts do. */
export interface Fleet {
  logins: Login[];
  /** How many logins each address has had so far. */
  counts: number[];
  close(): void;
}

/** Serves SSH on so many loopback addresses, all on one port, with one key pair for hosts and one for the user. */
export async function startFleet(size: number, behind: Behind): Promise<Fleet> {
  const hostKey = utils.generateKeyPairSync("ed25519");
  const userKey = utils.generateKeyPairSync("ed25519");
  const servers: Server[] = [];
  const fleet: Fleet = { logins: [], counts: [], close: () => servers.forEach((s) => s.close()) };
  let port = 0;
  for (let i = 0; i < size; i++) {
    const host = `127.0.0.${i + 2}`;
    const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
      letIn(client, userKey.public);
      client.on("ready", () => fleet.counts[i]++);
      client.on("session", (accept) => serve(accept(), behind));
    });
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject);
      server.listen(port, host, resolve);
    });
    ({ port } = server.address() as AddressInfo);
    servers.push(server);
    const keys = { hostKey: hostKey.public, privateKey: userKey.private };
    fleet.logins.push({ host, port, user: "root", ...keys });
    fleet.counts.push(0);
  }
  return fleet;
}

function letIn(client: Connection, publicKey: string): void {
  const known = utils.parseKey(publicKey);
  if (known instanceof Error) throw known;
  const isRight = ({ key, blob, signature }: PublicKeyAuthContext) =>
    known.getPublicSSH().equals(key.data) &&
    (!signature || (blob !== undefined && known.verify(blob, signature)));
  client.on("authentication", (context) =>
    context.method === "publickey" && isRight(context)
      ? context.accept()
      : context.reject(["publickey"]),
  );
  // A plugin that ends cuts its connections.
  client.on("error", () => undefined);
}

function serve(session: Session, behind: Behind): void {
  session.on("exec", (accept, _reject, { command }) => {
    const channel = accept();
    const stdin: Buffer[] = [];
    channel.on("data", (chunk: Buffer) => stdin.push(chunk));
    channel.on("end", () => {
      const failed = (error: unknown) => ({
        stdout: "",
        stderr: `${String(error)}\n`,
        exitCode: 1,
      });
      void behind
        .run(command, Buffer.concat(stdin))
        .catch(failed)
        .then(({ stdout, stderr, exitCode }) => {
          channel.stderr.write(stderr);
          channel.write(stdout);
          channel.exit(exitCode);
          channel.end();
        });
    });
  });
  session.on("sftp", (accept) => serveFiles(accept(), behind));
}

/** As much of SFTP as the upload of a file needs: each open file's handle is its path. */
function serveFiles(sftp: SFTPWrapper, behind: Behind): void {
  const { OK, FAILURE, NO_SUCH_FILE } = utils.sftp.STATUS_CODE;
  const files = new Map<string, Buffer[]>();
  let uploaded: Promise<unknown> = Promise.resolve();
  const fine = (request: number) => sftp.status(request, OK);
  const attributes = (request: number, path: string) => {
    const chunks = files.get(path);
    const isFolder = ["/", "/tmp", "."].includes(path);
    const size = chunks?.reduce((sum, chunk) => sum + chunk.length, 0) ?? 0;
    const mode = isFolder ? 0o41777 : 0o100600;
    if (!chunks && !isFolder) sftp.status(request, NO_SUCH_FILE);
    else sftp.attrs(request, { mode, uid: 0, gid: 0, size, atime: 0, mtime: 0 });
  };
  sftp.on("OPEN", (request, path) => {
    files.set(path, []);
    sftp.handle(request, Buffer.from(path));
  });
  // A client writes from the beginning to the end, and may never close the file.
  sftp.on("WRITE", (request, handle, _offset, data) => {
    const chunks = files.get(handle.toString()) ?? [];
    chunks.push(data);
    const content = Buffer.concat(chunks);
    uploaded = uploaded
      .then(() => behind.upload(handle.toString(), content))
      .then(() => fine(request))
      .catch((error: unknown) => sftp.status(request, FAILURE, String(error)));
  });
  sftp.on("STAT", attributes).on("LSTAT", attributes);
  sftp.on("FSTAT", (request, handle) => attributes(request, handle.toString()));
  sftp.on("SETSTAT", fine).on("FSETSTAT", fine).on("CLOSE", fine);
  sftp.on("REALPATH", (request, path) =>
    sftp.name(request, [{ filename: path, longname: path, attrs: {} as never }]),
  );
  // A client waits for the other end of its channel.
  sftp.on("end", () => sftp.end());
}
