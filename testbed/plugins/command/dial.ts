import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import type { Client, ConnectConfig } from "ssh2";
import type { Endpoint } from "./inputs";
import { hostKeyCheck } from "./hostKeyCheck";

/** Opens one SSH connection, over `stream` if there is one, else over TCP. Tries once. */
export async function dial(
  endpoint: Endpoint,
  config: ConnectConfig,
  signal: AbortSignal,
  stream?: Duplex,
): Promise<Client> {
  signal.throwIfAborted();
  const { Client } = await loadSsh();
  const socket = stream ?? (await dialTcp(endpoint, signal));
  return new Promise((resolve, reject) => {
    const client = new Client();
    const abort = (): void => void client.destroy();
    signal.addEventListener("abort", abort, { once: true });
    const fail = (reason: string): void => {
      signal.removeEventListener("abort", abort);
      client.destroy();
      reject(new Error(`ssh: handshake failed: ${reason}`));
    };
    client.once("ready", () => {
      signal.removeEventListener("abort", abort);
      resolve(client);
    });
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
        ? reject(new Error(`ssh: rejected: connect failed (${error.message})`))
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
  const { user, password, privateKey, privateKeyPassword, hostKey, perDialTimeout } = endpoint;
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (privateKey !== undefined) {
    const { utils } = await loadSsh();
    const key = utils.parseKey(privateKey, privateKeyPassword);
    if (key instanceof Error) {
      throw new Error(unreadableKey(key, privateKeyPassword));
    }
  }
  return {
    username: user,
    readyTimeout: perDialTimeout * 1000,
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(privateKey === undefined ? {} : { privateKey, passphrase: privateKeyPassword }),
    ...(agent ? { agent } : {}),
    ...(hostKey === undefined ? {} : hostKeyCheck(hostKey)),
  };
}

function unreadableKey(error: Error, passphrase: string | undefined): string {
  if (/no passphrase given/i.test(error.message)) {
    return "ssh: this private key is passphrase protected";
  }
  return passphrase === undefined ? "ssh: no key found" : "x509: decryption password incorrect";
}

/** As Go's net.Dialer does it: a machine that lost its power says nothing more, and is asked after 15 s. */
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 15_000 };

function dialTcp({ host, port, perDialTimeout }: Endpoint, signal: AbortSignal): Promise<Duplex> {
  const milliseconds = perDialTimeout * 1000;
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true, ...keepAlive });
    // Not createConnection's own option for it, which would close a connection that was made as well.
    const abort = (): void => fail("operation was canceled");
    signal.addEventListener("abort", abort, { once: true });
    const fail = (reason: string): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      reject(new Error(`dial tcp ${host}:${port}: ${reason}`));
    };
    const timer =
      milliseconds > 0 ? setTimeout(() => fail("i/o timeout"), milliseconds) : undefined;
    socket.once("connect", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
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
  if (/host (denied|verification)/i.test(error.message)) {
    return "ssh: host key mismatch";
  }
  return error.message;
}
