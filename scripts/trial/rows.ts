import type { Limitation } from "../../src/limitations/limitation";
import type { Machine } from "./machine";

/** The image that all containers of a trial are of. */
export const image = "rootless-docker-trial";

/** A row of the output `limitations`, and what a container met. */
export interface Row {
  name: string;
  /** The row's status. */
  said: string;
  /** The status as it was tried, or `not tried`. */
  tried: string;
  /** What was seen, in a few words. */
  seen: string;
}

/** What a try found. */
type Tried = Pick<Row, "tried" | "seen">;

const notTried = (seen: string): Tried => ({ tried: "not tried", seen });
const works = (seen: string): Tried => ({ tried: "available", seen });
const worksInPart = (seen: string): Tried => ({ tried: "limited", seen });
const fails = (seen: string): Tried => ({ tried: "unavailable", seen });

/** A try, by the name of its row. */
const tries: Record<string, (machine: Machine) => Promise<Tried>> = {
  cgroups,
  netHost,
  ping,
  privilegedPorts,
  readOnly,
  storageDrivers,
};

/** Tries every row that a container can try, one after the other. */
export async function tryRows(
  machine: Machine,
  limitations: readonly Limitation[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, status } of limitations) {
    const attempt = tries[name];
    if (attempt === undefined) continue;
    rows.push({ name, said: status, ...(await attempt(machine)) });
  }
  return rows;
}

/** Whether what was tried contradicts what was said. */
export function disagrees({ said, tried }: Row): boolean {
  return tried !== "not tried" && tried !== said;
}

async function cgroups(machine: Machine): Promise<Tried> {
  const limits = "--memory 64m --pids-limit 50 --cpus 0.5";
  const files = "memory.max pids.max cpu.max";
  const { stdout } = await machine.tryAsAccount(
    `docker run --rm ${limits} ${image} sh -c 'cd /sys/fs/cgroup; for file in ${files}; do cat $file; done'`,
  );
  const found = stdout.trim().split("\n");
  const arrived = ["67108864", "50", "50000 100000"].filter((limit) => found.includes(limit));
  const seen = `limits that arrived: ${arrived.length} of 3`;
  if (arrived.length === 3) return works(seen);
  return arrived.length === 0 ? fails(seen) : worksInPart(seen);
}

async function netHost(machine: Machine): Promise<Tried> {
  const namespace = "readlink /proc/self/ns/net";
  const machines = await machine.asRoot("readlink /proc/1/ns/net");
  const containers = await machine.asAccount(`docker run --rm --net host ${image} ${namespace}`);
  return containers === machines.trim()
    ? works("the machine's network namespace")
    : worksInPart("another network namespace than the machine's");
}

/** A machine answers itself; so no other one is needed. */
async function ping(machine: Machine): Promise<Tried> {
  const own = await machine.asRoot(
    'ip -o -4 address show scope global | awk \'NR == 1 { sub("/.*", "", $4); print $4 }\'',
  );
  if (own.trim() === "") return notTried("the machine has no IPv4 address");
  const command = `docker run --rm ${image} ping -c 1 -W 5 ${own.trim()}`;
  const { exitCode, stderr } = await machine.tryAsAccount(command);
  if (exitCode === 0) return works("an echo came back");
  if (exitCode >= 125) return notTried(`the image has no ping (${exitCode})`);
  return fails(`no echo came back ${stderr.trim() === "" ? "" : "(ping failed)"}`.trim());
}

/** On a port of the machine that nobody listens on. */
async function privilegedPorts(machine: Machine): Promise<Tried> {
  const { exitCode, stderr } = await machine.tryAsAccount(
    `port=1013
while grep -qi ":$(printf %04X $port) " /proc/net/tcp /proc/net/tcp6 2>/dev/null; do
    port=$((port - 1))
done
docker run --rm -p 127.0.0.1:$port:80 ${image} id -u`,
  );
  if (exitCode === 0) return works("a port below 1024 was published");
  return /privileged port|permission denied/i.test(stderr)
    ? fails("a port below 1024 was refused")
    : notTried(`docker run ended with ${exitCode}`);
}

async function readOnly(machine: Machine): Promise<Tried> {
  const { exitCode } = await machine.tryAsAccount(
    `docker run --rm --read-only ${image} sh -c ': >/file'`,
  );
  return exitCode === 0 ? fails("a file was written") : works("no file could be written");
}

/** The driver that the engine names removes a file of the image, which is what drivers differ in. */
async function storageDrivers(machine: Machine): Promise<Tried> {
  const driver = await machine.asAccount("docker info --format '{{.Driver}}'");
  const { exitCode, stdout } = await machine.tryAsAccount(
    `docker run --name removed ${image} rm /trial-file
docker diff removed
docker rm removed >/dev/null`,
  );
  if (exitCode !== 0 || !stdout.includes("D /trial-file"))
    return fails(`${driver}: a file of the image could not be removed`);
  const seen = `${driver}: a file of the image was removed`;
  return ["overlay2", "overlayfs", "btrfs"].includes(driver) ? works(seen) : worksInPart(seen);
}
