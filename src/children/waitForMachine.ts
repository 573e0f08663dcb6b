import * as pulumi from "@pulumi/pulumi";
import { AsyncResource } from "node:async_hooks";
import { hooksWork } from "../engineHooks";
import { log } from "../log";
import type { Inputs } from "../inputs";
import type { HookName } from "../hookNames";
import { hookValue, knownValue } from "../sdkInternals";
import type { KnownConnection } from "../ssh/ssh";
import { waitForServer } from "../ssh/waitForServer";
import { withoutSecrets } from "../ssh/withoutSecrets";
import { plainLine } from "../validation/plainText";

/**
 * Errors of a machine that boots, of its network, and of sshd for a while after failed logins ("Not allowed at this
 * time"). The login itself says more of any other error.
 */
const booting =
  /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|no greeting|Channel open failure|Not allowed/;

/** Seconds at which it is said again, so that a log gets some ten lines in five minutes, and not one a try. */
export const sayAgainAt = (waited: number): number => 5 + waited * 1.5;

/**
 * A hook for the child that logs in first: it waits for a new machine's SSH server, for `connection.connectTimeout`.
 * A preview has it too, but does not run it. None under mocks.
 *
 * @param hosts shown unless they are secrets.
 */
export function waitForMachine(
  hookName: HookName,
  inputs: Inputs,
  hosts: readonly pulumi.Input<string>[],
  component: pulumi.Resource,
): pulumi.ResourceHookBinding | undefined {
  if (!hooksWork()) return undefined;
  const wait = async ({ name: child, newInputs }: pulumi.ResourceHookArgs) => {
    const connection = await hookValue<KnownConnection>(newInputs?.connection);
    const seconds = await knownValue(
      pulumi.output(
        inputs.from(
          ["connection.connectTimeout"],
          (settings) => settings.connection.connectTimeout,
        ),
      ),
    );
    // Without a host Node.js would connect to the machine that runs this program.
    if (!connection?.host || !seconds) return;
    let next = 0;
    await waitForServer(connection, seconds, async ({ why, waited, left }) => {
      if (!booting.test(why)) return false;
      if (waited < next) return true;
      const words =
        `${child}: no SSH server answers yet (${plainLine(why)}). ` +
        `Trying for ${Math.round(left)} more seconds (connection.connectTimeout). Check that connection.host is right`;
      void log("info", await withoutSecrets(words, hosts), component);
      next = sayAgainAt(waited);
      return true;
    });
  };
  const options = { ignoreErrors: true };
  const hook = new pulumi.ResourceHook(hookName("wait"), AsyncResource.bind(wait), options);
  return { beforeCreate: [hook] };
}
