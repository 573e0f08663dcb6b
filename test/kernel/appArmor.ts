import { asAccount } from "../../testkit/host";
import type { Matrix } from "./overlayOption";

/** Tests for a machine that has AppArmor's parser, and Debian's own profile of rootlesskit. */
export function appArmorProfile({ machine, apply }: Matrix): void {
  // The one fact that the choice is made from, which no stock kernel of Debian shows. Taken away again at
  // once: with something over it, /proc can be mounted by no container.
  const applyRestricted = async () => {
    await machine().run(
      `mkdir -p /run/kernel; cp /proc/sys/kernel/unprivileged_userns_clone /run/kernel
    echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns; mount --bind /run/kernel /proc/sys/kernel`,
    );
    try {
      return await apply("kernel");
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
}
