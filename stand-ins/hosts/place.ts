import { join } from "node:path";
import { execOrThrow } from "./exec";

/** Where the testbed keeps its hosts: one folder a host, by number, with its record and its tree. */
export const stateDir = "/var/lib/rootless-docker-testbed";
export const hostsDir = join(stateDir, "hosts");
/** Held while hosts are numbered, and while the network is made or removed. */
export const stateLock = join(stateDir, "lock");

/** The first three octets of the hosts' /24; the machine itself is .1, host N is .N. */
const net = "10.203.0";
export const gateway = `${net}.1`;
export const firstNumber = 2;
export const lastNumber = 254;

/** The names of host N. They are short: the kernel allows 15 characters for `vb-<machine>`. */
export function placeOf(number: number) {
  const machine = `rd-${number}`;
  return {
    dir: join(hostsDir, String(number)),
    machine,
    address: `${net}.${number}`,
    /** The machine's end of the host's network cable. */
    cable: `vb-${machine}`,
  };
}

/** A shell script of the testbed, by name, and what they all find in their environment. */
export const scriptPath = (name: string) => join(__dirname, "scripts", name);
export const scriptEnv = {
  TESTBED_STATE: stateDir,
  TESTBED_BRIDGE: "rd-bridge",
  TESTBED_NET: net,
};

export function runScript(name: string, args: string[]): Promise<string> {
  return execOrThrow("sh", [scriptPath(name), ...args], { env: scriptEnv });
}
