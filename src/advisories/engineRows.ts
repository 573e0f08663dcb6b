import { isFrom } from "../limitations/versions";
import type { AdvisoryId } from "../steps/advisoryIds";
import { EngineSource } from "../steps/engine/args";
import {
  affected,
  type AdvisoryRow,
  type GivenInputs,
  notReported,
  unaffected,
  unknown,
  type Verdict,
} from "./advisory";
import { runningEngine, runsInstalledFile } from "./runningEngine";

/** Faults of the engine, and of keys of daemon.json. */
export const engineRows = {
  "daemon-older-than-package": {
    title: "The daemon runs an older program than the one that is installed",
    source: "https://docs.docker.com/engine/release-notes/29/",
    affects: "a daemon that has not restarted since the file dockerd was replaced",
    meaning:
      "A security update of the engine is installed, but has not reached the daemon, because no package restarts a rootless daemon.",
    fix: "restart it: 'systemctl --user restart docker' as the account, which stops its containers",
    judge(host) {
      const isInstalled = runsInstalledFile(host);
      const engine = runningEngine(host) ?? "(not reported)";
      if (isInstalled === undefined) return notReported("which program its daemon runs");
      return isInstalled
        ? unaffected(
            `when a step last looked, the daemon ran the dockerd that was installed, ${engine}`,
          )
        : affected(
            `when a step last looked, the daemon ran ${engine}, and another file was installed as dockerd`,
          );
    },
  },

  "http2-on-tcp-socket": {
    title: "HTTP/2 requests can crash the daemon or exhaust its memory and CPU",
    source: "https://github.com/moby/moby/releases/tag/docker-v29.9.0",
    affects: "engines before 29.9.0 with tcpSocket; packages of distributions are unknown",
    meaning:
      "Whoever reaches tcpSocket with a client certificate can stop the daemon (CVE-2026-97032, CVE-2026-78659, CVE-2026-78663, CVE-2026-78669).",
    fix: "set engine.version to 29.9.0 or later, or take tcpSocket out and use the output dockerHost",
    isOfProgram: true,
    judge(host, given) {
      const engine = runningEngine(host);
      if (!given.hasTcpSocket) return unaffected("tcpSocket is not set");
      if (engine === undefined) return notReported("its engine");
      if (isFrom(engine, 29, 9)) return unaffected(`tcpSocket is set, and the engine is ${engine}`);
      return isPatchedByOthers(given)
        ? unknown(
            `tcpSocket is set, and the engine is the distribution's ${engine}, which may have the fix: its changelog says so`,
          )
        : affected(`tcpSocket is set, and the engine is ${engine}`);
    },
  },

  "live-restore": {
    title: "live-restore does not work in rootless mode",
    source: "https://github.com/rootless-containers/rootlesskit/issues/355",
    affects: "hosts whose daemon has live-restore",
    meaning:
      "Containers stop whenever the daemon does, because both run in RootlessKit's namespaces. After a stop, containers that were running may not start again by themselves.",
    fix: "take live-restore out of daemon",
    isOfProgram: true,
    judge(_host, given) {
      const value = given.daemon["live-restore"];
      if (given.secretKeys.includes("live-restore"))
        return unknown("the value of live-restore in daemon is a secret");
      return value === true
        ? affected("daemon has live-restore: true")
        : unaffected("daemon does not turn live-restore on");
    },
  },

  "logs-without-limit": {
    title: "Logs of containers grow until the disk is full",
    source: "https://docs.docker.com/engine/logging/drivers/json-file/",
    affects: "hosts whose daemon chooses json-file, by name or by log-opts alone, without max-size",
    meaning:
      "The driver json-file keeps every line that a container prints, for as long as the container exists.",
    fix: "take log-driver and log-opts out of daemon, so that this package sets the driver local, which rotates; or add log-opts with max-size and max-file. Containers that exist keep the driver that they were created with: create them again",
    isOfProgram: true,
    judge: (_host, given) => judgeLogs(given),
  },
} satisfies Partial<Record<AdvisoryId, AdvisoryRow>>;

/** Whether a distribution may have built the engine: it patches old versions. */
function isPatchedByOthers({ engineSource }: GivenInputs): boolean {
  if (engineSource === EngineSource.Distribution) return true;
  return engineSource === EngineSource.Preinstalled;
}

function judgeLogs({ daemon, secretKeys }: GivenInputs): Verdict {
  const secret = ["log-driver", "log-opts"].filter((key) => secretKeys.includes(key));
  if (secret.length > 0) return unknown(`the value of ${secret.join(" and ")} is a secret`);
  const driver = daemon["log-driver"] ?? "json-file";
  if (driver !== "json-file") return unaffected(`the log driver is ${inWords(driver)}`);
  const options = (daemon["log-opts"] ?? {}) as Record<string, unknown>;
  const size = options["max-size"];
  // Docker reads -1 as no limit.
  return size === undefined || size === "-1"
    ? affected("the log driver is json-file, and log-opts has no max-size")
    : unaffected(`the log driver is json-file, and max-size is ${inWords(size)}`);
}

function inWords(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
