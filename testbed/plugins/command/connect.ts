import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Log } from "../engineLog";
import { dial, sshConfig, tunnel } from "./dial";
import type { Connection } from "./inputs";

/** An open connection to the command's machine. */
export interface Session {
  client: Client;
  /** Ends the connection, and the one to the proxy. */
  close(): void;
}

/**
 * Connects, by way of the proxy if there is one. Failed dials are tried again, up to the limit and the
 * deadline, which bounds nothing else: not a dial that is under way, and not the command.
 */
export async function connect(
  { proxy, ...target }: Connection,
  log: Log,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<Session> {
  const retry = retrying(log, signal, deadline);
  const config = await sshConfig(target);
  if (!proxy) {
    const client = await retry("Dial", target.dialErrorLimit, () => dial(target, config, signal));
    return { client, close: () => client.destroy() };
  }
  const proxyConfig = await sshConfig(proxy).catch(proxyFailure);
  const proxyClient = await retry("Dial proxy", proxy.dialErrorLimit, () =>
    dial(proxy, proxyConfig, signal),
  ).catch(proxyFailure);
  try {
    const client = await retry("Dial from proxy", target.dialErrorLimit, async () =>
      dial(target, config, signal, await tunnel(proxyClient, target)),
    );
    const close = (): void => {
      client.destroy();
      proxyClient.destroy();
    };
    return { client, close };
  } catch (error) {
    proxyClient.destroy();
    return proxyFailure(error);
  }
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
        signal.throwIfAborted();
        failures++;
        if (limit >= 0 && failures > limit) {
          throw new Error(`after ${limit} failed attempts: ${reason}`);
        }
        log.status(`${label} ${failures}/${limit < 0 ? "inf" : limit} failed: retrying`);
      }
      await delay(wait, undefined, { signal: AbortSignal.any([signal, deadline]) }).catch(() => {
        signal.throwIfAborted();
        throw new Error("context deadline exceeded");
      });
    }
  };
}
