import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatImage, mountImage, unmountDisk } from "../../stand-ins/hosts/disk";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { type Registry, serveRegistry } from "../../stand-ins/registry";
import type { StepArgs } from "../support/documents";
import { asAccount, bootHost } from "../support/host";
import { Installation } from "../support/installation";

// What accounts and administrators do in a home while this program works there, or stand in its way.

let host: TestHost;
let registry: Registry;

beforeAll(async () => {
  host = await bootHost({ engine: true, packages: ["bindfs"] });
  registry = await serveRegistry({ robot: "s3cret-word" });
  await host.run("touch /etc/subuid /etc/subgid");
});
afterAll(async () => {
  await registry.close();
  await destroyAllHosts();
});

let installations = 0;
const install = () => new Installation(host, `e${++installations}`);
const wishesOf = (name: string, more: StepArgs = {}): StepArgs => ({
  owner: `project/dev/${name}`,
  ...more,
  account: { name, ...more.account },
});

test("a home with something mounted on it by FUSE: an error, and the account stays until it is unmounted", async () => {
  const app = install();
  await app.up(wishesOf("ann", { onDestroy: { data: "delete" } }));
  await asAccount(
    host,
    "ann",
    `echo own >~/own; mkdir /tmp/of-ann; bindfs -o nonempty --no-allow-other /tmp/of-ann ~`,
  );
  const { exitCode, said } = await app.tryDestroy();
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringContaining(
      "/home/ann: it cannot be removed while something is mounted at /home/ann",
    ),
  ]);
  await host.run("id ann; umount -l /home/ann; grep own /home/ann/own");
  await app.destroy();
  expect(await host.run("id ann 2>&1 || ls -A /home; rm -r /tmp/of-ann")).toBe(
    "id: 'ann': no such user\n",
  );
});

test("/home on a file system of its own: what was removed is gone on the disk before the account is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "home-"));
  const [image, copy] = [join(folder, "image"), join(folder, "copy")];
  await formatImage(image, "ext4", 300);
  const device = (await execOrThrow("losetup", ["--find", "--show", image])).trim();
  const number = /\d+$/.exec(device)?.[0];
  // A file system that writes its journal once a minute: what nobody syncs is not there after a power cut.
  await host.run(
    `mknod /dev/of-home b 7 ${number}; mount -o commit=60 /dev/of-home /home; mkdir -p /home/other`,
  );
  const app = install();
  await app.up(wishesOf("joe", { onDestroy: { data: "delete" } }));
  await host.run("echo precious >/home/joe/own; sync");
  await app.destroy();
  // As after a power cut: the disk alone.
  await execOrThrow("cp", ["--sparse=always", image, copy]);
  await execOrThrow("mkdir", [join(folder, "mount")]);
  await mountImage(copy, join(folder, "mount"));
  expect(readdirSync(join(folder, "mount")).sort()).toEqual(["lost+found", "other"]);
  await unmountDisk(join(folder, "mount"));
  await host.run("umount /home; rm /dev/of-home");
  await execOrThrow("losetup", ["--detach", device]);
  rmSync(folder, { recursive: true });
});

test("a unit that never stops: after two minutes root ends the daemon, and not the account's other services", async () => {
  await host.run("useradd -m bea; loginctl enable-linger bea");
  const app = install();
  await app.up(wishesOf("bea"));
  await asAccount(
    host,
    "bea",
    `cd ~/.config/systemd/user; mkdir docker.service.d
    printf '[Service]\\nExecStop=/bin/sleep infinity\\nTimeoutStopSec=infinity\\n' >docker.service.d/mine.conf
    printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >own.service
    systemctl --user daemon-reload; systemctl --user start own.service`,
  );
  const { said } = await app.destroy();
  expect(said).toContainEqual(
    expect.stringMatching(
      /^daemon: docker\.service of bea does not stop .*so root kills its processes$/,
    ),
  );
  expect(said).toContainEqual("daemon: daemon of bea stopped");
  expect(await asAccount(host, "bea", "systemctl --user is-active own.service")).toBe("active\n");
  expect(await host.run("pgrep -u bea dockerd || echo none")).toBe("none\n");
  await host.run(
    "systemctl stop user@$(id -u bea); userdel -rf bea 2>/dev/null; ls -d /home/* | cat",
  );
});

test("a service manager that does not stop it either is ended, too", async () => {
  await host.run("useradd -m cid");
  const app = install();
  await app.up(wishesOf("cid"));
  const manager = "$(systemctl show -p MainPID --value user@$(id -u cid))";
  await host.run(`kill -STOP ${manager}`);
  const { said } = await app.destroy();
  expect(said).toContainEqual(expect.stringContaining("so root ends user@"));
  expect(await host.run("pgrep -u cid || echo none")).toBe("none\n");
  await host.run("userdel -rf cid 2>/dev/null");
});

test("a preview leaves no note: the second destroy goes on, however often somebody asks", async () => {
  await host.run("useradd -m eve");
  const app = install();
  await app.up(wishesOf("eve"));
  // As if the account killed them: a loop of its own would miss some on a busy machine.
  const perl = "/usr/local/sbin/perl";
  await host.run(
    `printf '%s\\n' '#!/bin/sh' '[ "$(id -un)" != eve ] || kill -9 $$' 'exec /usr/bin/perl "$@"' >${perl}; chmod 755 ${perl}`,
  );
  await app.drift().catch(() => []);
  const first = await app.tryDestroy();
  expect([first.exitCode, first.said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^daemon: \/home\/eve: eve cannot .*\('it was killed by signal 9'\)/),
  ]);
  // Nothing was written, and no line says so.
  expect(first.said.filter((line) => /: (removed|restored \()/.test(line))).toEqual([]);
  await app.drift().catch(() => []);
  const second = await app.tryDestroy();
  expect([second.exitCode, second.said.join("\n")]).toEqual([
    0,
    expect.stringContaining("kept: what this program wrote in /home/eve"),
  ]);
  await host.run(
    `rm ${perl}; systemctl stop user@$(id -u eve); userdel -rf eve 2>/dev/null; ls -d /home/* | cat`,
  );
});

test("a member of config.json that somebody writes while the daemon starts stays", async () => {
  await host.run(
    `useradd -m fay; install -d -o fay /home/fay/.docker; echo '{}' >/home/fay/.docker/config.json
    chown fay: /home/fay/.docker/config.json`,
  );
  const app = install();
  const slow = { Service: { ExecStartPre: "/bin/sleep 8" } };
  const login = { address: registry.address, username: "robot", password: "s3cret-word" };
  const wishes = wishesOf("fay", {
    unitOverrides: slow,
    daemon: { "insecure-registries": [registry.address] },
    registryAuth: [login],
  });
  const up = app.up(wishes);
  const file = "/home/fay/.docker/config.json";
  await host.run(
    `for i in $(seq 600); do ! pgrep -u fay -x sleep >/dev/null || break; sleep 0.1; done
    pgrep -u fay -x sleep >/dev/null; sed -i '0,/{/s//{"psFormat": "mine",/' ${file}; chown fay: ${file}`,
  );
  await up;
  const config = JSON.parse(await host.run(`cat ${file}`)) as Record<string, object>;
  expect(config).toMatchObject({ psFormat: "mine", currentContext: "rootless" });
  expect(Object.keys(config.auths)).toEqual([registry.address]);
  await app.destroy();
  expect(JSON.parse(await host.run(`cat ${file}`))).toEqual({ psFormat: "mine" });
  await host.run("systemctl stop user@$(id -u fay); userdel -rf fay 2>/dev/null");
});

test("a config.json that is no JSON any more: an up fails, and a destroy keeps it and says so", async () => {
  await host.run("useradd -m zoe");
  const app = install();
  await app.up(wishesOf("zoe"));
  const file = "/home/zoe/.docker/config.json";
  await host.run(`sed -i 's/^{/{,/' ${file}; grep -q '{,' ${file}`);
  const failed = await app.tryUp(wishesOf("zoe", { environment: { A: "b" } }));
  expect(failed.exitCode).not.toBe(0);
  expect(failed.said.filter((line) => line.includes("plain JSON object"))).toHaveLength(1);
  const { said } = await app.destroy();
  expect(said.filter((line) => line.includes("To fix"))).toEqual([]);
  expect(said.filter((line) => line.includes("kept: currentContext in "))).toHaveLength(1);
  await host.run(
    `grep -q '{,' ${file}; systemctl stop user@$(id -u zoe); userdel -rf zoe 2>/dev/null`,
  );
});

test.each(["\\0\\n", "\\0", "no end"])(
  "authorized_keys that ends with '%s': a key comes and goes, and all else stays, byte for byte",
  async (end) => {
    const own = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= own\n`;
    await host.run(
      `useradd -m gil; install -d -o gil -m 700 /home/gil/.ssh; cd /home/gil/.ssh
      printf 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= own\\n${end}' >authorized_keys; chown gil: authorized_keys; cp authorized_keys /root/keys`,
    );
    const app = install();
    await app.install();
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= added";
    await app.apply("machine", wishesOf("gil", { account: { authorizedKeys: [key] } }));
    await host.run(`grep -aqx '${own.trim()}' /home/gil/.ssh/authorized_keys
      grep -aqx '${key}' /home/gil/.ssh/authorized_keys`);
    await app.apply("machine", wishesOf("gil"));
    // A line has an end once another one came after it.
    await host.run(`cd /root; [ -z "$(tail -c 1 keys | tr -d '\\n')" ] || true
      head -c $(stat -c %s keys) /home/gil/.ssh/authorized_keys | cmp - keys
      grep -aqx '${own.trim()}' /home/gil/.ssh/authorized_keys`);
    await app.revert("machine", wishesOf("gil"));
    await app.revertAgent();
    await host.run("rm /root/keys; userdel -rf gil 2>/dev/null");
  },
);

test("a group with others in it stays, and is named", async () => {
  await host.run("useradd -m ida");
  const app = install();
  const wishes = wishesOf("hal", { onDestroy: { data: "delete" } });
  await app.up(wishes);
  await host.run("gpasswd -a ida hal");
  const { said } = await app.destroy();
  expect(said).toContainEqual("machine: kept: group hal, because it has other members: ida");
  expect(
    await host.run("none getent passwd hal; id -nG ida; groupdel hal; userdel -r ida 2>/dev/null"),
  ).toBe("ida hal\n");
});

test.each(["/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid"])(
  "a userdel that was cut off before it came to %s: the line goes with the next destroy",
  async (file) => {
    const before = await snapshotHost(host);
    const app = install();
    await app.install();
    const wishes = wishesOf("max", { onDestroy: { data: "delete" } });
    await app.apply("machine", wishes);
    const own = `/var/lib/rootless-docker/installations/${app.id}`;
    await host.run(
      `cp ${file} /root/file; entry=$(cat ${own}/account-entry); userdel -r max 2>/dev/null
      cp /root/file ${file}; rm /root/file; grep ^max: ${file}; echo "\${entry% *} going" >${own}/account-entry`,
    );
    await app.revert("machine", wishes);
    await app.revertAgent();
    const left = diffSnapshots(before, await snapshotHost(host));
    expect(left.filter((line) => !/\/etc\/(sub[ug]id|passwd|group|g?shadow)-/.test(line))).toEqual(
      [],
    );
  },
);

test("a last line of /etc/subuid without an end counts: nobody gets the same ids", async () => {
  const before = await snapshotHost(host);
  for (const name of ["kim", "lea"]) {
    await host.run(
      "printf bob:100000:65536 >/etc/subuid; printf bob:100000:65536 >/etc/subgid; rm -f /var/lib/rootless-docker/highest-id",
    );
    if (name === "kim")
      await host.run(
        "useradd -m kim; printf bob:100000:65536 >/etc/subuid; printf bob:100000:65536 >/etc/subgid",
      );
    const app = install();
    await app.install();
    const wishes = wishesOf(name, { onDestroy: { data: "delete" } });
    const { facts } = await app.apply("machine", wishes);
    for (const file of ["/etc/subuid", "/etc/subgid"])
      expect(await host.run(`awk -F: '$2 == 100000 { print $1 }' ${file}`)).toBe("bob\n");
    expect(facts["subordinateIds.uids"]).not.toMatch(/^100000:/);
    await app.revert("machine", wishes);
    await app.revertAgent();
  }
  await host.run("userdel -rf kim 2>/dev/null; : >/etc/subuid; : >/etc/subgid");
  const left = diffSnapshots(before, await snapshotHost(host));
  expect(left.filter((line) => !/\/etc\/(sub[ug]id|passwd|group|g?shadow)-/.test(line))).toEqual(
    [],
  );
});

test("who waits for the lock is told for whom, and since when", async () => {
  const app = install();
  await app.install();
  const other = new Installation(host, "ee");
  const holds = host.run("flock /run/rootless-docker.lock sleep 3 & sleep 0.5; wait");
  const { said } = await other.tryInstall();
  await holds;
  expect(said[0]).toMatch(
    /^agent: waits for another run of rootless-docker on this machine: install of agent for installation e\d+, since \d{4}-\S+Z$/,
  );
  await other.revertAgent();
  await app.revertAgent();
});
