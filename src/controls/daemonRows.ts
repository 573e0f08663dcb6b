import type { GivenInputs } from "../advisories/advisory";
import type { HostFacts } from "../limitations/measured";
import { isFrom } from "../limitations/versions";
import {
  type ControlRow,
  type ControlVerdict,
  declined,
  met,
  notJudged,
  open,
  unknown,
} from "./control";

/** Recommendations about the daemon and keys of daemon.json. */
export const daemonRows = {
  "daemon-without-root": {
    title: "The daemon does not run as root",
    references: ["CIS 2.1", "OWASP 11"],
    how: "always met: an ordinary account runs it",
    judge(host) {
      const uid = host["account.uid"];
      if (uid === undefined) return notJudged("its account");
      return uid > 0
        ? met(`uid ${uid}, ${host["account.name"] ?? "an ordinary account"}, runs the daemon`)
        : open("root runs the daemon", "name an ordinary account in account.name");
    },
  },

  "bridge-traffic": {
    title: "Containers on the default bridge cannot reach each other",
    references: ["CIS 2.2", "OWASP 5"],
    how: "`daemon: { icc: false }`, which requires the module br_netfilter; or networks of their own for containers",
    isOfProgram: true,
    judge: (_host, given) =>
      keyIs(given, "icc", false, "set icc to false in daemon, and load the module br_netfilter"),
  },

  "log-level": {
    title: "The daemon logs at level info, and not debug",
    references: ["CIS 2.3", "OWASP 10"],
    how: "met by default; leave log-level and debug out of daemon",
    isOfProgram: true,
    judge(_host, given) {
      const hidden = secretKey(given, "log-level", "debug");
      if (hidden) return hidden;
      const { "log-level": level = "info", debug = false } = given.daemon;
      return level === "info" && debug === false
        ? met("the log level is info")
        : open(
            `log-level is ${JSON.stringify(level)}, and debug ${JSON.stringify(debug)}`,
            "take log-level and debug out of daemon",
          );
    },
  },

  "packet-filter": {
    title: "Docker makes its packet filter rules",
    references: ["CIS 2.4"],
    how: "met by default: the rules are those of RootlessKit's network, and not the machine's",
    isOfProgram: true,
    judge(_host, given) {
      const hidden = secretKey(given, "iptables");
      if (hidden) return hidden;
      return given.daemon.iptables === false
        ? open("daemon has iptables: false", "take iptables out of daemon")
        : met("daemon leaves iptables on");
    },
  },

  "secure-registries": {
    title: "No registry is used without TLS",
    references: ["CIS 2.5"],
    how: "met by default; `registryCertificates` instead of insecure-registries",
    isOfProgram: true,
    judge(_host, given) {
      const hidden = secretKey(given, "insecure-registries");
      if (hidden) return hidden;
      const list = (given.daemon["insecure-registries"] ?? []) as unknown[];
      return list.length === 0
        ? met("daemon has no insecure-registries")
        : open(
            `daemon has ${list.length} insecure-registries`,
            "name the certificates of their authorities in registryCertificates",
          );
    },
  },

  "authenticated-api": {
    title: "The daemon's API is not reachable over the network without certificates",
    references: ["CIS 2.7", "OWASP 1"],
    how: "met: `tcpSocket` requires certificates on both sides, and is off by default; unknown if a drop-in of docker.service can open another socket",
    isOfProgram: true,
    judge: (_host, { hasTcpSocket }) =>
      met(
        hasTcpSocket
          ? "tcpSocket verifies the certificates of its callers"
          : "tcpSocket is not set: the daemon listens on a socket of the account alone",
      ),
  },

  "default-ulimits": {
    title: "Containers have limits by default, such as of open files",
    references: ["CIS 2.8", "OWASP 7"],
    how: '`daemon: { "default-ulimits": { nofile: { Name: "nofile", Soft: 1024, Hard: 4096 } } }`',
    isOfProgram: true,
    judge(_host, given) {
      const hidden = secretKey(given, "default-ulimits");
      if (hidden) return hidden;
      const names = Object.keys(given.daemon["default-ulimits"] ?? {});
      return names.length > 0
        ? met(`daemon has default-ulimits for ${names.join(", ")}`)
        : open("daemon has no default-ulimits", "set default-ulimits in daemon");
    },
  },

  "user-namespace": {
    title: "Root in a container is not root of the machine",
    references: ["CIS 2.9", "OWASP 2"],
    how: "always met: the daemon and its containers are in a user namespace of the account",
    judge(host) {
      const map = host["dockerd.idMap"];
      if (map === undefined) return notJudged("the ids of its daemon");
      return /^0 0 /.test(map)
        ? open(`uid_map of the daemon is ${map}`, "name an ordinary account in account.name")
        : met(`uid_map of the daemon is ${map}`);
    },
  },

  "authorization-plugin": {
    title: "A plugin decides which calls of the API are allowed",
    references: ["CIS 2.12"],
    how: '`daemon: { "authorization-plugins": [...] }`, which was not tried in rootless mode',
    isOfProgram: true,
    judge(_host, given) {
      const hidden = secretKey(given, "authorization-plugins");
      if (hidden) return hidden;
      const list = (given.daemon["authorization-plugins"] ?? []) as unknown[];
      return list.length > 0
        ? met(`daemon has ${list.length} authorization-plugins`)
        : open(
            "daemon has no authorization-plugins: whoever reaches the socket may do all that the account may",
            "set authorization-plugins in daemon (not tried in rootless mode)",
          );
    },
  },

  "central-logs": {
    title: "Logs of containers are sent to another place",
    references: ["CIS 2.13"],
    how: "`log-driver` in `daemon`, such as syslog, fluentd or gelf; unknown with journald, which somebody else has to forward",
    isOfProgram: true,
    judge(_host, given) {
      const hidden = secretKey(given, "log-driver");
      if (hidden) return hidden;
      const driver = given.daemon["log-driver"] ?? "json-file";
      if (driver === "journald")
        return unknown(
          "the log driver is journald, and it is not known whether the journal is forwarded",
        );
      return driver === "local" || driver === "json-file" || driver === "none"
        ? open(
            `the log driver is ${driver}`,
            "set log-driver in daemon to one that sends logs away",
          )
        : met(`the log driver is ${JSON.stringify(driver)}`);
    },
  },

  "no-new-privileges": {
    title: "Programs in containers gain no privileges by setuid",
    references: ["CIS 2.14", "OWASP 4"],
    how: '`daemon: { "no-new-privileges": true }`; sudo and ping with a capability then fail in containers',
    isOfProgram: true,
    judge: (_host, given) =>
      keyIs(given, "no-new-privileges", true, "set no-new-privileges to true in daemon"),
  },

  "live-restore": {
    title: "Containers keep running while the daemon restarts",
    references: ["CIS 2.15"],
    how: "declined: it does not work in rootless mode, since RootlessKit's namespaces end with the daemon",
    isOfProgram: true,
    judge: (_host, given) =>
      declined(
        liveRestoreInWords(given),
        "rootless mode cannot do it: the namespaces of the containers' network end with the daemon. Leave live-restore out of daemon",
      ),
  },

  "no-docker-proxy": {
    title: "docker-proxy is off",
    references: ["CIS 2.16"],
    how: '`daemon: { "userland-proxy": false }` from RootlessKit 3 on, which requires the module br_netfilter; declined before, where no published port would answer',
    isOfProgram: true,
    judge: judgeProxy,
  },

  "seccomp-profile": {
    title: "A seccomp profile limits the system calls of containers",
    references: ["CIS 2.17", "OWASP 6"],
    how: "met by default; leave seccomp-profile out of daemon, or name a stricter one",
    judge(host) {
      const security = host["daemon.security"];
      if (security === undefined) return notJudged("its security options");
      if (/name=seccomp,profile=(builtin|default)\b/.test(security))
        return met(`docker info says ${security}`);
      return /name=seccomp/.test(security) && !/profile=unconfined/.test(security)
        ? unknown(`docker info says ${security}, a profile that was not read`)
        : open(`docker info says ${security}`, "take seccomp-profile out of daemon");
    },
  },

  "no-experiments": {
    title: "Experimental features are off",
    references: ["CIS 2.18"],
    how: "met by default; network.ipv6 turns them on for engines before 27",
    judge(host) {
      const experimental = host["daemon.experimental"];
      if (experimental === undefined) return notJudged("whether experimental features are on");
      return experimental === "false"
        ? met("docker info: ExperimentalBuild is false")
        : open(
            `docker info: ExperimentalBuild is ${experimental}`,
            "take experimental out of daemon; or use engine 27 or later if network.ipv6 is set",
          );
    },
  },

  "security-module": {
    title: "AppArmor or SELinux confines containers",
    references: ["OWASP 6"],
    how: "declined: an account cannot load a profile into the kernel (the row appArmor of limitations)",
    judge(host) {
      const security = host["daemon.security"];
      if (security === undefined) return notJudged("its security options");
      return /name=(apparmor|selinux)/.test(security)
        ? met(`docker info says ${security}`)
        : declined(
            `docker info says ${security}`,
            "a daemon in a user namespace cannot load profiles; seccomp and the account's own rights confine containers",
          );
    },
  },

  "resource-limits": {
    title: "Limits of memory, CPU and processes work for containers",
    references: ["OWASP 7"],
    how: "met by default; `account.cgroupControllers` names the controllers that are delegated",
    judge(host) {
      const limits = host["daemon.limits"];
      if (limits === undefined) return notJudged("which limits work");
      const evidence = `docker info: MemoryLimit CPUCfsQuota PidsLimit are ${limits}`;
      return limits === "true true true"
        ? met(evidence)
        : open(evidence, "see the row cgroups of limitations");
    },
  },

  "firewall-applies": {
    title: "The machine's firewall applies to published ports",
    references: ["OWASP 5a"],
    how: "always met: published ports are ordinary sockets of the account, and Docker adds no rules to the machine's firewall",
    judge(host) {
      const driver = host["network.portDriver"];
      if (driver === undefined) return notJudged("its port driver");
      return met(`the port driver ${driver} listens as the account, and adds no rules`);
    },
  },
} satisfies Record<string, ControlRow>;

function liveRestoreInWords({ daemon, secretKeys }: GivenInputs): string {
  if (secretKeys.includes("live-restore")) return "the value of live-restore in daemon is a secret";
  return daemon["live-restore"] === true
    ? "daemon has live-restore, which does not work"
    : "daemon does not turn live-restore on";
}

function judgeProxy(host: HostFacts, given: GivenInputs): ControlVerdict {
  const hidden = secretKey(given, "userland-proxy");
  if (hidden) return hidden;
  const hasProxy = host["daemon.userlandProxy"];
  const version = host["versions.rootlesskit"];
  if (hasProxy === undefined || version === undefined) return notJudged("its RootlessKit");
  if (!hasProxy) return met("daemon has userland-proxy: false");
  return isFrom(version, 3)
    ? open(
        "docker-proxy is on",
        "set userland-proxy to false in daemon, and load the module br_netfilter",
      )
    : declined(
        `docker-proxy is on, and RootlessKit is ${version}`,
        "no published port would answer without it before RootlessKit 3",
      );
}

function keyIs(given: GivenInputs, key: string, wanted: boolean, fix: string): ControlVerdict {
  const hidden = secretKey(given, key);
  if (hidden) return hidden;
  return given.daemon[key] === wanted
    ? met(`daemon has ${key}: ${wanted}`)
    : open(`daemon does not have ${key}: ${wanted}`, fix);
}

/** A key whose value is a secret is not judged, because the evidence would tell its value. */
function secretKey(given: GivenInputs, ...keys: string[]): ControlVerdict | undefined {
  const hidden = keys.filter((key) => given.secretKeys.includes(key));
  if (hidden.length === 0) return undefined;
  return unknown(`the value of ${hidden.join(" and ")} in daemon is a secret`);
}
