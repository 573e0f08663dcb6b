/** The account that runs the daemon, as it is on the host. */
export interface AccountInfo {
  /** Its name. */
  name: string;
  /** Its user id. */
  uid: number;
  /** Its primary group id. */
  gid: number;
  /** Its home directory. */
  home: string;
}

/** One range of subordinate ids. */
export interface IdRange {
  /** First id. */
  start: number;
  /** How many ids. */
  count: number;
}

/** The ids that the account's containers live on. */
export interface SubordinateIds {
  /** User ids, a range for each line of /etc/subuid. */
  uids: IdRange[];
  /** Group ids, a range for each line of /etc/subgid. */
  gids: IdRange[];
}

/** What runs on the host. */
export interface Versions {
  /** Of dockerd. */
  engine: string;
  /** Of RootlessKit. */
  rootlesskit: string;
  /** Release of the running kernel (`uname -r`). */
  kernel: string;
  /** Name of the operating system (`PRETTY_NAME` of os-release). */
  os: string;
}

/** Control groups, as the daemon has them. */
export interface CgroupInfo {
  /** "1" or "2". */
  version: string;
  /** `systemd`, `cgroupfs` or `none`. */
  driver: string;
  /** Controllers that are delegated to the account, such as cpu, memory, pids. */
  controllers: string[];
}

/** The network that RootlessKit makes for the containers. */
export interface NetworkInfo {
  /** Such as slirp4netns. */
  driver: string;
  /** Who forwards published ports: builtin, slirp4netns or implicit. */
  portDriver: string;
  /** Bytes of a packet at most. */
  mtu: number;
}

/** One row of the table of what rootless mode limits. */
export interface Limitation {
  /** Such as `ping`, `privilegedPorts`, `cgroups`. */
  name: string;
  /** `available`, `limited` or `unavailable`. */
  status: string;
  /** What was measured on this host. */
  fact: string;
  /** What to do about it; empty where there is nothing to do. */
  mend: string;
}

/** Facts of the steps' reports, by name. */
export type Facts = Record<string, string>;

/**
 * Facts of one step's report.
 *
 * @throws Error where it is not the agent's JSON, with its first characters.
 */
export function factsOf(report: string): Facts {
  try {
    const { facts } = JSON.parse(report) as { facts?: Facts };
    if (facts) return facts;
  } catch {
    // Falls through to the one message for everything that is not a report.
  }
  throw new Error(
    `expected the agent's JSON report, got '${report.slice(0, 80)}'; run 'pulumi up' again, and if it stays, look for output of the login shell's start files on the host`,
  );
}

export function accountInfo(facts: Facts): AccountInfo {
  return {
    name: facts["account.name"],
    uid: Number(facts["account.uid"]),
    gid: Number(facts["account.gid"]),
    home: facts["account.home"],
  };
}

export function subordinateIds(facts: Facts): SubordinateIds {
  return {
    uids: idRanges(facts["subordinateIds.uids"]),
    gids: idRanges(facts["subordinateIds.gids"]),
  };
}

function idRanges(list: string): IdRange[] {
  return list.split(",").map((range) => {
    const [start, count] = range.split(":").map(Number);
    return { start, count };
  });
}

export function versions(facts: Facts): Versions {
  return {
    engine: facts["versions.engine"],
    rootlesskit: facts["versions.rootlesskit"],
    kernel: facts["versions.kernel"],
    os: facts["versions.os"],
  };
}

export function cgroupInfo(facts: Facts): CgroupInfo {
  return {
    version: facts["cgroup.version"],
    driver: facts["cgroup.driver"],
    controllers: facts["cgroup.controllers"].split(",").filter(Boolean),
  };
}

export function networkInfo(facts: Facts): NetworkInfo {
  return {
    driver: facts["network.driver"],
    portDriver: facts["network.portDriver"],
    mtu: Number(facts["network.mtu"]),
  };
}

/** The rows of all steps' reports, by name. */
export function limitations(reports: Facts[]): Limitation[] {
  const facts: Facts = Object.assign({}, ...reports) as Facts;
  return Object.keys(facts)
    .flatMap((key) => /^limitations\.(\w+)\.status$/.exec(key)?.[1] ?? [])
    .sort()
    .map((name) => ({
      name,
      status: facts[`limitations.${name}.status`],
      fact: facts[`limitations.${name}.fact`],
      mend: facts[`limitations.${name}.mend`],
    }));
}
