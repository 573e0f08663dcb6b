import { byCodeUnits, type Document } from "../document";
import type { Reader } from "../../validation/reader";
import {
  daemonJsonDocument,
  type DaemonJsonSettings,
  daemonJsonSettings,
} from "./daemonJson/settings";
import { OnDestroyData } from "./data/args";
import {
  environmentDocument,
  type EnvironmentSettings,
  environmentSettings,
} from "./environment/settings";
import { networkEnvironment, type NetworkSettings, networkSettings } from "./network/settings";
import { storageDocument, type StorageSettings, storageSettings } from "./storage/settings";

export interface DaemonSettings {
  /** daemon.json, without secret values. */
  daemon: DaemonJsonSettings;
  /** Environment of the daemon, without secret values. */
  environment: EnvironmentSettings;
  storage: StorageSettings;
  network: NetworkSettings;
  onDestroyData: OnDestroyData;
}

/** Secret values by where they go: `environment/HTTP_PROXY`, `daemon.json/registry-mirrors`. */
export type SecretValues = Document;

/** Reads `daemon`, `environment`, `storageDriver`, `network` and `onDestroy` of the component's arguments. */
export function daemonSettings(read: Reader): DaemonSettings {
  const daemon = daemonJsonSettings(read);
  const network = networkSettings(read.object("network"));
  const onDestroy = read.object("onDestroy");
  const onDestroyData = onDestroy.oneOf("data", OnDestroyData) ?? OnDestroyData.Keep;
  onDestroy.refuseOthers();
  return {
    daemon,
    environment: environmentSettings(read, Object.keys(networkEnvironment(network))),
    storage: storageSettings(read, daemon),
    network,
    onDestroyData,
  };
}

/** The daemon's desired state; of secrets it says only that they exist. */
export function daemonDocument(
  account: string,
  settings: DaemonSettings,
  secrets: string[],
): Document {
  return {
    account,
    ...daemonJsonDocument(settings.daemon),
    ...environmentDocument(settings.environment),
    ...environmentDocument(networkEnvironment(settings.network)),
    ...storageDocument(settings.storage),
    "on-destroy-data": settings.onDestroyData.toLowerCase(),
    secrets: [...secrets].sort(byCodeUnits).join(" ") || undefined,
  };
}
