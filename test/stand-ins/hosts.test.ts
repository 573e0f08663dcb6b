import { existsSync } from "node:fs";
import {
  createHost,
  destroyAllHosts,
  fillDisk,
  freeDisk,
  type TestHost,
} from "../../stand-ins/hosts";

afterAll(destroyAllHosts);

describe("a host", () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await createHost({
      suite: "trixie",
      admins: [
        { name: "ada", sudo: "nopasswd" },
        { name: "bob", sudo: "none" },
      ],
    });
  });

  test("is up, as far as systemd is concerned", async () => {
    expect(await host.run("systemctl is-system-running")).toBe("running\n");
    expect(await host.run("hostname")).toBe(`${host.name}\n`);
    expect(await host.run(". /etc/os-release; echo $VERSION_CODENAME")).toBe("trixie\n");
  });

  test("gives input, both streams and the exit code through", async () => {
    const command = "cat; echo problem >&2; exit 7";
    const finished = await host.ssh(command, { input: "some\ninput" });
    expect(finished).toEqual({ stdout: "some\ninput", stderr: "problem\n", exitCode: 7 });
    await expect(host.run(command)).rejects.toThrow(/^exit 7: cat[^]*problem/);
  });

  test("cuts what takes too long", async () => {
    const { exitCode, stderr } = await host.ssh("sleep 60", { timeoutSeconds: 1 });
    expect({ exitCode, stderr }).toEqual({ exitCode: 124, stderr: "timed out after 1 s\n" });
  });

  test("knows its admins", async () => {
    expect(await host.run("id -un; sudo -n id -un", { user: "ada" })).toBe("ada\nroot\n");
    expect(await host.run("id -un", { user: "bob" })).toBe("bob\n");
    expect((await host.ssh("sudo -n id -un", { user: "bob" })).exitCode).not.toBe(0);
  });

  test("has no trace of Docker, and devices that ordinary users can open", async () => {
    const found = await host.run(
      "find / -xdev -not -path '/proc/*' -not -path '/var/cache/apt/archives/*' -iname '*docker*'",
    );
    expect(found).toBe("");
    await host.run("exec 3<>/dev/fuse 4<>/dev/net/tun", { user: "bob" });
  });

  test("can be cut off and come back", async () => {
    await host.setReachable(false);
    expect((await host.ssh("true", { timeoutSeconds: 10 })).exitCode).not.toBe(0);
    await host.setReachable(true);
    expect(await host.run("echo back")).toBe("back\n");
  });

  test("reboots, by itself too", async () => {
    await host.run("echo here >/tmp/before; echo here >/root/before");
    await host.reboot();
    expect(await host.run("ls /tmp/before /root/before 2>/dev/null || true")).toBe(
      "/root/before\n",
    );
  });

  test("installs packages that are not downloaded again", async () => {
    await host.run("apt-get -q update");
    const told = await host.run("apt-get -q install --yes --no-install-recommends uidmap 2>&1");
    expect(told).toMatch(/Need to get 0 B/);
  });
});

test("several come up at once, each with its own address and keys, and see one another", async () => {
  const suites = ["trixie", "bookworm", "trixie"];
  const hosts = await Promise.all(suites.map((suite) => createHost({ suite })));
  for (const key of ["name", "address", "hostKey", "privateKey"] as const)
    expect(new Set(hosts.map((host) => host[key])).size).toBe(3);
  await hosts[0].run(`timeout 5 bash -c 'exec 3<>/dev/tcp/${hosts[1].address}/22'`);
  const [first, ...others] = hosts;
  await first.destroy();
  expect(existsSync(first.root)).toBe(false);
  // The new host gets the number of the one that is gone, which must not matter to it.
  others.push(await createHost({ suite: "trixie" }));
  await first.destroy();
  for (const other of others) await other.run("true");
});

test("can have a disk of its own, which is full when it is filled; loses its power, not its files", async () => {
  const host = await createHost({ suite: "trixie", diskMegabytes: 1000 });
  await fillDisk(host.root);
  const full = await host.ssh("echo more >/root/more; mkdir /root/folder");
  expect(full.stderr).toMatch(/No space left on device/);
  freeDisk(host.root);
  await host.run(
    "echo more >/root/more; echo here >/tmp/before; sleep 1000 >/dev/null 2>&1 & " +
      "until grep -q ^sleep /proc/$!/cmdline; do :; done",
  );
  expect(host.processes().some(({ command }) => command === "sleep 1000")).toBe(true);
  await host.cutPower();
  expect(host.processes().some(({ command }) => command === "sleep 1000")).toBe(false);
  expect(await host.run("cat /root/more; ls /tmp/before 2>/dev/null || true")).toBe("more\n");
  await host.destroy();
  expect(existsSync(host.root)).toBe(false);
});

test("can lack the tun device", async () => {
  const host = await createHost({ suite: "bookworm", tun: false });
  expect((await host.ssh("test -e /dev/net")).exitCode).toBe(1);
});

test("can have packages from the start, and an empty package cache", async () => {
  const host = await createHost({
    suite: "trixie",
    packages: ["acl"],
    sharedAptArchives: false,
  });
  await host.run("command -v setfacl; none ls /var/cache/apt/archives/*.deb");
});
