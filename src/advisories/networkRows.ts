import { isFrom } from "../limitations/versions";
import type { AdvisoryId } from "../steps/advisoryIds";
import {
  affected,
  type AdvisoryRow,
  notReported,
  unaffected,
  unknown,
  type Verdict,
} from "./advisory";
import type { HostFacts } from "../limitations/measured";
import { runningEngine, runsInstalledFile } from "./runningEngine";

/** The newest engine that these rows were read for: of a later one nobody knows yet whether it has the fault. */
const newestRead = [29, 10];

/** Faults of the network between containers and the machine. */
export const networkRows = {
  "custom-bridge-ports": {
    title: "Published ports of containers in user-defined networks may not be bound on the machine",
    source: "https://github.com/moby/moby/issues/52933",
    affects: "unknown for engines from 29.5 on: the report is open, and its cause is not known",
    meaning:
      "A container in a network of its own, as Compose makes one, may start although nobody reaches its published ports.",
    fix: "try a published port of such a container from another machine. If it does not answer, set DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS to false in environment, or engine.version to one before 29.5",
    judge(host) {
      const engine = runningEngine(host);
      if (engine === undefined) return notReported("its engine");
      return isFrom(engine, 29, 5)
        ? unknown(`engine ${engine} is one of those of the report, and its ports were not tried`)
        : unaffected(`the engine is ${engine}, and the report is about 29.5`);
    },
  },

  "dynamic-ports-collide": {
    title: "Containers with a dynamic host port fail if the machine already uses that port",
    source: "https://github.com/moby/moby/issues/53153",
    affects: "engines from 29.0 on, with the port driver builtin; open as of 29.9",
    meaning:
      "'docker run -p 0:80', '-P' and Testcontainers fail now and then with 'bind: address already in use', because the daemon chooses a port in RootlessKit's network and does not try another one.",
    fix: "publish fixed ports, or start the container again. Engines before 29.0 try another port by themselves",
    judge(host) {
      const engine = runningEngine(host);
      const driver = host["network.portDriver"];
      if (engine === undefined) return notReported("its engine");
      if (driver === undefined) return notReported("its port driver");
      const evidence = `the engine is ${engine}, the port driver ${driver}`;
      if (!isFrom(engine, 29)) return unaffected(evidence);
      if (isFrom(engine, ...newestRead)) return unknown(`${evidence}: newer than what was read`);
      return driver === "builtin"
        ? affected(evidence)
        : unknown(`${evidence}: the report is about builtin`);
    },
  },

  "net-host-reaches-loopback": {
    title: "Containers with --net=host reach services on the machine's 127.0.0.1",
    source: "https://github.com/moby/moby/pull/47103",
    affects: "engines from 29.5 on, unless the daemon is in RootlessKit's network",
    meaning:
      "A container that runs with --net=host connects to databases, metrics and abstract sockets that listen on the machine's 127.0.0.1, although network.hostLoopback is false.",
    fix: "set DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS to false in environment; or let nobody run containers with --net=host, and accept this advisory",
    judge: judgeNetHost,
  },

  "pasta-on-ubuntu-24-04": {
    title: "pasta cannot make a user namespace on Ubuntu 24.04",
    source: "https://github.com/moby/moby/issues/48257",
    affects:
      "Ubuntu 24.04 with network.driver pasta, if kernel.appArmorProfile is none and nobody made a profile",
    meaning:
      "AppArmor refuses pasta its user namespace, because Ubuntu's package has no profile for it, so the daemon does not start.",
    fix: "leave kernel.appArmorProfile out, so that this package makes the profile; or leave network.driver out, which takes slirp4netns",
    judge(host, given) {
      const system = host["versions.os"];
      if (given.networkDriver !== "pasta") return unaffected("network.driver is not pasta");
      if (system === undefined) return notReported("its system");
      if (!system.startsWith("Ubuntu 24.04")) return unaffected(`the system is ${system}`);
      if (given.makesProfiles)
        return unaffected(`the system is ${system}, and this package makes a profile for pasta`);
      return host["network.driver"] === "pasta"
        ? unaffected(`the system is ${system}, and its daemon runs with pasta`)
        : affected(`the system is ${system}, and kernel.appArmorProfile is none`);
    },
  },

  "udp-client-addresses": {
    title: "Containers do not see the addresses of UDP clients, although they see those of TCP",
    source: "https://github.com/rootless-containers/rootlesskit/pull/596",
    affects:
      "the port driver builtin from RootlessKit 3 on with userland-proxy false; unknown with docker-proxy, which hides clients of TCP too",
    meaning:
      "DNS servers, WireGuard, game servers and HTTP/3 in containers see every client under one address: limits and blocks by address concern all of them.",
    fix: "set network.portDriver to slirp4netns, or network.driver to pasta",
    isOfProgram: true,
    judge: judgeUdpAddresses,
  },

  "udp-replies-lost": {
    title: "UDP replies of containers do not reach clients on other machines",
    source: "https://github.com/rootless-containers/rootlesskit/issues/592",
    affects: "RootlessKit 3.0.0 with the port driver builtin (Docker 29.5)",
    meaning:
      "Containers receive UDP packets on published ports, but clients on other machines never get an answer.",
    fix: "upgrade the engine to one with RootlessKit 3.0.1 or later, or set network.portDriver to slirp4netns",
    judge(host) {
      const version = host["versions.rootlesskit"];
      const driver = host["network.portDriver"];
      if (version === undefined) return notReported("its RootlessKit");
      if (isFrom(version, 3, 0, 1) && runsInstalledFile(host) === false)
        return unknown(
          `RootlessKit ${version} is installed, but the daemon may run an earlier one`,
        );
      if (!isFrom(version, 3) || isFrom(version, 3, 0, 1))
        return unaffected(`RootlessKit is ${version}`);
      if (driver === undefined) return notReported("its port driver");
      const evidence = `RootlessKit is ${version}, the port driver ${driver}`;
      if (driver !== "builtin") return unaffected(evidence);
      return host["rootlesskit.isTransparent"] === false
        ? unaffected(`${evidence}, without --source-ip-transparent`)
        : affected(evidence);
    },
  },
} satisfies Partial<Record<AdvisoryId, AdvisoryRow>>;

function judgeNetHost(host: HostFacts): Verdict {
  const engine = runningEngine(host);
  const [own, machines] = [host["dockerd.network"], host["dockerd.machineNetwork"]];
  if (engine === undefined) return notReported("its engine");
  if (!isFrom(engine, 29, 5)) return unaffected(`the engine is ${engine}`);
  if (own === undefined || machines === undefined) return notReported("its daemon's network");
  // The step daemon does not run again for another engine.
  if (host["daemon.version"] !== engine)
    return unknown(
      `the engine is ${engine} now, and the daemon's network was last looked at with ${host["daemon.version"] ?? "another one"}`,
    );
  if (own !== machines) return unaffected(`dockerd is in ${own}, and the machine in ${machines}`);
  return host["rootlesskit.hostLoopback"] === true
    ? unaffected(`network.hostLoopback leads all containers to 127.0.0.1 anyway`)
    : affected(`dockerd of engine ${engine} is in the machine's network, ${own}`);
}

/** From RootlessKit 3 on the port driver builtin passes the addresses of TCP clients on, unless docker-proxy runs. */
function judgeUdpAddresses(host: HostFacts): Verdict {
  const version = host["versions.rootlesskit"];
  const driver = host["network.portDriver"];
  const hasProxy = host["daemon.userlandProxy"];
  if (driver === undefined) return notReported("its port driver");
  if (driver === "slirp4netns" || driver === "implicit")
    return unaffected(`the port driver is ${driver}, which passes all addresses on`);
  if (driver !== "builtin") return unknown(`the port driver is ${driver}, which was not tried`);
  if (hasProxy === "secret") return unknown("the value of userland-proxy in daemon is a secret");
  if (version === undefined || hasProxy === undefined) return notReported("its RootlessKit");
  if (hasProxy)
    return unknown(
      "the port driver is builtin, and docker-proxy hides the clients of TCP and UDP alike (the row clientAddresses of limitations)",
    );
  const evidence = `RootlessKit is ${version}, the port driver builtin, and userland-proxy false`;
  return isFrom(version, 3)
    ? affected(evidence)
    : unaffected(`${evidence}: no published port answers (the row clientAddresses of limitations)`);
}
