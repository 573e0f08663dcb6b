import type { Measured } from "./measured";
import { networkRows } from "./networkRows";
import { available, limited, type Limitation, type Row, unavailable } from "./limitation";
import { isFrom } from "./versions";

/** All rows, in the order of their names. */
export function limitationsOf(measured: Measured): Limitation[] {
  return Object.entries({ ...rows, ...networkRows })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => ({ name, ...row(measured) }));
}

const rows = {
  appArmor(measured: Measured): Row {
    const security = measured["daemon.security"];
    if (security.includes("name=apparmor")) return available(`docker info says ${security}`);
    return unavailable(
      measured["kernel.appArmor"]
        ? `the kernel has AppArmor, and docker info has no name=apparmor: ${security}`
        : `AppArmor is not enabled in kernel ${measured["versions.kernel"]}`,
      "confine with seccomp and capabilities",
    );
  },

  /** A root that is root in a container is the account; the others are its subordinate ids. */
  bindMountOwners(measured: Measured): Row {
    const [first] = measured["subordinateIds.uids"];
    return limited(
      `uid ${measured["account.uid"]} of ${measured["account.name"]} is root in a container, its user 1 is uid ${first.start} on the machine, and files of others are uid 65534's`,
      "run as root in the container; or give its user the directory with 'docker run -v DIR:/d IMAGE chown UID /d'",
    );
  },

  /** systemd sets a limit where the controller io is delegated; clients from 25.0 on lost it for a while. */
  blockIo(measured: Measured): Row {
    const client = measured["client.version"];
    if (measured["cgroup.version"] !== "2" || !measured["cgroup.controllers"].includes("io"))
      return unavailable(
        "the controller io is not delegated to the account: a limit does not arrive in io.max",
        `limit input and output from outside, with IOReadBandwidthMax of user-${measured["account.uid"]}.slice`,
      );
    return losesLimits(client)
      ? limited(
          `the controller io is delegated, but docker ${client} here loses --device-read-bps and its like`,
          "set BlkioDeviceReadBps through the API, or use a docker CLI before 25.0 or from 27.1.2 on",
        )
      : available("the controller io is delegated: a limit arrives in io.max");
  },

  cgroups(measured: Measured): Row {
    const delegated = measured["cgroup.controllers"];
    const limits = measured["daemon.limits"];
    const names = delegated.join(",") || "none";
    if (measured["cgroup.version"] === "1")
      return unavailable(
        `docker info: control groups v1 with driver ${measured["cgroup.driver"]}: no limit works`,
        "boot with control groups v2: put systemd.unified_cgroup_hierarchy=1 on the kernel's command line, in place of what chooses v1 there",
      );
    if (limits === "true true true")
      return available(
        `docker info: limits of memory, cpu and pids work; controllers delegated: ${names}`,
      );
    const missing = ["memory", "cpu", "pids"].filter((name) => !delegated.includes(name));
    const fix =
      missing.length > 0
        ? `name ${missing.join(" ")} in account.cgroupControllers; where that changes nothing, see whether /sys/fs/cgroup/cgroup.controllers of the machine has them (with memory, some kernels need cgroup_enable=memory on their command line)`
        : `restart the daemon, which has them all by now: 'systemctl --user restart docker' as ${measured["account.name"]}`;
    return limits === "false false false"
      ? unavailable(`docker info: no limit works; controllers delegated: ${names}`, fix)
      : limited(
          `docker info: MemoryLimit CPUCfsQuota PidsLimit are ${limits}; controllers delegated: ${names}`,
          fix,
        );
  },

  /** CRIU reads and writes what only the machine's root may. */
  checkpoint(measured: Measured): Row {
    return unavailable(
      `${measured["criu.path"] || "no criu on PATH"}; docker info: ExperimentalBuild is ${measured["daemon.experimental"]}, in a user namespace`,
      "checkpoint on a rootful host",
    );
  },

  /** Id 0 is the account's own, the others are its subordinate ids. */
  containerIds(measured: Measured): Row {
    const [users, groups] = [
      total(measured["subordinateIds.uids"]),
      total(measured["subordinateIds.gids"]),
    ];
    return limited(
      `/etc/subuid and /etc/subgid have ${users} and ${groups} ids for ${measured["account.name"]}: users of a container are 0 to ${users}, its groups 0 to ${groups}, and no others`,
      "set account.subordinateIds.count to the highest id that is needed",
    );
  },

  /** /run of dockerd is RootlessKit's copy, and a -v of what is not there makes a directory. */
  dockerSocket(measured: Measured): Row {
    const own = `/run/user/${measured["account.uid"]}/docker.sock`;
    const there = measured["dockerd.socket"];
    return there === "itself"
      ? available("/run/docker.sock of dockerd's mount namespace is its own socket")
      : limited(
          `/run/docker.sock of dockerd's mount namespace is ${there || "nothing"}, and its own is ${own}`,
          `mount that one: -v ${own}:/var/run/docker.sock`,
        );
  },

  /** moby 23 binds the machine's /proc in the place of a new one, which the kernel refuses. */
  pidHost(measured: Measured): Row {
    const engine = measured["daemon.version"];
    const fix = "look at processes from the machine";
    return isFrom(engine, 23)
      ? limited(
          `engine ${engine} shows a container with --pid=host the machine's /proc; the processes there belong to uid 65534`,
          fix,
        )
      : unavailable(
          `engine ${engine} mounts a new /proc for --pid=host, which a user namespace may not`,
          fix,
        );
  },

  ping(measured: Measured): Row {
    const range = measured["kernel.pingGroups"];
    const [first, last] = range.split(" ").map(Number);
    if (first === 0 && last >= 2147483647)
      return available(`net.ipv4.ping_group_range is '${range}'`);
    return first > last
      ? unavailable(
          `net.ipv4.ping_group_range is '${range}': no group may ping`,
          "leave kernel.unprivilegedPing out, or set it to true",
        )
      : limited(
          `net.ipv4.ping_group_range is '${range}': only these groups may ping`,
          "leave net.ipv4.ping_group_range out of kernel.sysctls, or set it to '0 2147483647' there",
        );
  },

  privileged(measured: Measured): Row {
    return limited(
      `dockerd has capabilities ${measured["dockerd.capabilities"]} in the user namespace of uid_map '${measured["dockerd.idMap"]}', and no other`,
      "what needs real root (devices, kernel settings) needs a rootful host",
    );
  },

  privilegedPorts(measured: Measured): Row {
    const start = measured["kernel.portStart"];
    const rootlesskit = measured["rootlesskit.path"];
    const capability = measured["rootlesskit.capability"];
    if (start <= 1) return available(`net.ipv4.ip_unprivileged_port_start is ${start}`);
    return capability
      ? available(`${rootlesskit} has ${capability}`)
      : unavailable(
          `net.ipv4.ip_unprivileged_port_start is ${start} and ${rootlesskit} has no capability`,
          "set privilegedPorts to file-capability or sysctl",
        );
  },

  readOnly(measured: Measured): Row {
    return available(
      `a read-only root is a mount inside the user namespace of uid_map '${measured["dockerd.idMap"]}'`,
    );
  },

  /**
   * Propagation of mounts from dockerd's root directory: a shared mount has "shared:N" in
   * mountinfo, a slave "master:N".
   */
  sharedMounts(measured: Measured): Row {
    const root = measured["dockerd.rootMount"];
    const where = `mountinfo of process ${measured["dockerd.process"]}`;
    if (root.includes("shared:")) return available(`/ of dockerd is a shared mount: ${root}`);
    return root.includes("master:")
      ? limited(
          `/ of dockerd is a slave of the machine's, and not shared (${where}: ${root}): no bind-propagation=rshared`,
          "use bind-propagation=rslave, by which a container sees what is mounted on the machine later",
        )
      : unavailable(
          `/ of dockerd is a private mount (${where})`,
          "take --propagation out of DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS, and use bind-propagation=rslave",
        );
  },

  storageDrivers(measured: Measured): Row {
    const driver = measured.storageDriver;
    const chosen = measured["daemon.isDriverNamed"]
      ? "as daemon.json says"
      : "chosen by the engine";
    const evidence = `docker info: Driver is ${driver}, ${chosen}`;
    const fix = "storageDriver auto on an empty data root takes overlay2 where that works";
    if (["overlay2", "overlayfs", "btrfs"].includes(driver)) return available(evidence);
    return driver === "fuse-overlayfs"
      ? limited(
          `${evidence}; it is slower than the kernel's`,
          `${fix}; else use a kernel from 5.11 on`,
        )
      : limited(`${evidence}; it copies whole layers`, fix);
  },
};

const total = (ranges: readonly { count: number }[]) =>
  ranges.reduce((sum, { count }) => sum + count, 0);

/**
 * From 25.0 on clients lost --device-read-bps and its like before the daemon heard of them, until 27.1.2
 * (docker/cli#5323); the repair went to 25.0 after 25.0.6 too (docker/cli#5341).
 */
function losesLimits(client: string): boolean {
  if (client.startsWith("25.0.")) return !isFrom(client, 25, 0, 7);
  return isFrom(client, 26) && !isFrom(client, 27, 1, 2);
}
