import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Log } from "../engineLog";
import { dial, sshConfig, tunnel } from "./dial";
import type { Connection } from "./inputs";

/**
 * Connects, by way of the proxy if there is one. Failed dials are tried again, up to the limit and the
 * deadline, which bounds nothing else: not a dial that is under way, and not the command. Nobody closes a
 * command's connection: it ends with the plugin, at the end of the update. A copy closes its own.
 */
export async function connect(
  { proxy, ...target }: Connection,
  log: Log,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<Client> {
  const retry = retrying(log, signal, deadline);
  const config = await sshConfig(target);
  if (!proxy) {
    return retry("Dial", target.dialErrorLimit, () => dial(target, config));
  }
  const proxyConfig = await sshConfig(proxy).catch(proxyFailure);
  const proxyClient = await retry("Dial proxy", proxy.dialErrorLimit, () =>
    dial(proxy, proxyConfig),
  ).catch(proxyFailure);
  const limit = target.dialErrorLimit;
  const stream = await retry("Dial from proxy", limit, () => tunnel(proxyClient, target)).catch(
    proxyFailure,
  );
  // Each try has the same stream: the first that is refused ends it, and the last one says EOF.
  return retry("Dial", limit, () => dial(target, config, stream)).catch(proxyFailure);
}

function proxyFailure(error: unknown): never {
  throw new Error(`proxy: ${error instanceof Error ? error.message : String(error)}`);
}

const firstDelay = 100;
const backoff = 1.5;
const longestDelay = 5000;

function retrying(log: Log, signal: AbortSignal, deadline: AbortSignal) {
  return async <T>(label: string, limit: number, attempt: () => Promise<T>): Promise<T> => {
    for (let failures = 0, wait = firstDelay; ; wait = Math.min(wait * backoff, longestDelay)) {
      try {
        return await attempt();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failIfCancelled(signal);
        failures++;
        if (limit >= 0 && failures > limit) {
          throw new Error(`after ${limit} failed attempts: ${reason}`);
        }
        log.status(`${label} ${failures}/${limit < 0 ? "inf" : limit} failed: retrying`);
      }
      await delay(wait, undefined, { signal: AbortSignal.any([signal, deadline]) }).catch(() => {
        failIfCancelled(signal);
        throw new Error("context deadline exceeded");
      });
    }
  };
}

function failIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Error("context canceled");
}
