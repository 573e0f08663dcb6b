import type { Machine } from "../../stand-ins/machines";
import { importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import type { Answer, Installation } from "../support/installation";
import { docker, run } from "./containers";

// The kernel of Debian 11 mounts overlay in user namespaces only with an option of its module, which
// can be set only when the module is loaded. Later kernels need none, and have none.
const option = "overlay.permit_mounts_in_userns";
const file = `/etc/modprobe.d/rootless-docker-${option}.conf`;
const parameter = "/sys/module/overlay/parameters/permit_mounts_in_userns";

/** What asks for overlay2 on that kernel. */
export const permitted: StepArgs = {
  storageDriver: "overlay2",
  kernel: { moduleOptions: { [option]: "1" } },
};

/** The part of a matrix that its separate tests go on from. */
export interface Matrix {
  machine: () => Machine;
  apply: (step: Parameters<Installation["apply"]>[0], more?: StepArgs) => Promise<Answer>;
}

const there = async (machine: Machine) => (await machine.ssh(`test -e ${file}`)).exitCode === 0;

/** Tests for the kernel that has the option. */
export function overlayWithOption({ machine, apply }: Matrix): void {
  test("while the module is in use the option is kept for the next boot, and the log says so", async () => {
    await machine().run(
      "cd /mnt && mkdir l u w m && mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m",
    );
    const { changed, said } = await apply("machine", permitted);
    expect(changed).toContain(`${file}: written`);
    expect(said).toContain(
      `kernel: ${option} takes effect at the next boot, because overlay is in use`,
    );
    expect(await machine().run(`cat ${parameter}`)).toBe("N\n");
    await apply("machine");
    expect(await there(machine())).toBe(false);
    await machine().run("umount /mnt/m && rm -r /mnt/[luwm]");
  });

  test("with the option: overlay2, with the flaw that the row names", async () => {
    const { changed } = await apply("machine", permitted);
    expect(changed).toContain("module overlay reloaded");
    expect(await machine().run(`cat ${parameter}`)).toBe("Y\n");
    const { facts } = await apply("daemon", permitted);
    expect(facts.storageDriver).toBe("overlay2");
    await importImage(machine(), "app");
    expect((await run(machine(), "", "id -u")).text).toBe("0");
    expect((await run(machine(), "", "rm -rf /root && mkdir /root")).text).toMatch(
      /Input\/output error|I\/O error/,
    );
  });
}

/** After a boot: the option is still there. */
export async function expectOption(machine: Machine): Promise<void> {
  expect(await machine.run(`cat ${parameter}`)).toBe("Y\n");
  expect((await docker(machine, "info -f {{.Driver}}")).text).toBe("overlay2");
}

/** After the end: the file is gone, and overlay is refused to accounts again. */
export async function expectNoOption(machine: Machine): Promise<void> {
  expect(await there(machine)).toBe(false);
  expect((await machine.ssh(`cat ${parameter} 2>/dev/null`)).stdout.trim()).not.toBe("Y");
  const mount =
    "mkdir -p /tmp/o/l /tmp/o/u /tmp/o/w /tmp/o/m && mount -t overlay overlay -o lowerdir=/tmp/o/l,upperdir=/tmp/o/u,workdir=/tmp/o/w /tmp/o/m";
  const tried = (where: string) =>
    machine.ssh(`${where} sh -c '${mount}; s=$?; umount /tmp/o/m 2>/dev/null; exit $s'`);
  expect((await tried("unshare -m")).exitCode).toBe(0);
  await machine.run(
    "rm -r /tmp/o; sysctl -qw kernel.unprivileged_userns_clone=1 user.max_user_namespaces=1000",
  );
  expect((await tried("setpriv --reuid 1234 --clear-groups unshare -Urm")).exitCode).not.toBe(0);
}

/** Test for a kernel whose module has no such parameter. */
export function overlayWithoutOption({ machine, apply }: Matrix): void {
  test("an option that the module does not have: nothing is written", async () => {
    const { said } = await apply("machine", { kernel: { moduleOptions: { [option]: "1" } } });
    expect(said).toContainEqual(expect.stringMatching(`${option} is left out, because kernel \\d`));
    expect(await there(machine())).toBe(false);
  });
}
