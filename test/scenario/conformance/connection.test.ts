import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { remote, type types } from "@pulumi/command";
import { unsecret, type Input } from "@pulumi/pulumi";
import { execOrThrow } from "../../../stand-ins/hosts/exec";
import { useHost } from "./host";
import { live, said, Stack, type Outcome } from "../../support/stack";

type ConnectionArgs = types.input.remote.ConnectionArgs;

const given = useHost();

/** Who asks from where: enough to tell a direct connection from one by way of a proxy. */
const whoAsks = "echo $(id -un) ${SSH_CONNECTION%% *}";

/** A program that dials the host in the named ways. */
function dialling(ways: Record<string, ConnectionArgs>, create = "echo reached"): () => void {
  return () => {
    for (const [name, connection] of Object.entries(ways)) {
      new remote.Command(name, { connection, create });
    }
  };
}

function errors(outcome: Outcome, name: string): string {
  return said(outcome, name, "lasting")
    .map(({ message }) => message)
    .join("\n");
}

/** A key pair made for one test, whose public half the host's root accepts. */
async function makeKey(passphrase: string, ...kind: string[]): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "conformance-key-")), "key");
  const words = kind.length > 0 ? kind : ["-t", "ed25519"];
  await execOrThrow("ssh-keygen", ["-q", ...words, "-N", passphrase, "-f", path]);
  await given.host.run("cat >> /root/.ssh/authorized_keys", {
    input: readFileSync(`${path}.pub`, "utf8"),
  });
  return path;
}

/** A key that nobody accepts. */
async function strangersKey(): Promise<string> {
  const path = await makeKey("");
  await given.host.run("sed -i '$d' /root/.ssh/authorized_keys");
  return readFileSync(path, "utf8");
}

/** What `up` says of a connection. Each by itself: a resource that fails keeps the engine from beginning others. */
async function failing(name: string, changes: Partial<ConnectionArgs>): Promise<string> {
  const stack = await Stack.start("wrong-credentials");
  return errors(await stack.tryUp(dialling({ [name]: { ...given.connection, ...changes } })), name);
}

describe("check", () => {
  test("fills the defaults of the connection and of its proxy", async () => {
    const stack = await Stack.start("defaults");
    // Without `create` nothing is dialled.
    await stack.up(() => {
      const connection = { host: "nowhere.invalid", proxy: { host: "elsewhere.invalid" } };
      const all = new remote.Command("all", { connection });
      // Not secret any more, so that the state shows it.
      new remote.Command("shown", { connection, stdin: shown(all) });
    });
    const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    expect(JSON.parse(String(stack.outputs("shown").stdin))).toEqual({
      ...defaults,
      host: "nowhere.invalid",
      proxy: { ...defaults, host: "elsewhere.invalid" },
    });
  });

  test("refuses fields that a connection does not have", async () => {
    const stack = await Stack.start("unknown-field");
    const connection: ConnectionArgs & { hostname: string } = { host: "a", hostname: "b" };
    const outcome = await stack.tryUp(dialling({ wrong: connection }));
    expect(outcome.failure).toContain("Unrecognized field 'hostname'");
  });
});

describe("authentication", () => {
  test("by an encrypted key, an agent, a password, or a proxy's own", async () => {
    const passphrase = "open sesame";
    const encrypted = await makeKey(passphrase);
    const agentKey = await makeKey("");
    const pkcs8 = await makeKey("", "-t", "rsa", "-m", "PKCS8");
    const agent = await startAgent(agentKey);
    const password = "a 'word' with \"quotes\"";
    await given.host.run(
      "useradd --create-home worker; chpasswd; " +
        "echo 'PasswordAuthentication yes' > /etc/ssh/sshd_config.d/00-password.conf; " +
        "systemctl reload ssh",
      { input: `worker:${password}\n` },
    );
    const { privateKey, hostKey, ...address } = given.connection;
    try {
      const stack = await Stack.start("authentication");
      await stack.up(
        dialling(
          {
            encrypted: {
              ...address,
              privateKey: readFileSync(encrypted, "utf8"),
              privateKeyPassword: passphrase,
            },
            agent: { ...address, agentSocketPath: agent.socket },
            pkcs8: { ...address, privateKey: readFileSync(pkcs8, "utf8") },
            password: { ...address, user: "worker", password },
            proxied: {
              host: "127.0.0.1",
              privateKey,
              hostKey,
              proxy: { ...address, user: "worker", password, hostKey },
            },
          },
          whoAsks,
        ),
      );
      const machine = /^worker (?<here>\S+)$/.exec(String(stack.outputs("password").stdout));
      const here = machine?.groups?.here;
      expect(here).not.toBe("127.0.0.1");
      expect(stack.outputs("encrypted").stdout).toBe(`root ${here}`);
      expect(stack.outputs("agent").stdout).toBe(`root ${here}`);
      expect(stack.outputs("pkcs8").stdout).toBe(`root ${here}`);
      expect(stack.outputs("proxied").stdout).toBe("root 127.0.0.1");
    } finally {
      agent.process.kill();
    }
  });

  test("that fails is tried again up to the limit; a key that cannot be read is not", async () => {
    const privateKey = await strangersKey();
    expect(await failing("stranger", { privateKey, dialErrorLimit: 1 })).toContain(
      "after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate",
    );
    const unreadable = await failing("unreadable", { privateKey: "not a key" });
    expect(unreadable).toContain("ssh: no key found");
    expect(unreadable).not.toContain("attempts");
  });
});

describe("a login ends with", () => {
  const rows: [string, () => Promise<Partial<ConnectionArgs>>, string][] = [
    [
      "a passphrase, be it empty, for a key that has none",
      async () => ({ privateKeyPassword: "" }),
      "ssh: key is not password protected",
    ],
    [
      "a host key that is none",
      async () => ({ hostKey: "nonsense" }),
      "failed to parse host key: ssh: no key found",
    ],
    [
      "an agent that is not there, though there is a key",
      async () => ({ agentSocketPath: "/no/agent" }),
      "dial unix /no/agent: connect: no such file or directory",
    ],
    [
      "a key that is refused, though the agent has one that is not",
      async () => {
        const agent = await startAgent(await makeKey(""));
        agents.push(agent.process);
        return { privateKey: await strangersKey(), agentSocketPath: agent.socket };
      },
      "attempted methods [none publickey], no supported methods remain",
    ],
    [
      "the type of a host key that OpenSSH does not sign with since 8.8",
      async () => {
        const path = "/etc/ssh/ssh_host_rsa_key";
        await given.host.run(`yes n | ssh-keygen -q -t rsa -N "" -f ${path}; systemctl reload ssh`);
        return { hostKey: await given.host.run(`cat ${path}.pub`) };
      },
      "ssh: no common algorithm for host key; we offered: [ssh-rsa]",
    ],
    [
      "EOF in place of the reason, behind a proxy, after the first try",
      async () => ({
        ...{ host: "127.0.0.1", privateKey: await strangersKey(), dialErrorLimit: 1 },
        proxy: given.connection as types.input.remote.ProxyConnectionArgs,
      }),
      "proxy: after 1 failed attempts: ssh: handshake failed: EOF",
    ],
  ];
  const agents: ChildProcess[] = [];
  afterAll(() => agents.forEach((agent) => agent.kill()));

  test.each(rows)("%s", async (_name, changes, message) => {
    const words = await failing("refused", { dialErrorLimit: 0, ...(await changes()) });
    expect(words).toContain(message);
  });
});

describe("the host key", () => {
  test("is checked when given, and not otherwise", async () => {
    const stack = await Stack.start("host-key");
    const { hostKey: right, ...unchecked } = given.connection;
    const [type, body = ""] = (right as string).split(" ");
    // Another key of the same type: its last byte differs.
    const bytes = Buffer.from(body, "base64");
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    const wrong = `${type} ${bytes.toString("base64")}`;
    await stack.up(dialling({ right: { ...unchecked, hostKey: right }, unchecked }));
    expect(stack.outputs("right").stdout).toBe("reached");
    expect(stack.outputs("unchecked").stdout).toBe("reached");
    const outcome = await stack.tryUp(
      dialling({ wrong: { ...unchecked, hostKey: wrong, dialErrorLimit: 0 } }),
    );
    expect(errors(outcome, "wrong")).toContain(
      "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    );
  });
});

describe("dialling", () => {
  test("is tried again after 100 ms, then 1.5 times as long, until the host answers", async () => {
    const stack = await Stack.start("retry");
    const attempts: number[] = [];
    // The first three connections are cut at once.
    const gate = await startGate((count) => {
      attempts.push(Date.now());
      return count > 3;
    });
    const outcome = await stack.up(
      dialling({ late: { ...given.connection, host: "127.0.0.1", port: gate.port } }),
    );
    gate.server.close();
    expect(stack.outputs("late").stdout).toBe("reached");
    expect(live(outcome, "late").slice(0, 3)).toEqual([
      "Dial 1/10 failed: retrying",
      "Dial 2/10 failed: retrying",
      "Dial 3/10 failed: retrying",
    ]);
    // Each is made after the one before it was cut: a slow machine makes them later, and never earlier.
    const [first = 0, second = 0, third = 0, fourth = 0] = attempts;
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(145);
    expect(fourth - third).toBeGreaterThanOrEqual(220);
  });

  test("ends with an error after the limit, or after the time that one dial may take", async () => {
    const stack = await Stack.start("dial-limits");
    const gate = await startGate(() => false);
    gate.server.close();
    await once(gate.server, "close");
    await given.host.setReachable(false);
    const outcome = await stack
      .tryUp(
        dialling({
          closed: { ...given.connection, host: "127.0.0.1", port: gate.port, dialErrorLimit: 2 },
          silent: { ...given.connection, perDialTimeout: 1, dialErrorLimit: 0 },
        }),
      )
      .finally(() => given.host.setReachable(true));
    expect(errors(outcome, "closed")).toContain(
      `after 2 failed attempts: dial tcp 127.0.0.1:${gate.port}: connect: connection refused`,
    );
    // The machine's own answer to an address that nobody has may come first.
    expect(errors(outcome, "silent")).toMatch(
      /after 0 failed attempts: dial tcp .*: (i\/o timeout|connect: no route to host)/,
    );
  });

  test("happens anew for each operation", async () => {
    const stack = await Stack.start("dials-anew");
    let dials = 0;
    const gate = await startGate((count) => {
      dials = count;
      return true;
    });
    const program = (stdin: string) => () => {
      const connection = { ...given.connection, host: "127.0.0.1", port: gate.port };
      new remote.Command("first", { connection, create: "cat", stdin });
      new remote.Command("second", { connection, create: "cat", stdin });
    };
    await stack.up(program("a"));
    expect(dials).toBe(2);
    await stack.up(program("b"));
    expect(dials).toBe(4);
    gate.server.close();
  });
});

describe("a command that says nothing", () => {
  test("has a connection that asks whether the host is still there", async () => {
    const stack = await Stack.start("silent");
    const create = "touch /root/silent; until test -e /root/heard; do sleep 0.1; done";
    const update = stack.up(dialling({ silent: given.connection }, create));
    await appears("/root/silent");
    const { address, port } = given.host;
    const asks = /timer:\(keepalive,1?\dsec,/;
    let sockets = "";
    // What was sent last may not be acknowledged yet, which has a timer of its own.
    for (let tries = 0; tries < 50 && !asks.test(sockets); tries++) {
      await sleep(200);
      sockets = await execOrThrow("ss", ["-Htno", "dst", `${address}:${port}`]);
    }
    await given.host.run("touch /root/heard");
    await update;
    expect(sockets).toMatch(asks);
  });
});

describe("a cancelled update", () => {
  test("waits for the end of the command that runs, records it, and begins no other", async () => {
    const stack = await Stack.start("cancel");
    const cancel = new AbortController();
    // Ends by itself, with an error, where nobody lets it go on.
    const create =
      "touch /root/running; for i in $(seq 3000); do " +
      "test -e /root/go-on && echo to its end && exit; sleep 0.1; done; exit 1";
    let printed = "";
    let over = false;
    const update = stack
      .tryUp(
        () => {
          const connection = given.connection;
          const first = new remote.Command("first", { connection, create });
          new remote.Command("second", { connection, create: "true" }, { dependsOn: [first] });
        },
        cancel.signal,
        (text) => (printed += text),
      )
      .finally(() => (over = true));
    await appears("/root/running");
    cancel.abort();
    await until("the engine says that it was cancelled", () => over || /cancell?ing/.test(printed));
    // What would end it has had the time for that; on a slow machine less is seen, and nothing fails.
    await sleep(3000);
    expect({ over, printed }).toMatchObject({ over: false });
    await given.host.run("touch /root/go-on");
    await until("the update ends with its command", () => over);
    expect((await update).failure).toMatch(/cancell?ed/);
    // A plugin that was killed has nothing to record.
    expect(stack.outputs("first").stdout).toBe("to its end");
    expect(stack.recorded("second")).toBeUndefined();
  });
});

describe("a connection", () => {
  test("stays open until the update ends", async () => {
    const stack = await Stack.start("open");
    const count = "ss -Htn state established '( sport = :22 )' | wc -l";
    await stack.up(() => {
      const first = new remote.Command("first", { connection: given.connection, create: "true" });
      const args = { connection: given.connection, create: count };
      new remote.Command("second", args, { dependsOn: [first] });
    });
    expect(Number(stack.outputs("second").stdout)).toBeGreaterThanOrEqual(2);
  });
});

/** Waits until `isTrue`; that it never is becomes an error that says what was waited for. */
async function until(what: string, isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 4 * 60_000;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`four minutes, and not yet: ${what}`);
    await sleep(50);
  }
}

async function appears(path: string): Promise<void> {
  await given.host.run(`for i in $(seq 3000); do test -e ${path} && exit; sleep 0.1; done; exit 1`);
}

/** The connection of a command, in clear. */
function shown(command: remote.Command): Input<string> {
  return unsecret(command.connection).apply((connection) => JSON.stringify(connection));
}

/** A TCP server that passes on to the host's SSH the connections that `lets` lets through. */
async function startGate(
  lets: (count: number) => boolean,
): Promise<{ server: Server; port: number }> {
  let count = 0;
  const server = createServer((client) => {
    if (!lets(++count)) {
      client.destroy();
      return;
    }
    const target = connect(given.host.port, given.host.address);
    client.pipe(target).pipe(client);
    client.on("error", () => target.destroy());
    target.on("error", () => client.destroy());
  });
  // Also after a test that failed before it closed the gate, jest must come to an end.
  server.unref();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("the gate has no port");
  }
  return { server, port: address.port };
}

/** An SSH agent that holds one key. */
async function startAgent(keyPath: string): Promise<{ process: ChildProcess; socket: string }> {
  const socket = join(mkdtempSync(join(tmpdir(), "conformance-agent-")), "socket");
  const process = spawn("ssh-agent", ["-D", "-a", socket], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(process.stdout, "data");
  await execOrThrow("ssh-add", ["-q", keyPath], { env: { SSH_AUTH_SOCK: socket } });
  return { process, socket };
}
