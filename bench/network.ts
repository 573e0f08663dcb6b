/**
 * What goes through a container's network, in pairs on one host: bridges of Docker's MTU 1500 against this package's
 * own choice. `npm run bench:network -- --pairs 5 --driver pasta --suite trixie`; docs/network.md has results.
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { interruptible } from "./interrupt";
import { EngineSource, NetworkDriver, OnDestroyData, RootlessDockerHost } from "../index";
import { busyboxImageTar } from "../stand-ins/dockerCli";
import { currentEngine, type Repository, serveRepository } from "../stand-ins/engine";
import { createHost, destroyAllHosts, type TestHost } from "../stand-ins/hosts";
import { createWorkspaceStack } from "../stand-ins/toolchain";
import { median, table } from "./figures";

interface Options {
  suite: string;
  driver: NetworkDriver;
  /** Docker's archives of a current engine instead of the distribution's packages. */
  archives: boolean;
  pairs: number;
  seconds: number;
  /** Of what containers send. Defaults to the kernel's own. */
  "congestion-control"?: string;
  /** The other side of the pairs: keys of daemon.json. Defaults to MTU 1500. */
  against?: string;
}

/** What is measured, in this order; of milliseconds fewer are better. */
const measures = [
  "outbound, default bridge, Gbit/s",
  "outbound, user-defined, Gbit/s",
  "published port, to the container, Gbit/s",
  "published port, from the container, Gbit/s",
  "published port, a small request, ms",
  "outbound, a small request, ms",
] as const;
type Measured = Record<(typeof measures)[number], number>;
type Pair = Record<"before" | "now", Measured>;

const account = "app";
/** A neighbour of the host, in a network namespace of its own: 198.51.100.2. */
const neighbour = `set -e
  ip netns add outside
  ip link add inside type veth peer name outside netns outside
  ip addr add 198.51.100.1/24 dev inside && ip link set inside up
  ip netns exec outside ip addr add 198.51.100.2/24 dev outside
  ip netns exec outside ip link set outside up
  systemd-run -q --collect --unit traffic ip netns exec outside perl /srv/traffic.pl serve 7000`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pairs: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      suite: { type: "string", default: "trixie" },
      driver: { type: "string", default: NetworkDriver.Auto },
      archives: { type: "boolean", default: false },
      "congestion-control": { type: "string" },
      against: { type: "string" },
    },
  });
  const { driver: asked, ...others } = values;
  const driver = Object.values(NetworkDriver).find((name: string) => name === asked);
  if (driver === undefined)
    throw new Error(`--driver wants one of ${Object.values(NetworkDriver).join(", ")}`);
  const [pairs, seconds] = [Number(values.pairs), Number(values.seconds)];
  await interruptible(() => bench({ ...others, driver, pairs, seconds }), destroyAllHosts);
}

async function bench(options: Options): Promise<void> {
  const host = await createHost({ suite: options.suite });
  const repository = options.archives ? await serveRepository() : undefined;
  let daemon = {};
  const program = async () => {
    const { address, port, user, hostKey, privateKey } = host;
    const { versions, network } = new RootlessDockerHost("host", {
      connection: { host: address, port, user, hostKey, privateKey },
      account: { name: account },
      engine: repository && archivesOf(repository),
      network: { driver: options.driver },
      daemon,
      onDestroy: { data: OnDestroyData.Delete },
    });
    return { versions, network };
  };
  const stack = await createWorkspaceStack({ stackName: "bench", program });
  const { outputs } = await stack.up();
  const engine = (outputs.versions.value as { engine: string }).engine;
  say(JSON.stringify({ ...outputs.versions.value, ...outputs.network.value }));
  say(`${cpus().length} processors`);
  await host.run("cat >/srv/traffic.pl", { input: readFileSync(join(__dirname, "traffic.pl")) });
  await host.run("cat >/srv/busybox.tar", { input: readFileSync(await busyboxImageTar()) });
  await host.run(neighbour);
  await asAccount(host, "docker import /srv/busybox.tar busybox >/dev/null");
  const sides = { before: otherSide(options.against, parseInt(engine, 10) >= 24), now: {} };
  const pairs: Pair[] = [];
  for (let i = 0; i < options.pairs; i++) {
    const order = i % 2 === 0 ? (["before", "now"] as const) : (["now", "before"] as const);
    const pair: Partial<Pair> = {};
    for (const side of order) {
      daemon = sides[side];
      await stack.up();
      pair[side] = await measure(host, options);
      say(`pair ${i + 1}, ${side}: ${Object.values(pair[side]).join(", ")}`);
    }
    pairs.push(pair as Pair);
  }
  await repository?.close();
  process.stdout.write(`${report(pairs)}\n`);
}

function archivesOf({ url, sha256 }: Repository) {
  return {
    source: EngineSource.StaticArchive,
    version: currentEngine,
    sha256: sha256("docker", currentEngine),
    rootlessExtrasSha256: sha256("docker-rootless-extras", currentEngine),
    mirror: url,
  };
}

/** Keys of daemon.json that make bridges as Docker does by itself, or those that are given. */
function otherSide(given: string | undefined, knowsOptions: boolean): object {
  if (given !== undefined) return JSON.parse(given) as object;
  const options = { bridge: { "com.docker.network.driver.mtu": "1500" } };
  return { mtu: 1500, ...(knowsOptions && { "default-network-opts": options }) };
}

/** Runs a shell command as the account. */
function asAccount(host: TestHost, command: string): Promise<string> {
  const login = `setpriv --reuid ${account} --regid ${account} --init-groups env -i HOME=/home/${account}`;
  return host.run(`${login} PATH="$PATH:/usr/sbin" sh -eu`, { input: command });
}

/** Perl and its libraries are the machine's, read in the container. */
const perl = "-v /usr:/usr:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro -v /srv:/srv:ro";

async function measure(host: TestHost, options: Options): Promise<Measured> {
  const { seconds, "congestion-control": control } = options;
  const run = `docker run -d ${control ? `--sysctl net.ipv4.tcp_congestion_control=${control}` : ""}`;
  await asAccount(
    host,
    `docker network create own >/dev/null
    ${run} --name web -p 8080:80 ${perl} busybox /usr/bin/perl /srv/traffic.pl serve 80 >/dev/null
    ${run} --name other --network own ${perl} busybox sleep 3600 >/dev/null`,
  );
  const inside = (container: string, verb: string) =>
    asAccount(host, `docker exec ${container} /usr/bin/perl /srv/traffic.pl ${verb} 2>&1`).then(
      Number,
    );
  const outside = (verb: string) =>
    host.run(`ip netns exec outside perl /srv/traffic.pl ${verb}`).then(Number);
  const values = [
    await inside("web", `send 198.51.100.2 7000 ${seconds}`),
    await inside("other", `send 198.51.100.2 7000 ${seconds}`),
    await outside(`send 198.51.100.1 8080 ${seconds}`),
    await outside(`fetch 198.51.100.1 8080 ${seconds}`),
    await outside("requests 198.51.100.1 8080 500"),
    await inside("web", "requests 198.51.100.2 7000 500"),
  ];
  await asAccount(host, "docker rm -f web other >/dev/null; docker network rm own >/dev/null");
  return Object.fromEntries(measures.map((name, i) => [name, values[i]])) as Measured;
}

function report(pairs: Pair[]): string {
  const rows = measures.map((name) => {
    const of = (side: "before" | "now") => pairs.map((pair) => pair[side][name]);
    const ratios = pairs.map((pair) => pair.now[name] / pair.before[name]);
    const range = (list: number[]) =>
      `${median(list).toFixed(2)} (${Math.min(...list).toFixed(2)} to ${Math.max(...list).toFixed(2)})`;
    return [name, range(of("before")), range(of("now")), median(ratios).toFixed(2)];
  });
  return table([["median (least to most)", "MTU 1500", "now", "ratio"], ...rows]);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
