import type * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { PrivilegeEscalation } from "./remote/args";
import { connectionSettings } from "./remote/settings";
import { resourceControllersSettings } from "./steps/account/resourceControllers/settings";
import { accountSettings } from "./steps/account/settings";
import { subordinateIdsSettings } from "./steps/account/subordinateIds/settings";
import { daemonSettings } from "./steps/daemon/settings";
import { engineSettings, rootfulDockerSettings } from "./steps/engine/settings";
import { kernelSettings } from "./steps/kernel/settings";
import { privilegedPortsSettings } from "./steps/ports/settings";
import { type Problem, Reader } from "./validation/reader";
import { everyStepSettings } from "./steps/everyStep";

/** The arguments, once they are known. */
export type PlainArgs = pulumi.Unwrap<RootlessDockerHostArgs>;

/**
 * What every step is made from: all defaults filled in. Each room reads its own part. Problems do not
 * quote what is at `secretPaths`.
 */
export function readSettings(args: unknown, secretPaths: string[] = []) {
  const problems: Problem[] = [];
  const read = new Reader(args, "", problems, secretPaths);
  read.require("connection", "say how to reach the machine");
  const settings = {
    connection: connectionSettings(read.object("connection")),
    account: accountSettings(read.object("account")),
    subordinateIds: subordinateIdsSettings(read.object("subordinateIds")),
    engine: engineSettings(read.object("engine")),
    rootfulDocker: rootfulDockerSettings(read),
    privilegedPorts: privilegedPortsSettings(read),
    kernel: kernelSettings(read),
    resourceControllers: resourceControllersSettings(read),
    daemon: daemonSettings(read),
    privilegeEscalation:
      read.oneOf("privilegeEscalation", PrivilegeEscalation) ?? PrivilegeEscalation.Auto,
    everyStep: everyStepSettings(read),
  };
  read.refuseOthers();
  return { settings, problems };
}

export type Settings = ReturnType<typeof readSettings>["settings"];
