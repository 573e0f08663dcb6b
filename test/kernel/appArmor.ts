import { createHash } from "node:crypto";
import { asAccount } from "../support/host";
import { currentEngine, engineTar } from "../../stand-ins/engine";
import { EngineSource } from "../../index";
import type { StepArgs } from "../support/documents";
import { type Answer, Installation } from "../support/installation";
import type { Matrix } from "./overlayOption";

/** Tests for a machine that has AppArmor's parser, and Debian's own profile of rootlesskit. */
export function appArmorProfile({ machine, apply }: Matrix): void {
  // The one fact that the choice is made from, which no stock kernel of Debian shows. Taken away again at
  // once: with something over it, /proc can be mounted by no container.
  const restricted = async (run: () => Promise<Answer>) => {
    await machine().run(
      `cp -r /proc/sys/kernel /run 2>/dev/null || true
    echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns; mount --bind /run/kernel /proc/sys/kernel`,
    );
    try {
      return await run();
    } finally {
      await machine().run("umount /proc/sys/kernel");
    }
  };
  const applyRestricted = () => restricted(() => apply("machine"));
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
    await apply("machine");
    expect(await profiles()).toBe("");
    expect(await machine().run("ls /etc/apparmor.d | grep rootless-docker || true")).toBe("");
  });

  test("of archives: one profile for every version's program, by its directory", async () => {
    const sum = "0".repeat(64);
    // Unpacked already: nothing is downloaded.
    const sums = createHash("sha256").update(`${sum} ${sum}`).digest("hex").slice(0, 12);
    const folder = `/usr/local/lib/rootless-docker/docker-${currentEngine}-${sums}`;
    await machine().run(`mkdir -p ${folder}; tar -x -C ${folder} --strip-components=1`, {
      input: await engineTar(),
    });
    const other = new Installation(machine(), "a2");
    const source = { source: EngineSource.StaticArchive, version: currentEngine };
    const engine = { ...source, sha256: sum, rootlessExtrasSha256: sum };
    const theirs: StepArgs = { account: { name: "other" }, engine, onDestroy: { data: "delete" } };
    await other.install();
    await restricted(() => other.apply("machine", theirs));
    const name = "rootless-docker.usr.local.lib.rootless-docker.docker-.rootlesskit";
    expect(await profiles()).toContain(`${name} (unconfined)\n`);
    const labels = await asAccount(
      machine(),
      "app",
      `${folder}/rootlesskit sh -c 'cat /proc/self/attr/current /proc/$PPID/attr/current'`,
    );
    expect(labels).toContain(name);
    await other.revert("machine", theirs);
    await other.revertAgent();
    expect(await profiles()).not.toContain(name);
    await machine().run("rm -rf /usr/local/lib/rootless-docker");
  });
}
