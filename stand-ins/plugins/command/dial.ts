import { createPrivateKey } from "node:crypto";
import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import type { Client, ConnectConfig } from "ssh2";
import type { Endpoint } from "./inputs";
import { hostKeyCheck } from "./hostKeyCheck";

/** Streams that a dial has ended; ssh2 does not mark its own as destroyed. */
const tried = new WeakSet<Duplex>();

/**
 * Opens one SSH connection, over `stream` if there is one, else over TCP. Tries once. Only connecting has an end
 * (perDialTimeout): a server that then says nothing is waited for.
 */
export async function dial(
  endpoint: Endpoint,
  config: ConnectConfig,
  stream?: Duplex,
): Promise<Client> {
  const { Client } = await loadSsh();
  if (stream && tried.has(stream)) throw new Error("ssh: handshake failed: EOF");
  if (stream) tried.add(stream);
  const socket = stream ?? (await dialTcp(endpoint));
  return new Promise((resolve, reject) => {
    const client = new Client();
    const fail = (reason: string): void => {
      client.destroy();
      socket.destroy();
      reject(new Error(`ssh: handshake failed: ${reason}`));
    };
    client.once("ready", () => resolve(client));
    client.once("close", () => fail("EOF"));
    // More than one may come, and one that nobody hears would end the process. After `resolve`
    // neither does anything: a connection that breaks ends the channel, which reports it.
    client.on("error", (error) => fail(reasonOf(error, endpoint)));
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => endpoint.password ?? "")),
    );
    client.connect({ ...config, sock: socket });
  });
}

/** A stream from the proxy to the machine behind it. */
export function tunnel(proxy: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, stream) =>
      error
        ? reject(new Error(`ssh: rejected: connect failed (${error.message.split(": ").at(-1)})`))
        : resolve(stream),
    );
  });
}

// Loaded when it is needed and not at the start: many runs of the plugin only preview.
function loadSsh(): Promise<typeof import("ssh2")> {
  return import("ssh2");
}

/** The settings for dialling. Throws when a key cannot be read: trying again would not help. */
export async function sshConfig(endpoint: Endpoint): Promise<ConnectConfig> {
  const { user, password, privateKey, privateKeyPassword, hostKey } = endpoint;
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (agent) await dialAgent(agent);
  if (privateKey !== undefined) {
    const { utils } = await loadSsh();
    const key = utils.parseKey(readableKey(privateKey), privateKeyPassword);
    if (key instanceof Error) {
      throw new Error(unreadableKey(key, privateKeyPassword));
    }
    if (
      privateKeyPassword !== undefined &&
      !(utils.parseKey(readableKey(privateKey)) instanceof Error)
    ) {
      throw new Error("ssh: key is not password protected");
    }
  }
  return {
    username: user,
    readyTimeout: 0,
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(privateKey === undefined
      ? {}
      : { privateKey: readableKey(privateKey), passphrase: privateKeyPassword }),
    // Go's client tries each method once, and both are publickey.
    ...(agent && privateKey === undefined ? { agent } : {}),
    ...(hostKey === undefined ? {} : hostKeyCheck(hostKey)),
  };
}

/** Go reads PKCS#8 too, ssh2 does not. */
function readableKey(text: string): string {
  if (!text.includes("BEGIN PRIVATE KEY")) return text;
  try {
    return createPrivateKey(text).export({ type: "pkcs1", format: "pem" }).toString();
  } catch {
    return text;
  }
}

/** An agent that is named has to answer, whether its keys are tried or not. */
function dialAgent(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      const reason = code === "ENOENT" ? "no such file or directory" : "connection refused";
      reject(new Error(`dial unix ${path}: connect: ${reason}`));
    });
  });
}

function unreadableKey(error: Error, passphrase: string | undefined): string {
  if (/no passphrase given/i.test(error.message)) {
    return "ssh: this private key is passphrase protected";
  }
  return passphrase === undefined ? "ssh: no key found" : "x509: decryption password incorrect";
}

/** As Go's net.Dialer does it: a machine that lost its power says nothing more, and is asked after 15 s. */
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 15_000 };

function dialTcp({ host, port, perDialTimeout }: Endpoint): Promise<Duplex> {
  const milliseconds = perDialTimeout * 1000;
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true, ...keepAlive });
    // Not createConnection's own option for it, which would close a connection that was made as well.
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(`dial tcp ${host}:${port}: ${reason}`));
    };
    const timer =
      milliseconds > 0 ? setTimeout(() => fail("i/o timeout"), milliseconds) : undefined;
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(networkReasons[error.code ?? ""] ?? error.message);
    });
  });
}

const networkReasons: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ENOTFOUND: "lookup: no such host",
  ETIMEDOUT: "connect: connection timed out",
};

function reasonOf(error: Error & { level?: string }, endpoint: Endpoint): string {
  if (error.level === "client-authentication") {
    const methods = [
      "none",
      ...(endpoint.privateKey === undefined ? [] : ["publickey"]),
      ...(endpoint.password === undefined ? [] : ["password"]),
    ];
    return `ssh: unable to authenticate, attempted methods [${methods.join(" ")}], no supported methods remain`;
  }
  if (/no matching host key/i.test(error.message)) {
    const [type] = endpoint.hostKey?.split(" ") ?? [];
    return `ssh: no common algorithm for host key; we offered: [${type}]`;
  }
  if (/host (denied|verification)/i.test(error.message)) {
    return "ssh: host key mismatch";
  }
  return error.message;
}
