import { Client, type ClientChannel, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import type { Options } from "./options";

/** Milliseconds for a login. */
const loginTime = 30_000;
/** Milliseconds that an answer may take longer than its script. */
const answerTime = 30_000;

/** The machine of a trial, over SSH. Each script has a connection of its own. */
export class Machine {
  constructor(
    private readonly options: Options,
    /** Ends what runs. */
    private readonly signal?: AbortSignal,
  ) {}

  /** The same machine, for what runs after an interruption. */
  withoutSignal(): Machine {
    return new Machine(this.options);
  }

  /**
   * Runs a script of sh as root, and returns what it printed. The machine itself ends it after so many seconds.
   *
   * @throws Error with the last line that the script printed on stderr, unless it exits with 0.
   */
  async asRoot(script: string, seconds = 60): Promise<string> {
    const { exitCode, stdout, stderr } = await this.tryAsRoot(script, seconds);
    if (exitCode === 0) return stdout;
    const said = stderr.trim().split("\n").at(-1) ?? "";
    if (exitCode === 124) throw new Error(`no end within ${seconds} seconds: ${said}`);
    throw new Error(`exit status ${exitCode}: ${said}`);
  }

  /** The same, whatever it exits with. */
  async tryAsRoot(script: string, seconds = 60): Promise<Finished> {
    this.signal?.throwIfAborted();
    const client = new Client();
    const stop = () => client.destroy();
    this.signal?.addEventListener("abort", stop);
    try {
      await connected(client, configOf(this.options));
      const run = `timeout -k 10 ${seconds} sh -s`;
      const login = `sh -c 'if [ "$(id -u)" = 0 ]; then exec ${run}; elif command -v sudo >/dev/null; then exec sudo -n ${run}; else exec doas -n ${run}; fi'`;
      // What the script starts must not read the rest of the script.
      const finished = finish(client, login, `{\n${script}\n} </dev/null\n`);
      return await within(seconds * 1000 + answerTime, finished);
    } catch (error) {
      this.signal?.throwIfAborted();
      throw error;
    } finally {
      this.signal?.removeEventListener("abort", stop);
      client.destroy();
    }
  }

  /** Runs a script of sh as the trial's account, with the docker CLI on its own daemon. */
  tryAsAccount(script: string, seconds = 60): Promise<Finished> {
    const { account } = this.options;
    return this.tryAsRoot(
      `uid=$(id -u ${account})
home=$(getent passwd ${account} | cut -d : -f 6)
cd /
runuser -u ${account} -- env -i HOME="$home" XDG_RUNTIME_DIR=/run/user/$uid \\
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \\
    DOCKER_HOST=unix:///run/user/$uid/docker.sock sh -eu <<'END OF THE SCRIPT'
{
${script}
} </dev/null
END OF THE SCRIPT`,
      seconds,
    );
  }

  /** The same. @throws Error with all that it printed, unless it exits with 0. */
  async asAccount(script: string, seconds = 60): Promise<string> {
    const { exitCode, stdout, stderr } = await this.tryAsAccount(script, seconds);
    if (exitCode !== 0) throw new Error(`exit status ${exitCode}: ${stdout}${stderr}`.trim());
    return stdout.trim();
  }
}

/** How a script ended. */
export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
}

function configOf({ host, port, user, privateKey, hostKey }: Options): ConnectConfig {
  const [type, key] = hostKey.split(" ");
  const expected = Buffer.from(key ?? "", "base64");
  const types = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  return {
    host,
    port,
    username: user,
    readyTimeout: loginTime,
    keepaliveInterval: 15_000,
    hostVerifier: (shown: Buffer) => expected.equals(shown),
    algorithms: { serverHostKey: types as ServerHostKeyAlgorithm[] },
    ...(privateKey === undefined ? { agent: process.env.SSH_AUTH_SOCK } : { privateKey }),
  };
}

function connected(client: Client, config: ConnectConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", resolve);
    client.on("error", reject);
    client.once("close", () => reject(new Error("the server hung up")));
    client.connect(config);
  });
}

function finish(client: Client, command: string, stdin: string): Promise<Finished> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("the server hung up")));
    client.exec(command, (error, channel) => {
      if (error) reject(error);
      else read(channel, stdin, resolve);
    });
  });
}

function read(channel: ClientChannel, stdin: string, resolve: (how: Finished) => void): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A script that ends early leaves a part of its text unread.
  channel.on("error", () => undefined);
  channel.on("close", (code: number | null) =>
    resolve({
      exitCode: code ?? 255,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    }),
  );
  channel.end(stdin);
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the machine does not answer")), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
