import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { once } from "node:events";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Duplex } from "node:stream";
import type { Client, ClientChannel, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";

/** A connection with all its values known. */
export type KnownConnection = pulumi.Unwrap<types.input.remote.ConnectionArgs>;
type Hop = Omit<KnownConnection, "proxy">;

/** Milliseconds for a connection, proxy and login included. */
const connectTime = 5_000;
/** Milliseconds for the command, once it is logged in. */
const commandTime = 10_000;
/** Most bytes of an answer. */
const answerSize = 1_000_000;
/** Logins at a time to one machine: sshd drops some beyond ten that have not ended (MaxStartups 10:30:100). */
const loginsAtOnce = 8;
/** How often a login is tried where the machine hangs up before it: others may log in there, too. */
const loginTries = 3;
/** Milliseconds before the second try, and a random part of it more, so that those that were dropped do not meet again. */
const loginPause = 500;

/**
 * Runs one command on a host, as `remote.Command` would, and gives what it printed on stdout.
 *
 * @throws Error that says why there is no answer: no connection or login within 5 seconds, no end within 10
 * more, an exit status that is not 0. A machine that hangs up before the login is tried three times.
 */
export async function runOverSsh(
  connection: KnownConnection,
  command: string,
  stdin = "",
): Promise<string> {
  const clients = await logIn(connection);
  try {
    return await within(commandTime, "no answer", output(clients[0], command, stdin));
  } finally {
    for (const client of clients) client.destroy();
  }
}

/** The client that has logged in to the machine, and the one to its proxy. */
async function logIn({ proxy, ...target }: KnownConnection): Promise<Client[]> {
  for (let left = loginTries - 1; ; left--) {
    const clients: Client[] = [];
    try {
      // All logins that go over one proxy reach its SSH server first.
      await slotOf(proxy ?? target, () =>
        within(connectTime, "no login", connect(clients, target, proxy)),
      );
      return clients;
    } catch (error) {
      for (const client of clients) client.destroy();
      if (left === 0 || !isHangUp(error)) throw error;
    }
    await delay(loginPause * (1 + Math.random()));
  }
}

async function connect(clients: Client[], target: Hop, proxy: Hop | undefined): Promise<void> {
  // Loaded where it is used: most programs never ask.
  const { Client } = await import("ssh2");
  const connectHop = async (hop: Hop, sock?: ConnectConfig["sock"]): Promise<Client> => {
    const client = new Client();
    clients.unshift(client);
    await ready(client, { ...configOf(hop), sock });
    return client;
  };
  if (!proxy) await connectHop(target);
  else await connectHop(target, await tunnel(await connectHop(proxy), target));
}

/** As a server ends a connection that is one too many; a refused login and another host key have their own errors. */
function isHangUp(error: unknown): boolean {
  const { message } = error as Error;
  return /the server hung up|ECONNRESET|EPIPE|Connection lost before handshake|handshake failed/i.test(
    message,
  );
}

const slots = new Map<string, Promise<unknown>[]>();

/** Runs a login when fewer than the limit run to this machine. */
async function slotOf<T>({ host, port = 22 }: Hop, work: () => Promise<T>): Promise<T> {
  const place = `${host}:${port}`;
  const running = slots.get(place) ?? [];
  slots.set(place, running);
  while (running.length >= loginsAtOnce) await Promise.race(running);
  const result = work();
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  running.push(ended);
  try {
    return await result;
  } finally {
    void running.splice(running.indexOf(ended), 1);
  }
}

/**
 * Waits for a machine's SSH server to greet, without a login to it.
 *
 * @throws Error that says why it does not: no connection, or no greeting within 5 seconds.
 */
export async function greeting({ proxy, ...target }: KnownConnection): Promise<void> {
  const { Client } = await import("ssh2");
  const jump = new Client();
  let stream: Duplex | undefined;
  const greets = async () => {
    if (proxy) await ready(jump, configOf(proxy));
    stream = proxy ? await tunnel(jump, target) : createConnection(target.port ?? 22, target.host);
    // It speaks first: https://www.rfc-editor.org/rfc/rfc4253#section-4.2
    const [first] = (await once(stream, "data")) as [Buffer];
    const text = first.toString("latin1");
    if (!text.includes("SSH-")) throw new Error(`it says '${text.trim()}'`);
  };
  const greetsInTime = () => within(connectTime, "no greeting", greets());
  try {
    await (proxy ? slotOf(proxy, greetsInTime) : greetsInTime());
  } finally {
    stream?.destroy();
    jump.destroy();
  }
}

function configOf(hop: Hop): ConnectConfig {
  const { host, port = 22, user = "root", password, privateKey, hostKey } = hop;
  const agent = hop.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  return {
    ...{ host, port, username: user, readyTimeout: 0 },
    ...(password ? { password, tryKeyboard: true } : {}),
    ...(privateKey ? { privateKey, passphrase: hop.privateKeyPassword } : {}),
    ...(agent ? { agent } : {}),
    ...(hostKey ? onlyHostKey(hostKey) : {}),
  };
}

/** Accepts one host key, `TYPE BASE64`, which a server with several must show. */
function onlyHostKey(hostKey: string): Pick<ConnectConfig, "hostVerifier" | "algorithms"> {
  const [type, key] = hostKey.split(" ");
  const expected = Buffer.from(key ?? "", "base64");
  const algorithms = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  return {
    hostVerifier: (shown: Buffer) => expected.equals(shown),
    algorithms: { serverHostKey: algorithms as ServerHostKeyAlgorithm[] },
  };
}

function ready(client: Client, config: ConnectConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", resolve);
    // More than one may come, and one that nobody hears would end the program.
    client.on("error", reject);
    client.once("close", () => reject(new Error("the server hung up")));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => config.password ?? "")),
    );
    client.connect(config);
  });
}

function tunnel(client: Client, { host, port = 22 }: Hop): Promise<ClientChannel> {
  return new Promise((resolve, reject) =>
    client.forwardOut("127.0.0.1", 0, host, port, (error, stream) =>
      error ? reject(error) : resolve(stream),
    ),
  );
}

function output(client: Client, command: string, stdin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("the server hung up")));
    client.exec(command, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const [printed, said]: Buffer[][] = [[], []];
      let size = 0;
      const take = (chunks: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length;
        if (size > answerSize) reject(new Error("its answer is too long"));
        else chunks.push(chunk);
      };
      channel.on("data", take(printed));
      channel.stderr.on("data", take(said));
      channel.on("close", (code: number | null) => {
        const [line = ""] = Buffer.concat(said).toString().trim().split("\n").slice(-1);
        if (code === 0) resolve(Buffer.concat(printed).toString());
        else reject(new Error(`exit status ${code}${line && `: ${line}`}`));
      });
      channel.end(stdin);
    });
  });
}

/** The same promise, which is rejected after so many milliseconds. */
async function within<T>(milliseconds: number, otherwise: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `${otherwise} within ${milliseconds / 1000} seconds`;
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
