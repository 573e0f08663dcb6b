import type { HostFacts } from "../limitations/measured";

/**
 * The version of the engine that the daemon ran when a step last looked; undefined if no step has reported one. What is
 * installed may be newer, because no package restarts a rootless daemon.
 */
export function runningEngine(host: HostFacts): string | undefined {
  const { "versions.engine": installed, "daemon.version": said } = host;
  if (isMachineLater(host) && host["engine.isInstalledFile"]) return installed;
  // The agent's word for an answer that it does not pass on.
  return said === "unknown" ? undefined : (said ?? installed);
}

/** Whether the daemon ran the file that was installed as dockerd, when a step last looked; undefined if none has. */
export function runsInstalledFile(host: HostFacts): boolean | undefined {
  return isMachineLater(host) ? host["engine.isInstalledFile"] : host["dockerd.isInstalledFile"];
}

/** Whether the step machine looked at the daemon after the step daemon did, each at its last run. */
function isMachineLater(host: HostFacts): boolean {
  const { "engine.seenAt": machine, "dockerd.seenAt": daemon } = host;
  return machine !== undefined && machine > (daemon ?? 0);
}
