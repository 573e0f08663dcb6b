import { asAccount } from "../../testkit/host";
import { EngineSource } from "../../index";
import type { StepArgs } from "../../testkit/documents";
import type { Matrix } from "./overlayOption";

/** Tests for a machine that has AppArmor's parser, and Debian's own profile of rootlesskit. */
export function appArmorProfile({ machine, apply }: Matrix): void {
  // The one fact that the choice is made from, which no stock kernel of Debian shows. Taken away again at
  // once: with something over it, /proc can be mounted by no container.
  const applyRestricted = async (more: StepArgs = {}) => {
    await machine().run(
      `mkdir -p /run/kernel; cp /proc/sys/kernel/unprivileged_userns_clone /run/kernel
    echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns; mount --bind /run/kernel /proc/sys/kernel`,
    );
    try {
      return await apply("kernel", more);
    } finally {
      await machine().run("umount /proc/sys/kernel");
    }
  };
  const profiles = () =>
    machine().run("grep rootlesskit /sys/kernel/security/apparmor/profiles || true");

  test("Debian's own profile of /usr/bin/rootlesskit is enough", async () => {
    expect((await applyRestricted()).changed).toEqual([]);
    expect(await profiles()).toBe("rootlesskit (unconfined)\n");
  });

  test("without it: a profile of this package, loaded, in use, and removed again", async () => {
    await machine().run(
      "ln -s /etc/apparmor.d/rootlesskit /etc/apparmor.d/disable/ && apparmor_parser -R /etc/apparmor.d/rootlesskit",
    );
    await applyRestricted();
    expect(await profiles()).toBe("rootless-docker.usr.bin.rootlesskit (unconfined)\n");
    const labels = await asAccount(
      machine(),
      "app",
      "rootlesskit sh -c 'cat /proc/self/attr/current /proc/$PPID/attr/current'",
    );
    expect(labels).toMatch(/rootless-docker\.usr\.bin\.rootlesskit/);
    await apply("kernel");
    expect(await profiles()).toBe("");
    expect(await machine().run("ls /etc/apparmor.d | grep rootless-docker || true")).toBe("");
  });

  test("of archives: one profile for every version's program, by its directory", async () => {
    const sum = "0".repeat(64);
    const engine = { source: EngineSource.StaticArchive, version: "29.8.1" };
    await applyRestricted({ engine: { ...engine, sha256: sum, rootlessExtrasSha256: sum } });
    const name = "rootless-docker.usr.local.lib.rootless-docker.docker-.rootlesskit";
    expect(await profiles()).toContain(`${name} (unconfined)\n`);
    const program = "/usr/local/lib/rootless-docker/docker-29.8.1-0a1b2c/rootlesskit";
    await machine().run(`install -D /usr/bin/rootlesskit ${program}`);
    const labels = await asAccount(
      machine(),
      "app",
      `${program} sh -c 'cat /proc/self/attr/current /proc/$PPID/attr/current'`,
    );
    expect(labels).toContain(name);
    await machine().run("rm -r /usr/local/lib/rootless-docker");
    await apply("kernel");
    expect(await profiles()).not.toContain(name);
  });
}
