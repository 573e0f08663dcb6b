import { execFileSync } from "node:child_process";
import { sshOptions } from "../../src/ssh/sshOptions";
import { readSettings } from "../../src/steps/settings";

/** The options of a connection as a user writes it, each one's value alone. */
function optionsOf(connection: object): string[] {
  const { settings, problems } = readSettings({ connection });
  expect(problems).toEqual([]);
  const words = sshOptions(settings.connection);
  expect(words.filter((_word, index) => index % 2 === 0)).toEqual(
    words.map(() => "-o").slice(words.length / 2),
  );
  return words.filter((_word, index) => index % 2 === 1);
}

const pinned = (key: string) => [
  "StrictHostKeyChecking=yes",
  "UserKnownHostsFile=/dev/null",
  "GlobalKnownHostsFile=/dev/null",
  `KnownHostsCommand=/usr/bin/env echo %H ${key}`,
];

test("a host key alone is believed, without its comment", () => {
  const connection = {
    host: "a.example",
    port: 2222,
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAWE= %h 'me'\n",
  };
  expect(optionsOf(connection)).toEqual(pinned("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAWE="));
});

test("without a host key ssh checks it as it is told elsewhere", () => {
  expect(optionsOf({ host: "a.example" })).toEqual([]);
});

/** The program that ssh starts: it fills in %h and %p, and a shell reads the rest. */
function startedBy(option: string): string[] {
  const [, command = ""] = /^ProxyCommand=(.*)$/.exec(option) ?? [];
  const filled = command.replace(
    /%[hp%]/g,
    (token) => ({ "%h": "TARGET", "%p": "TARGETPORT" })[token] ?? "%",
  );
  const words = execFileSync("sh", ["-c", `ssh() { printf '%s\\n' ssh "$@"; }; ${filled}`]);
  return words.toString().trimEnd().split("\n");
}

test.each([
  ["jump.example", "jumper"],
  ["fe80::1%h", "DOMAIN\\a@b"],
  ["fe80::1%25", "root"],
])("over the proxy %s as %s, whose key is another", (host, user) => {
  const hostKey = "ssh-rsa AAAAB3NzaC1yc2EAAAABYg==";
  const proxy = { host, port: 2202, user, hostKey };
  const options = optionsOf({
    host: "a.example",
    hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA=",
    proxy,
  });
  expect(options.slice(0, -1)).toEqual(pinned("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA="));
  expect(startedBy(options.at(-1) ?? "")).toEqual([
    ...["ssh", "-W", "[TARGET]:TARGETPORT"],
    ...pinned(hostKey).flatMap((option) => ["-o", option]),
    ...["-l", user, "-p", "2202", host],
  ]);
});

test("over a proxy without a key, which ssh checks as it is told elsewhere", () => {
  const [option, ...others] = optionsOf({ host: "a.example", proxy: { host: "jump.example" } });
  expect(others).toEqual([]);
  expect(option).toBe("ProxyCommand=ssh -W '[%h]:%p' -l 'root' -p 22 'jump.example'");
});
