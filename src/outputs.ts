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

/** Many times what an agent's report has. */
const longestReport = 1024 * 1024;

/**
 * Facts of one step's report: the last line that a command printed. What comes before is the login shell's;
 * the agent lets nobody else write there.
 *
 * @throws Error where it is not the agent's JSON, with its first characters.
 */
export function factsOf(command: string, stdout: string): Facts {
  if (stdout.length <= longestReport) {
    try {
      const { facts } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as {
        facts?: unknown;
      };
      if (areFacts(facts)) return facts;
    } catch {
      // Falls through to the one message for everything that is not a report.
    }
  }
  throw new Error(
    `${command}: report: found ${excerpt(stdout)}; wanted the agent's JSON. To mend: see what start files of the login shell print on the host (its ~/.bashrc, say), then run 'pulumi up' with a new value of recheck, which asks again`,
  );
}

function areFacts(facts: unknown): facts is Facts {
  return (
    typeof facts === "object" &&
    facts !== null &&
    Object.values(facts).every((value) => typeof value === "string")
  );
}

/** The beginning of a text, in one line, without what a terminal would obey. */
function excerpt(text: string): string {
  const start = text.slice(0, 80).replace(/[\p{Cc}\p{Cf}]/gu, " ");
  return text.length > 80 ? `'${start}...' (${text.length} characters)` : `'${start.trim()}'`;
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
