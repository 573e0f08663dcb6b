import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../stand-ins/hosts/exec";
import { createMachine, destroyAllMachines, type Machine } from "../../stand-ins/machines";
import { machinePlace } from "../../stand-ins/machines/place";

afterAll(destroyAllMachines);

const readBootId = "cat /proc/sys/kernel/random/boot_id";

/** Seconds between the machine's clock and ours, beyond what asking takes. */
async function clockError(machine: Machine): Promise<number> {
  const before = Date.now() / 1000;
  const theirs = Number(await machine.run("date +%s.%N"));
  const after = Date.now() / 1000;
  return Math.max(0, before - theirs, theirs - after);
}

/** The QEMU processes of a machine. */
async function processes(name: string): Promise<string[]> {
  const { stdout } = await exec("pgrep", ["--full", `qemu-system-x86_64 -name ${name} `]);
  return stdout.split("\n").filter((line) => line !== "");
}

describe("a machine", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine({
      suite: "trixie",
      admins: [
        { name: "ada", sudo: "nopasswd" },
        { name: "bob", sudo: "none" },
      ],
    });
  });

  test("runs its distribution's own kernel, and is up", async () => {
    const asked =
      "uname -r; hostname; systemctl is-system-running; dpkg -S /boot/vmlinuz-$(uname -r)";
    const [release, hostname, state, owner] = (await machine.run(asked)).split("\n");
    expect(release).toMatch(/^6\.12\.\S+\+deb13-cloud-amd64$/);
    expect(hostname).toBe(machine.name);
    expect(state).toBe("running");
    expect(owner).toMatch(`linux-image-${release}: `);
    expect(await clockError(machine)).toBeLessThan(2);
  });

  test("knows its admins", async () => {
    expect(await machine.run("id -un; sudo -n id -un", { user: "ada" })).toBe("ada\nroot\n");
    expect((await machine.ssh("sudo -n id -un", { user: "bob" })).exitCode).toBe(1);
  });

  test("goes back to what was saved, and its clock does not", async () => {
    await machine.run("echo before >/root/file");
    await machine.save("before");
    await machine.run("echo after >/root/file; rm /usr/bin/env; sync");
    // What was saved is a while ago.
    await sleep(3000);
    await machine.restore("before");
    expect(await clockError(machine)).toBeLessThan(2);
    expect(await machine.run("cat /root/file; ls /usr/bin/env")).toBe("before\n/usr/bin/env\n");
  });

  test("says so when there is nothing to go back to", async () => {
    await expect(machine.restore("nothing")).rejects.toThrow(
      /QEMU refused "loadvm nothing": .*nothing/,
    );
    await expect(machine.save("two words")).rejects.toThrow(
      "'two words' is no name for a snapshot",
    );
    expect(await machine.run("echo here")).toBe("here\n");
  });

  test("can be cut off and come back", async () => {
    await machine.setReachable(false);
    expect((await machine.ssh("true", { timeoutSeconds: 5 })).exitCode).not.toBe(0);
    await machine.setReachable(true);
    expect(await machine.run("echo back")).toBe("back\n");
  });

  test("reboots through its kernel, and keeps its disk", async () => {
    const before = await machine.run(readBootId);
    await machine.run("echo here >/tmp/file; echo here >/root/file");
    await machine.reboot();
    expect(await machine.run(readBootId)).not.toBe(before);
    expect(await machine.run("ls /tmp/file /root/file 2>/dev/null || true")).toBe("/root/file\n");
    expect(await machine.run("hostname")).toBe(`${machine.name}\n`);
  });

  test("leaves nothing when it is destroyed", async () => {
    expect(await processes(machine.name)).toHaveLength(1);
    await machine.destroy();
    expect(await processes(machine.name)).toEqual([]);
    expect(existsSync(machinePlace(machine.number).dir)).toBe(false);
  });
});

test("a machine goes when its owner is killed", async () => {
  const script = ["--import", "tsx", "stand-ins/machines/cli.ts", "create", "trixie"];
  const child = spawn(process.execPath, script, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let text = "";
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes("ssh -F")) break;
    }
    const name = /"name": "(rd-\d+)"/.exec(text)?.[1] ?? "";
    expect(await processes(name)).toHaveLength(1);
    child.kill("SIGKILL");
    for (let tries = 0; tries < 100 && (await processes(name)).length > 0; tries++)
      await sleep(100);
    expect(await processes(name)).toEqual([]);
  } finally {
    child.kill("SIGKILL");
  }
});
