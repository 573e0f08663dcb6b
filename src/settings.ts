import type * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { driftDetectionSettings } from "./drift/settings";
import {
  connectionSettings,
  escalationSettings,
  refusePasswordOfOthers,
  transferSettings,
} from "./remote/settings";
import { restartsSettings } from "./restarts/settings";
import { resourceControllersSettings } from "./steps/account/resourceControllers/settings";
import { accountSettings } from "./steps/account/settings";
import { subordinateIdsSettings } from "./steps/account/subordinateIds/settings";
import { daemonJsonSettings } from "./steps/daemon/daemonJson/settings";
import { onDestroySettings } from "./steps/daemon/data/settings";
import { environmentSettings } from "./steps/daemon/environment/settings";
import { networkSettings } from "./steps/daemon/network/settings";
import { tcpSocketSettings } from "./steps/daemon/tcpSocket/settings";
import { pruneSettings } from "./steps/daemon/prune/settings";
import { storageDriverSettings } from "./steps/daemon/storage/settings";
import { unitSettings } from "./steps/daemon/unit/settings";
import {
  engineSettings,
  refusePurgeOfPreinstalled,
  rootfulDockerSettings,
} from "./steps/engine/settings";
import { recheckSettings, takeOverSettings } from "./steps/everyStep/settings";
import { appArmorSettings } from "./steps/kernel/appArmor/settings";
import { kernelModuleSettings } from "./steps/kernel/kernelModules/settings";
import { sysctlsSettings } from "./steps/kernel/sysctls/settings";
import { unprivilegedPingSettings } from "./steps/kernel/unprivilegedPing/settings";
import { privilegedPortsSettings, refuseCapabilityOfOthers } from "./steps/ports/settings";
import { registriesSettings } from "./steps/registries/settings";
import { certificateSettings } from "./steps/daemon/certificates/settings";
import { secretsSettings } from "./steps/secrets/settings";
import { type Problem, Reader } from "./validation/reader";

/** The arguments, once they are known. */
export type PlainArgs = pulumi.Unwrap<RootlessDockerHostArgs>;

/**
 * The arguments, checked and with all defaults filled in: at the same paths, but that secret values of
 * `daemon` and `environment`, and all PEM of `tcpSocket`, are in `secrets`, and of `registryAuth` all but the addresses in `registryLogins`;
 * of `connection` the password for sudo is in `sudoPassword`. Each
 * room reads its own part, once.
 *
 * @param secretPaths what is marked as a secret; no problem quotes it.
 */
export function readSettings(args: unknown, secretPaths: string[] = []) {
  const problems: Problem[] = [];
  const read = new Reader(args, "", problems, secretPaths);
  read.require("connection", "say how to reach the machine");
  const connection = connectionSettings(read.object("connection"));
  const plain = {
    connection: connection.open,
    account: accountSettings(read.object("account")),
    subordinateIds: subordinateIdsSettings(read.object("subordinateIds")),
    engine: engineSettings(read.object("engine")),
    rootfulDocker: rootfulDockerSettings(read),
    privilegedPorts: privilegedPortsSettings(read),
    unprivilegedPing: unprivilegedPingSettings(read.object("unprivilegedPing")),
    sysctls: sysctlsSettings(read),
    kernelModuleOptions: kernelModuleSettings(read),
    appArmorProfile: appArmorSettings(read),
    resourceControllers: resourceControllersSettings(read),
  };
  refusePurgeOfPreinstalled(read, plain);
  const daemon = daemonJsonSettings(read);
  const network = networkSettings(read.object("network"));
  refuseCapabilityOfOthers(read, plain.privilegedPorts, network);
  const onDestroy = onDestroySettings(read.object("onDestroy"));
  const environment = environmentSettings(read, network);
  const registries = registriesSettings(read);
  const tcpSocket = tcpSocketSettings(read, network, daemon);
  const settings = {
    ...plain,
    sudoPassword: connection.sudoPassword,
    daemon: daemon.open,
    environment: environment.open,
    secrets: secretsSettings(daemon.secret, environment.secret, tcpSocket.secret),
    tcpSocket: tcpSocket.open,
    registryCertificates: certificateSettings(read),
    registryAuth: registries.addresses,
    registryLogins: registries.logins,
    unitOverrides: unitSettings(read),
    prune: pruneSettings(read),
    network,
    onDestroy,
    storageDriver: storageDriverSettings(read),
    privilegeEscalation: escalationSettings(read),
    agentTransfer: transferSettings(read),
    restarts: restartsSettings(read),
    driftDetection: driftDetectionSettings(read),
    recheck: recheckSettings(read),
    takeOver: takeOverSettings(read),
  };
  refusePasswordOfOthers(read, settings);
  read.refuseOthers();
  return { settings, problems };
}

export type Settings = ReturnType<typeof readSettings>["settings"];
