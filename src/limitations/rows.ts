import { type HostFacts, type Measured, measuredBy } from "./measured";
import { networkRows } from "./networkRows";
import {
  available,
  limited,
  type Limitation,
  notMeasured,
  type Row,
  unavailable,
} from "./limitation";
import type { FactTypes } from "../steps/facts";
import { isFrom } from "./versions";

/** All rows, in the order of their names. One that reads a fact which is missing is `unknown`. */
export function limitationsOf(host: HostFacts): Limitation[] {
  const measured = reportedFacts(host);
  return Object.entries({ ...rows, ...networkRows })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => ({ name, ...judged(row, measured) }));
}

class NotReported extends Error {}

function judged(row: (measured: Measured) => Row, measured: Measured): Row {
  try {
    return row(measured);
  } catch (error) {
    if (!(error instanceof NotReported)) throw error;
    return notMeasured(error.message);
  }
}

/** The facts of a host. To read one that is missing, and is not optional, throws NotReported with its name. */
function reportedFacts(host: HostFacts): Measured {
  const types: FactTypes = { ...measuredBy.machine, ...measuredBy.daemon };
  const reported = {};
  for (const name of Object.keys(types)) {
    const value = host[name as keyof HostFacts];
    const get = () => {
      if (value === undefined && !types[name].isOptional) throw new NotReported(name);
      return value;
    };
    Object.defineProperty(reported, name, { get });
  }
  return reported as Measured;
}

const rows = {
  appArmor(measured: Measured): Row {
    const security = measured["daemon.security"];
    if (security.includes("name=apparmor")) return available(`docker info says ${security}`);
    return unavailable(
      measured["kernel.appArmor"]
        ? `the kernel has AppArmor, but docker info does not list name=apparmor: ${security}`
        : `AppArmor is not enabled in kernel ${measured["versions.kernel"]}`,
      "confine containers with seccomp and capabilities instead",
    );
  },

  /** A root that is root in a container is the account; the others are its subordinate ids. */
  bindMountOwners(measured: Measured): Row {
    const [first] = measured["subordinateIds.uids"];
    return limited(
      `uid ${measured["account.uid"]} of ${measured["account.name"]} is root in a container, user 1 of a container is uid ${first.start} on the machine, and files of other users appear as uid 65534`,
      "run as root in the container, or give its user the directory with 'docker run -v DIR:/d IMAGE chown UID /d'",
    );
  },

  /** systemd sets a limit where the controller io is delegated; clients from 25.0 on lost it for a while. */
  blockIo(measured: Measured): Row {
    const client = measured["client.version"];
    if (measured["cgroup.version"] !== "2" || !measured["cgroup.controllers"].includes("io"))
      return unavailable(
        "the controller io is not delegated to the account, so limits have no effect (io.max)",
        `limit input and output from outside, with IOReadBandwidthMax of user-${measured["account.uid"]}.slice`,
      );
    return losesLimits(client)
      ? limited(
          `the controller io is delegated, but docker ${client} here drops --device-read-bps and similar options`,
          "set BlkioDeviceReadBps through the API, or use a docker CLI before 25.0 or from 27.1.2 on",
        )
      : available("the controller io is delegated, so limits take effect (io.max)");
  },

  cgroups(measured: Measured): Row {
    const delegated = measured["cgroup.controllers"];
    const limits = measured["daemon.limits"];
    const names = delegated.join(",") || "none";
    if (measured["cgroup.version"] === "1")
      return unavailable(
        `docker info: control groups v1 with driver ${measured["cgroup.driver"]}, so no limit works`,
        "boot with control groups v2: add systemd.unified_cgroup_hierarchy=1 to the kernel's command line, and remove what selects v1 there",
      );
    if (limits === "true true true")
      return available(
        `docker info: limits of memory, cpu and pids work; controllers delegated: ${names}`,
      );
    const missing = ["memory", "cpu", "pids"].filter((name) => !delegated.includes(name));
    const fix =
      missing.length > 0
        ? `add ${missing.join(" ")} to account.cgroupControllers; if that changes nothing, check that /sys/fs/cgroup/cgroup.controllers of the machine lists them (for memory, some kernels require cgroup_enable=memory on their command line)`
        : `all controllers are delegated now: restart the daemon to use them: 'systemctl --user restart docker' as ${measured["account.name"]}`;
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
      `${measured["criu.path"] || "criu is not on PATH"}; docker info: ExperimentalBuild is ${measured["daemon.experimental"]}, in a user namespace`,
      "use a rootful host to checkpoint containers",
    );
  },

  /** Id 0 is the account's own, the others are its subordinate ids. */
  containerIds(measured: Measured): Row {
    const [users, groups] = [
      total(measured["subordinateIds.uids"]),
      total(measured["subordinateIds.gids"]),
    ];
    return limited(
      `/etc/subuid and /etc/subgid have ${users} and ${groups} ids for ${measured["account.name"]}, so a container can only have users 0 to ${users} and groups 0 to ${groups}`,
      "set account.subordinateIds.count to the highest id that containers require",
    );
  },

  /** /run of dockerd is RootlessKit's copy, and a -v of what is not there makes a directory. */
  dockerSocket(measured: Measured): Row {
    const own = `/run/user/${measured["account.uid"]}/docker.sock`;
    const there = measured["dockerd.socket"];
    return there === "itself"
      ? available("/run/docker.sock of dockerd's mount namespace is its own socket")
      : limited(
          `/run/docker.sock of dockerd's mount namespace is ${there || "nothing"}, but its own socket is ${own}`,
          `mount its own socket: -v ${own}:/var/run/docker.sock`,
        );
  },

  /** moby 23 binds the machine's /proc in the place of a new one, which the kernel refuses. */
  pidHost(measured: Measured): Row {
    const engine = measured["daemon.version"];
    const fix = "look at processes on the machine itself";
    return isFrom(engine, 23)
      ? limited(
          `engine ${engine} shows the machine's /proc to a container with --pid=host, but the processes there belong to uid 65534`,
          fix,
        )
      : unavailable(
          `engine ${engine} mounts a new /proc for --pid=host, which is not allowed in a user namespace`,
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
          `net.ipv4.ping_group_range is '${range}', so no group may ping`,
          "leave kernel.unprivilegedPing out, or set it to true",
        )
      : limited(
          `net.ipv4.ping_group_range is '${range}', so only these groups may ping`,
          "remove net.ipv4.ping_group_range from kernel.sysctls, or set it to '0 2147483647' there",
        );
  },

  privileged(measured: Measured): Row {
    return limited(
      `dockerd has capabilities ${measured["dockerd.capabilities"]} only in the user namespace of uid_map '${measured["dockerd.idMap"]}'`,
      "use a rootful host for what requires real root (devices, kernel settings)",
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
          `net.ipv4.ip_unprivileged_port_start is ${start}, and ${rootlesskit} has no capability`,
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
          `/ of dockerd is a slave of the machine's and not shared (${where}: ${root}), so bind-propagation=rshared is unsupported`,
          "use bind-propagation=rslave, with which a container sees later mounts of the machine",
        )
      : unavailable(
          `/ of dockerd is a private mount (${where})`,
          "remove --propagation from DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS, and use bind-propagation=rslave",
        );
  },

  storageDrivers(measured: Measured): Row {
    const driver = measured.storageDriver;
    const chosen = measured["daemon.isDriverNamed"]
      ? "as daemon.json says"
      : "chosen by the engine";
    const evidence = `docker info: Driver is ${driver}, ${chosen}`;
    const fix =
      "set storageDriver to auto with an empty data root, which uses overlay2 if that works";
    if (["overlay2", "overlayfs", "btrfs"].includes(driver)) return available(evidence);
    return driver === "fuse-overlayfs"
      ? limited(
          `${evidence}, which is slower than the kernel's overlay`,
          `${fix}; or use kernel 5.11 or later`,
        )
      : limited(`${evidence}, which copies whole layers`, fix);
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
