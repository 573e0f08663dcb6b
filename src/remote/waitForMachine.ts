import { AsyncResource } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { hookName, hooksWork } from "../engineHooks";
import type { Inputs } from "../inputs";
import { knownValue } from "../knownValue";
import { plain } from "./plain";
import { withoutSecrets } from "./explainErrors";
import { greeting, type KnownConnection } from "./ssh";

/** Milliseconds between two tries. */
const pause = 2_000;

/** What a machine that boots, or its network, says meanwhile; of any other error the login itself says more. */
const booting =
  /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|no greeting|Channel open failure/;

/**
 * A hook that waits for a new machine's SSH server before the first login, for `connection.connectTimeout`. None
 * where the engine has no hooks, or under mocks.
 *
 * @param name the component's.
 * @param hosts shown unless they are secrets.
 */
export function waitForMachine(
  name: string,
  inputs: Inputs,
  hosts: readonly pulumi.Input<string>[],
  component: pulumi.Resource,
): pulumi.ResourceHookBinding | undefined {
  if (!hooksWork("Resource")) return undefined;
  const wait = async ({ name: child, newInputs }: pulumi.ResourceHookArgs) => {
    if (child !== `${name}-agent`) return;
    const connection = await knownValue(
      pulumi.output(newInputs?.connection) as pulumi.Output<KnownConnection>,
    );
    const seconds = await knownValue(
      pulumi.output(
        inputs.from(
          ["connection.connectTimeout"],
          (settings) => settings.connection.connectTimeout,
        ),
      ),
    );
    if (!connection || !seconds) return;
    const deadline = Date.now() + seconds * 1000;
    for (let said = false; ; said = true) {
      const why = await greeting(connection).then(() => undefined, reason);
      if (why === undefined || !booting.test(why) || Date.now() + pause > deadline) return;
      const left = Math.round((deadline - Date.now()) / 1000);
      const words = `${child}: no SSH server answers yet (${plain(why)}): it is tried for ${left} seconds more (connection.connectTimeout)`;
      // The first stays in the log; those after it show that it goes on.
      void pulumi.log.info(await withoutSecrets(words, hosts), component, undefined, said);
      await delay(pause);
    }
  };
  const options = { ignoreErrors: true };
  const hook = new pulumi.ResourceHook(hookName(`${name}-wait`), AsyncResource.bind(wait), options);
  return { beforeCreate: [hook] };
}

/** Where a name has several addresses, each one's error has the words. */
function reason(error: unknown): string {
  const { errors: [first] = [error] } = error as { errors?: unknown[] };
  return (first as Error).message;
}
