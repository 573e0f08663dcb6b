import { destroyAllHosts, type TestHost } from "../../../testbed/hosts";
import { root, testLife } from "./life";
import { livesOfGenerators, livesWithoutPackages } from "./withoutPackages";
import { give } from "../../../testkit/accountOnly";
import { bootHost } from "../../../testkit/host";

afterAll(destroyAllHosts);

// Lives that need no packages.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run("touch /etc/subuid /etc/subgid");
});

for (const life of livesWithoutPackages) testLife(() => host, life);

describe("with a service manager of the account's", () => {
  let managed: TestHost;

  beforeAll(async () => {
    managed = await bootHost({ packages: ["libpam-systemd", "dbus-user-session"] });
    await managed.run("touch /etc/subuid /etc/subgid");
  });

  for (const life of livesOfGenerators) testLife(() => managed, life);
});

describe("a file of keys with one of this package in it, which is not said to be gone", () => {
  const directory = "/home/keyed/.ssh";
  const file = `${directory}/authorized_keys`;
  const key = "ssh-ed25519 AAAAC3Nz a@b";
  const unread = "that keyed cannot read it";

  test.each([
    [
      "larger than what is read",
      `head -c 1100000 /dev/zero | tr '\\000' '#' | fold -w 99 >>${file}`,
      `sed -i /^#/d ${file}`,
      "it larger than 1024 KB",
    ],
    ["of root alone", `chown 0 ${file}`, `chown keyed ${file}`, unread],
    ["in a directory of root alone", `chown 0 ${directory}`, `chown keyed ${directory}`, unread],
    [
      "below a home of root alone",
      "chown 0:0 /home/keyed; chmod 700 /home/keyed",
      "chown keyed:keyed /home/keyed",
      unread,
    ],
    [
      "that is none any more",
      `mv ${file} ${file}.old; mkdir ${file}`,
      `rmdir ${file}; mv ${file}.old ${file}`,
      "that it is no regular file",
    ],
  ])("%s", async (_name, change, undo, found) => {
    await root(host, "useradd -m keyed; sed -i /^keyed:/d /etc/subuid /etc/subgid");
    const { apply, back, installation, all } = await give(host, "keyed", {
      account: { authorizedKeys: [key] },
    });
    await apply();
    await root(host, `chmod 600 ${file}; chmod 700 ${directory}; ${change}`);
    const { exitCode, said } = await installation.tryRevert("account", all);
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      `account: ${file}: found ${found}; wanted the file, to look for a key in it. To fix: let keyed read it, or move it away, then run again`,
    ]);
    await root(host, undo);
    await back();
    expect(await host.run(`cat ${file} 2>/dev/null || echo gone`)).toBe("gone\n");
    await root(host, "userdel -r keyed 2>/dev/null || userdel -rf keyed");
  });
});
