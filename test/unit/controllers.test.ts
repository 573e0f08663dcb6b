import { execFileSync } from "node:child_process";
import { join } from "node:path";

const sources = join(__dirname, "../../src");

/** What the row `cgroups` says to do on a machine like this. */
function fixFor(machine: {
  offered: string;
  told: string;
  has: string;
  container?: boolean;
  cmdline?: string;
}): string {
  const script = `set -eu
    . "$1/host/platform/controlGroups.sh"
    ACCOUNT=app ACCOUNT_UID=1000
    host_delegates() { printf '%s\\n' "$TOLD"; }
    delegated_controllers() { printf '%s\\n' "$HAS"; }
    offered_controllers() { printf '%s\\n' "$OFFERED"; }
    kernel_command_line() { printf '%s\\n' "$CMDLINE"; }
    is_a_container() { [ "$CONTAINER" = yes ]; }
    controllers_fix`;
  return execFileSync("sh", ["-c", script, "sh", sources], {
    encoding: "utf8",
    env: {
      ...process.env,
      OFFERED: machine.offered,
      TOLD: machine.told,
      HAS: machine.has,
      CONTAINER: machine.container ? "yes" : "no",
      CMDLINE: machine.cmdline ?? "root=/dev/vda quiet",
    },
  }).trim();
}

const all = "cpuset cpu io memory pids";
const reboot = (names: string) =>
  `reboot the machine, which gives ${names} to user@1000.service; where that changes nothing, let the slices above it have them`;

test.each<[string, Parameters<typeof fixFor>[0], string]>([
  [
    "none in a container, though all are asked for",
    { offered: "", told: all, has: "", container: true },
    "give this machine, which is a container, the controllers memory cpu pids from outside: they are not in its /sys/fs/cgroup/cgroup.controllers",
  ],
  [
    "none at all",
    { offered: "", told: all, has: "" },
    "boot a kernel that has the controllers memory cpu pids (with memory, some need cgroup_enable=memory on its command line), or take what keeps them in control groups v1 off that line",
  ],
  [
    "switched off on the command line",
    { offered: "cpu pids", told: all, has: "cpu pids", cmdline: "a=b cgroup_disable=io,memory x" },
    "take cgroup_disable off the kernel's command line, which switches off memory, and reboot",
  ],
  [
    "not asked for",
    { offered: all, told: "memory pids", has: "memory pids" },
    "name cpu in resourceControllers",
  ],
  ["not arrived", { offered: all, told: all, has: "memory" }, reboot("cpu pids")],
  [
    "each for another reason",
    { offered: "cpu pids", told: "memory cpu", has: "", container: true },
    `give this machine, which is a container, the controllers memory from outside: they are not in its /sys/fs/cgroup/cgroup.controllers; name pids in resourceControllers; ${reboot("cpu")}`,
  ],
  [
    "all arrived since the daemon started",
    { offered: all, told: all, has: all },
    "restart the daemon, which has them all by now: 'systemctl --user restart docker' as app",
  ],
])("%s", (_what, machine, fix) => {
  expect(fixFor(machine)).toBe(fix);
});
