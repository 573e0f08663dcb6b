import { byCodeUnits, type Document, JsonText } from "../../step/document";
import type { Reader, Rule } from "../../step/problems";
import { OnDestroyData } from "./data/args";
import { networkEnvironment, type NetworkSettings, networkSettings } from "./network/settings";
import { storageDocument, type StorageSettings, storageSettings } from "./storage/settings";

export interface DaemonSettings {
  /** daemon.json, without secret values. */
  daemon: Record<string, unknown>;
  /** Environment of the daemon, without secret values. */
  environment: Record<string, string>;
  storage: StorageSettings;
  network: NetworkSettings;
  onDestroyData: OnDestroyData;
}

/** Secret values by where they go: `environment/HTTP_PROXY`, `daemon.json/registry-mirrors`. */
export type SecretValues = Document;

const daemonKey: Rule<string> = (name) =>
  /^[a-z][A-Za-z0-9-]{0,63}$/.test(name)
    ? undefined
    : "is not a key of daemon.json; use the names that dockerd documents, such as log-level";

const environmentName: Rule<string> = (name) =>
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)
    ? undefined
    : "is not the name of an environment variable; use letters, digits and '_'";

// What the unit and the start script set themselves.
const ownedNames = ["PATH", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];

/** Reads `daemon`, `environment`, `storageDriver`, `network` and `onDestroy` of the component's arguments. */
export function daemonSettings(read: Reader): DaemonSettings {
  const daemon = read.mapping("daemon", daemonKey);
  refuseBrokenKeys(read, daemon);
  const network = networkSettings(read.object("network"));
  const onDestroy = read.object("onDestroy");
  const onDestroyData = onDestroy.oneOf("data", OnDestroyData) ?? OnDestroyData.Keep;
  onDestroy.refuseOthers();
  return {
    daemon,
    environment: environmentSettings(read, network),
    storage: storageSettings(read, daemon),
    network,
    onDestroyData,
  };
}

function environmentSettings(read: Reader, network: NetworkSettings): Record<string, string> {
  const given = networkEnvironment(network);
  const environment: [string, string][] = [];
  for (const [name, value] of Object.entries(read.mapping("environment", environmentName))) {
    if (ownedNames.includes(name)) {
      read.refuse(`environment.${name}`, "is set by the daemon's unit; leave it out");
    }
    if (Object.keys(given).includes(name)) {
      read.refuse(
        `environment.${name}`,
        "is set by an option of network too; leave one of them out",
      );
    }
    // The value may be a secret, and is not quoted.
    if (typeof value !== "string") {
      read.refuse(`environment.${name}`, "is not a text; write one");
    } else if (!isEnvironmentValue(value)) {
      read.refuse(
        `environment.${name}`,
        "has a control character or a lone surrogate in it, which systemd refuses; leave it out",
      );
    } else {
      environment.push([name, value]);
    }
  }
  // Not by assignment: a name such as __proto__ would be lost.
  return Object.fromEntries(environment);
}

// systemd takes a tab and a line break inside quotes, and no other control character.
function isEnvironmentValue(value: string): boolean {
  return !/[\0-\x08\x0b-\x1f\x7f]|\p{Surrogate}/u.test(value) && value.length <= 65_536;
}

/** Keys of daemon.json that break rootless mode, open the daemon to the network, or are set elsewhere. */
function refuseBrokenKeys(read: Reader, daemon: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(daemon)) {
    const reason = brokenKey(key, value, read.quote(`daemon.${key}`, value));
    if (reason) read.refuse(`daemon.${key}`, reason);
  }
}

function brokenKey(key: string, value: unknown, shown: string): string | undefined {
  switch (key) {
    case "storage-driver":
      return `${shown} is set by storageDriver; use that option`;
    case "hosts":
      return `${shown} is set by the rootless start script; leave it out, and use the output dockerHost over SSH`;
    case "userns-remap":
      return `${shown} cannot be used in rootless mode, which is a user namespace already; leave it out`;
    case "data-root":
      return typeof value === "string" && /^(\/[^/\0\n]+)+$/.test(value)
        ? undefined
        : `${shown} is not an absolute path; write one`;
    default:
      return isJson(value) ? undefined : "has a value that JSON cannot hold; use plain values";
  }
}

function isJson(value: unknown): boolean {
  const json = JSON.stringify(value) as string | undefined;
  return json !== undefined && !json.includes("\\u0000");
}

/** The daemon's desired state; of secrets it says only that they exist. */
export function daemonDocument(
  account: string,
  settings: DaemonSettings,
  secrets: string[],
): Document {
  return {
    account,
    ...Object.fromEntries(
      Object.entries(settings.daemon).map(([key, value]) => [
        `daemon.json/${key}`,
        new JsonText(value),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(settings.environment).map(([name, value]) => [`environment/${name}`, value]),
    ),
    ...Object.fromEntries(
      Object.entries(networkEnvironment(settings.network)).map(([name, value]) => [
        `environment/${name}`,
        value,
      ]),
    ),
    ...storageDocument(settings.storage),
    "on-destroy-data": settings.onDestroyData.toLowerCase(),
    secrets: [...secrets].sort(byCodeUnits).join(" ") || undefined,
  };
}
