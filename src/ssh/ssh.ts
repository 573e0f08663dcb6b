import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { once } from "node:events";
import { createConnection } from "node:net";
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

/**
 * Runs one command on a host, as `remote.Command` would, and gives what it printed on stdout.
 *
 * @throws Error that says why there is no answer: no connection or login within 5 seconds, no end within 10
 * more, an exit status that is not 0.
 */
export async function runOverSsh(
  { proxy, ...target }: KnownConnection,
  command: string,
  stdin = "",
): Promise<string> {
  // Loaded where it is used: most programs never ask.
  const { Client } = await import("ssh2");
  const clients: Client[] = [];
  const connect = async (hop: Hop, sock?: ConnectConfig["sock"]): Promise<Client> => {
    const client = new Client();
    clients.push(client);
    await ready(client, { ...configOf(hop), sock });
    return client;
  };
  const run = async (): Promise<Client> => {
    if (!proxy) return connect(target);
    const jump = await connect(proxy);
    return connect(target, await tunnel(jump, target));
  };
  try {
    const client = await within(connectTime, "no login", run());
    return await within(commandTime, "no answer", output(client, command, stdin));
  } finally {
    for (const client of clients) client.destroy();
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
  try {
    await within(connectTime, "no greeting", greets());
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
        if (size > answerSize) reject(new Error("an answer without end"));
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

/** A machine's words, without what a terminal would take for more than text, and at most 1,000 characters. */
export function plain(text: string): string {
  const line = text.replace(/\p{Cc}/gu, "?");
  return line.length > 1000 ? `${line.slice(0, 1000)}...` : line;
}
