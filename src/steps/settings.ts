import { connectionSettings, transferSettings } from "../ssh/settings";
import { colourMarks } from "../validation/colourMarks";
import { type Problem, Reader } from "../validation/reader";
import { acceptedSettings } from "./advisoryIds";
import { accountSettings } from "./account/settings";
import { certificateSettings } from "./daemon/certificates";
import { credentialHelperSettings } from "./daemon/credentialHelpers";
import { daemonJsonSettings } from "./daemon/daemonJson";
import { onDestroySettings } from "./daemon/data";
import { environmentSettings } from "./daemon/environment";
import { networkSettings } from "./daemon/network";
import { pruneSettings } from "./daemon/prune";
import { storageDriverSettings } from "./daemon/storage";
import { tcpSocketSettings } from "./daemon/tcpSocket";
import { unitSettings } from "./daemon/unit";
import {
  engineSettings,
  refusePurgeOfPreinstalled,
  rootfulDockerSettings,
} from "./engine/settings";
import { operationsSettings } from "./operations";
import {
  kernelSettings,
  privilegedPortsSettings,
  refuseCapabilityOfOthers,
} from "./kernel/settings";
import { registriesSettings } from "./registries";
import { secretsSettings } from "./secretInputs";

/**
 * The arguments, checked and with all defaults filled in, at the same paths but for three parts. Secret values of
 * `daemon` and `environment`, and all PEM of `tcpSocket`, are in `secrets`. All of `registryAuth` but the addresses is
 * in `registryLogins`. The password for sudo of `connection` is in `sudoPassword`. Each room reads its own part, once.
 *
 * Warnings are of arguments that are accepted, and still do not do what they are for.
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
    engine: engineSettings(read.object("engine")),
    rootfulDocker: rootfulDockerSettings(read),
    privilegedPorts: privilegedPortsSettings(read),
    kernel: kernelSettings(read.object("kernel")),
  };
  refusePurgeOfPreinstalled(read, plain);
  const daemon = daemonJsonSettings(read);
  const network = networkSettings(read.object("network"));
  refuseCapabilityOfOthers(read, plain.privilegedPorts, network);
  const onDestroy = onDestroySettings(read.object("onDestroy"));
  const environment = environmentSettings(read, network);
  const registries = registriesSettings(read);
  const tcpSocket = tcpSocketSettings(read, network, daemon);
  const accepted = acceptedSettings(read);
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
    registryCredentialHelpers: credentialHelperSettings(read, registries.addresses),
    unitOverrides: unitSettings(read),
    prune: pruneSettings(read),
    network,
    onDestroy,
    storageDriver: storageDriverSettings(read),
    acceptedAdvisories: accepted.ids,
    agentTransfer: transferSettings(read),
    operations: operationsSettings(read.object("operations")),
  };
  read.refuseOthers();
  const isRefused = (path: string) => problems.some(({ propertyPath }) => propertyPath === path);
  problems.push(
    ...colourMarks(args, secretPaths).filter(({ propertyPath }) => !isRefused(propertyPath)),
  );
  return { settings, problems, warnings: [...tcpSocket.warnings, ...accepted.warnings] };
}

export type Settings = ReturnType<typeof readSettings>["settings"];
