import { daemonFacts } from "../steps/daemon/step";
import {
  type Facts,
  type FactTypes,
  optional,
  type Read,
  text,
  wholeNumber,
  words,
} from "../steps/facts";
import { machineFacts } from "../steps/machine";

const anything = { wanted: "a string, which may be empty", read: (found: string) => found };

const truth = {
  wanted: "true or false",
  read: (found: string) => (/^(true|false)$/.test(found) ? found === "true" : undefined),
};

/** The same of a value of the program's; `secret` if it is a secret. */
const truthOrSecret = {
  wanted: "true, false or secret",
  read: (found: string) => (found === "secret" ? "secret" : truth.read(found)),
};

/** Mode and owner of a file. */
export interface FileMode {
  mode: number;
  uid: number;
  gid: number;
}

/** Such as `.config/docker/daemon.json=600:1234:1235 .=700:1234:1235`. */
const fileModes = {
  wanted: "names of files with mode, uid and gid",
  read(found: string): Record<string, FileMode> | undefined {
    const files = found
      .split(" ")
      .map((word) => /^([\w./-]+)=([0-7]{1,4}):(\d+):(\d+)$/.exec(word));
    if (files.some((file) => file === null)) return undefined;
    const entries = files.map((file) => {
      const [, name = "", mode, uid, gid] = file ?? [];
      return [name, { mode: parseInt(mode, 8), uid: Number(uid), gid: Number(gid) }];
    });
    return Object.fromEntries(entries) as Record<string, FileMode>;
  },
};

/**
 * Facts that the rows are made of, by the step that reports them: those of its outputs, and these. The host measures, and
 * says no words about it.
 */
export const measuredBy = {
  machine: {
    ...machineFacts,
    /** `net.ipv4.ping_group_range`, with one blank. */
    "kernel.pingGroups": text,
    /** `net.ipv4.ip_unprivileged_port_start`. */
    "kernel.portStart": wholeNumber,
    /** The path of its program, and what getcap says of it. */
    "rootlesskit.path": text,
    "rootlesskit.capability": anything,
    /** Whether the daemon ran the file that is installed as dockerd, and when that was seen; none without a daemon. */
    "engine.isInstalledFile": optional(truth),
    "engine.seenAt": optional(wholeNumber),
  },
  daemon: {
    ...daemonFacts,
    /** Whether limits of memory, cpu and pids work: three words of docker info. */
    "daemon.limits": text,
    "daemon.security": text,
    "daemon.version": text,
    "daemon.experimental": text,
    /** Whether daemon.json names the driver. */
    "daemon.isDriverNamed": truth,
    /** Whether daemon.json leaves docker-proxy on. */
    "daemon.userlandProxy": truthOrSecret,
    /** Files that say something else of docker.service than its unit, such as drop-ins; empty without one. */
    "daemon.overrides": optional(anything),
    /** daemon.json's host-gateway-ip: empty without one, `secret` where it is one. */
    "daemon.hostGateway": anything,
    /** Whether the machine has that address. */
    "daemon.hostGatewayIsHere": truth,
    /** Facts of the process dockerd: its id, its network and the machine's, and what is in it. */
    "dockerd.process": wholeNumber,
    /** Whether it runs the file that is installed as dockerd, and when that was seen: seconds since the epoch. */
    "dockerd.isInstalledFile": optional(truth),
    "dockerd.seenAt": optional(wholeNumber),
    "dockerd.network": text,
    "dockerd.machineNetwork": text,
    "dockerd.interfaces": anything,
    "dockerd.capabilities": text,
    "dockerd.idMap": text,
    /** Propagation of its root directory, as mountinfo has it; empty where that is private. */
    "dockerd.rootMount": anything,
    /** The file at /run/docker.sock in its mount namespace: `itself`, a kind of file, or empty. */
    "dockerd.socket": anything,
    /** Protocols that it forwards; empty where it does not say so. */
    "rootlesskit.protocols": words,
    "rootlesskit.isTransparent": truth,
    /** The address by which it leads to the machine's 127.0.0.1, and whether it does. */
    "rootlesskit.loopback": text,
    "rootlesskit.hostLoopback": truth,
    "client.version": text,
    "kernel.appArmor": truth,
    /** Whether firewalld runs. */
    "machine.firewalld": truth,
    /** The path of the program; empty without one. */
    "criu.path": anything,
    /** Modes and owners of what the daemon reads, below the home, and of `/run/user/UID` and its socket; `.` is the home. */
    "files.modes": optional(fileModes),
  },
} satisfies Record<string, FactTypes>;

export type MeasuringStep = keyof typeof measuredBy;

/** All of them. */
export type Measured = Read<(typeof measuredBy)["machine"] & (typeof measuredBy)["daemon"]>;

/** Facts that a host reported; undefined where an earlier version of this package did not ask for them. */
export type HostFacts = Partial<Measured>;

/** Facts of the steps' reports. One that is missing, or that its type does not read, is left out: no row ends a run. */
export function hostFactsOf(reports: Partial<Record<MeasuringStep, Facts>>): HostFacts {
  const steps = Object.keys(measuredBy) as MeasuringStep[];
  const entries = steps.flatMap((step) => {
    const facts = reports[step] ?? {};
    const types = Object.entries(measuredBy[step] as FactTypes);
    return types.map(([name, { read }]) => [
      name,
      facts[name] === undefined ? undefined : read(facts[name]),
    ]);
  });
  return Object.fromEntries(entries) as HostFacts;
}
