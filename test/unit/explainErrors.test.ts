import * as pulumi from "@pulumi/pulumi";
import { withoutSecrets } from "../../src/ssh/withoutSecrets";
import {
  explainConnectionError,
  explainFailedLogin,
  explainProblems,
} from "../../src/children/explainErrors";
import { sayAgainAt } from "../../src/children/waitForMachine";

test.each([
  [
    "ssh: subsystem request failed",
    "the SSH server does not support SFTP, which copies the program that runs as root",
  ],
  [
    "error receiving version packet from server: packet too long",
    "the login prints text, or ends, before SFTP begins",
  ],
  [
    "error sending init packet to server: failed to send packet: EOF",
    "the login prints text, or ends, before SFTP begins",
  ],
  [
    'failed to copy file /tmp/a to remote path .rootless-docker-ab: sftp: "Failure" (SSH_FX_FAILURE)',
    "no file can be written in the home of connection.user, as on a full disk",
  ],
  [
    "failed to create remote file .rootless-docker-ab: permission denied",
    "connection.user has no home in which it can write, and the program that runs as root is copied there",
  ],
  [
    "ssh: handshake failed: ssh: host key mismatch",
    "the machine's host key differs from connection.hostKey",
  ],
  [
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
    "the SSH server refuses the credentials of connection.user",
  ],
  [
    "after 10 failed attempts: dial tcp 10.0.0.1:22: i/o timeout",
    "no SSH server answers at connection.host and connection.port",
  ],
  [
    "dial tcp 10.0.0.1:22: connect: connection refused",
    "no SSH server answers at connection.host and connection.port",
  ],
  ["context deadline exceeded", "no SSH server answers at connection.host and connection.port"],
  [
    "dial tcp: lookup machine.example: no such host",
    "the name in connection.host has no address where Pulumi runs",
  ],
  [
    "getaddrinfo ENOTFOUND machine.example",
    "the name in connection.host has no address where Pulumi runs",
  ],
  [
    "after 10 failed attempts: ssh: handshake failed: EOF",
    "the SSH server hangs up before connection.user can log in",
  ],
  [
    "ssh: handshake failed: read tcp 10.0.0.2:4->10.0.0.1:22: read: connection reset by peer",
    "the SSH server hangs up before connection.user can log in",
  ],
  [
    "ssh: handshake failed: Connection lost before handshake",
    "the SSH server hangs up before connection.user can log in",
  ],
  [
    "ssh: handshake failed: write tcp 10.0.0.2:4->10.0.0.1:22: write: broken pipe",
    "the SSH server hangs up before connection.user can log in",
  ],
  ["ssh: no key found", "privateKey cannot be read as PEM or OpenSSH text"],
  ["x509: decryption password incorrect", "privateKey cannot be read as PEM or OpenSSH text"],
  [
    "ssh: key is not password protected",
    "privateKeyPassword is set, but the key has no passphrase",
  ],
  [
    "dial unix /no/agent: connect: no such file or directory",
    "no SSH agent answers at connection.agentSocketPath, or at SSH_AUTH_SOCK where Pulumi runs",
  ],
  [
    "ssh: handshake failed: ssh: no common algorithm for host key; we offered: [ssh-rsa], peer offered: [ssh-ed25519]",
    "the SSH server has no usable host key of the type in connection.hostKey",
  ],
])("%s: %s", (error, happened) => {
  const message = explainConnectionError("web-agent", error);
  expect(message).toContain(`web-agent: connection: ${happened} (${error}). To fix: `);
  expect(message).toMatch(/\. To fix: [^]+\. This step changed nothing\.$/);
});

test("a connection that closes in a running step: what it began is ended by the next up", () => {
  const error = "wait: remote command exited without exit status or exit signal";
  expect(explainConnectionError("web-machine", error)).toBe(
    `web-machine: connection: the connection closed while the step ran (${error}). To fix: run pulumi up again, which completes what the step began.`,
  );
});

test("a server that hangs up: the key first, and that it does so for a while", () => {
  const error =
    "after 10 failed attempts: ssh: handshake failed: read tcp a->b: connection reset by peer";
  expect(explainConnectionError("web-agent", error, "ops")).toMatch(
    /before connection\.user 'ops' can log in \(.*\)\. To fix: check first .* your key .*, so wait a minute, .*MaxStartups/,
  );
});

test("a machine that is waited for five minutes: some ten lines", () => {
  const said = [];
  for (let at = 0; at < 300; at = sayAgainAt(at)) said.push(at);
  expect(said.slice(0, 3)).toEqual([0, 5, 12.5]);
  expect(said).toHaveLength(9);
});

test.each([
  'Process exited with status 1: running "sh agent apply machine": connection refused',
  "some other error",
])("%s: not one of the connection", (error) => {
  expect(explainConnectionError("web-agent", error)).toBeUndefined();
});

test.each([
  "sh: 0: cannot open /var/lib/rootless-docker/agent: No such file",
  "sh: 0: Can't open /var/lib/rootless-docker/agent",
  "sh: /var/lib/rootless-docker/agent: No such file or directory",
  "sh: can't open '/var/lib/rootless-docker/agent': No such file or directory",
  "sha256sum: /var/lib/rootless-docker/agents/0123/sha256: No such file or directory",
  "cat: /tmp/rootless-docker.0123.1000: No such file or directory",
  "sha256sum: .rootless-docker-0123: No such file or directory",
  "sha256sum: /var/lib/rootless-docker/agents/0123/sha256: no properly formatted SHA256 checksum lines found",
  "sha256sum: WARNUNG: 1 berechnete Prüfsumme passte NICHT",
  "/var/lib/rootless-docker/agents/0123/agent: FAILED",
  "/tmp/rootless-docker.0123.aZ9x: FAILED",
])("no agent: %s", (words) => {
  const command = "sh /var/lib/rootless-docker/agent apply machine 0123";
  const error = `Process exited with status 2: running "${command}":\n${words}\n`;
  expect(explainFailedLogin("web-machine", error)).toBe(
    `web-machine: agent: the program on the machine is missing or damaged (${words}). To fix: run pulumi up with a new value of operations.recheck, which installs it again, then repeat this command. Perhaps the machine was created again, somebody changed or removed the agent, or the power failed`,
  );
  const other = `Process exited with status 1: running "${command}":\nkernel: sysctl a.b: found 1`;
  expect(explainFailedLogin("web-machine", other)).toBeUndefined();
});

describe("the agent's own problems", () => {
  const command = `sh -c 'i=0123; f=$(mktemp) && echo \\"ab  $f\\" | sha256sum'`;
  const failed = (...lines: string[]) =>
    `Process exited with status 1: running "${command}":\n${lines.join("\n")}\n`;
  const problem = (about: string) => `preflight: ${about}: found 1, expected 2. To fix: write 2`;

  test("come first, then all else that was printed, without the command", () => {
    const journal = "daemon: journal: failed to start daemon: no space left";
    const installed = "agent: /var/lib/rootless-docker/agents/0123/agent installed";
    expect(explainProblems(failed(installed, problem("a"), journal, problem("b")))).toBe(
      [problem("a"), problem("b"), installed, journal].join("\n"),
    );
  });

  test.each([
    failed("some other error"),
    `ssh: handshake failed: EOF`,
    `Process exited with status 1: running "${problem("a")}"`,
  ])("%s: none", (error) => {
    expect(explainProblems(error)).toBeUndefined();
  });
});

test("a cloud image's root", () => {
  const words = 'Please login as the user "admin" rather than the user "root".';
  const error = `Process exited with status 142: running "sh -c":\n${words}\n\n`;
  expect(explainFailedLogin("web-agent", error)).toBe(
    `web-agent: login: this user may not log in (${words}). To fix: set connection.user to 'admin', which becomes root with sudo`,
  );
  expect(explainFailedLogin("web-agent", "Process exited with status 1: other")).toBeUndefined();
});

test("sudo that requires a terminal", () => {
  const words = "sudo: sorry, you must have a tty to run sudo";
  const error = `Process exited with status 1: running "sh -c":\n${words}\n`;
  expect(explainFailedLogin("web-agent", error)).toBe(
    `web-agent: sudo: sudo requires a terminal, and a step has none (${words}). To fix: add 'Defaults:NAME !requiretty' to sudoers, with the name of connection.user`,
  );
});

test("a login without a shell", () => {
  const words = "This account is currently not available.";
  const error = `Process exited with status 1: running "sh -c":\n${words}\n`;
  expect(explainFailedLogin("web-agent", error)).toBe(
    `web-agent: login: the user may not run commands (${words}). To fix: give connection.user a shell such as /bin/sh with 'usermod --shell', or connect as another user`,
  );
  expect(explainFailedLogin("web-agent", "Process exited with status 1: other")).toBeUndefined();
});

test("names and addresses of hosts that are secrets", async () => {
  const text = "dial tcp hidden.example:22: connect 10.1.2.3:22 or [fe80::1:2]:22 refused";
  const secret = pulumi.secret("hidden.example");
  expect(await withoutSecrets(text, ["a.example", ""])).toBe(text);
  expect(await withoutSecrets(text, ["a.example", secret])).toBe(
    "dial tcp [secret]:22: connect [secret]:22 or [[secret]]:22 refused",
  );
});

test.each([
  ["dial tcp [fd00::5]:22: refused", "dial tcp [[secret]]:22: refused"],
  ["dial tcp [fe80::1%eth0]:22: no route", "dial tcp [[secret]]:22: no route"],
  ["dial tcp [::ffff:10.1.2.3]:22: timeout", "dial tcp [[secret]]:22: timeout"],
  ["dial tcp [2a01:4f8:c17:b0f:1:2:3:4]:22: timeout", "dial tcp [[secret]]:22: timeout"],
  ["connect ECONNREFUSED fd00::5 at 12:30:01", "connect ECONNREFUSED [secret] at 12:30:01"],
  ["key mismatch for HIDDEN.example", "key mismatch for [secret]"],
  ["urn:pulumi:dev::web::a", "urn:pulumi:dev::web::a"],
])("of a secret host: %s", async (text, shown) => {
  expect(await withoutSecrets(text, [pulumi.secret("hidden.example")])).toBe(shown);
});
