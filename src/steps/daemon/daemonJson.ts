import { type Parted, partSecrets } from "../../validation/parted";
import { type Reader, type Rule, tooLong, pending } from "../../validation/reader";
import { isWebAddress, lostKey, ownDirectory, proxyUrl } from "../../validation/rules";
import { type Document, JsonText } from "../document";
import { NetworkDriver } from "./network";

/** daemon.json by key. */
export type DaemonJsonSettings = Record<string, unknown>;

// Small letters alone: Go's JSON reader does not tell "Hosts" from "hosts".
const daemonKey: Rule<string> = (name) =>
  /^[a-z][a-z0-9-]{0,63}$/.test(name)
    ? undefined
    : "is not a key of daemon.json; use the names that dockerd documents, such as log-level";

/** Keys that break rootless mode, open the daemon to the network, or are set elsewhere. */
const refusedKeys = new Map([
  ["storage-driver", "is set by storageDriver; use that option"],
  [
    "hosts",
    "is set by the rootless start script; leave it out, and use the output dockerHost over SSH, or tcpSocket",
  ],
  [
    "userns-remap",
    "is unsupported in rootless mode, which is a user namespace already; leave it out",
  ],
  // The output limitations says how to enter the containers' network by it.
  [
    "pidfile",
    "is unsupported, because other programs look for docker.pid in XDG_RUNTIME_DIR; leave it out",
  ],
]);

export function daemonJsonSettings(read: Reader): Parted<unknown> {
  const daemon = read.mapping("daemon", daemonKey);
  const accepted: [string, unknown][] = [];
  for (const [key, value] of Object.entries(daemon)) {
    const shown = read.quote(`daemon.${key}`, value);
    const refused = refusedKeys.get(key);
    const wrong = refused === undefined ? wrongJson(value) : `${shown} ${refused}`;
    if (wrong) read.refuse(`daemon.${key}`, wrong);
    else accepted.push([key, value]);
  }
  if (Object.keys(daemon).length > 0) readKnownKeys(read.object("daemon"));
  const { open, secret } = partSecrets(read, "daemon", accepted);
  const isGiven = "log-driver" in daemon || "log-opts" in daemon;
  return { open: isGiven ? open : { ...open, "log-driver": rotatingLogDriver }, secret };
}

/** Docker's driver that rotates by itself: json-file grows without an end, unless log-opts has a max-size. */
const rotatingLogDriver = "local";

/** Those whose values this package, or the daemon's start, depends on. */
function readKnownKeys(read: Reader): void {
  read.string("data-root", { rule: ownDirectory });
  read.strings("registry-mirrors", registryMirror);
  read.string("cgroup-parent", { rule: slice });
  read.string("bridge", { rule: bridge });
  read.string("containerd", { rule: containerd });
  if (read.boolean("rootless") === false)
    read.refuse(
      "rootless",
      "'false' is unsupported, because the daemon always runs rootless; leave it out",
    );
  readLogOptions(read);
  const proxies = read.object("proxies");
  proxies.string("http-proxy", { rule: proxyUrl });
  proxies.string("https-proxy", { rule: proxyUrl });
}

/** The log driver that dockerd uses where daemon.json names none. */
const defaultLogDriver = "json-file";

/** Options of two log drivers (moby, daemon/logger). dockerd checks them only when it starts. */
const logOptionsOf: Record<string, string[]> = {
  local: ["max-size", "max-file", "compress"],
  "json-file": [
    "max-size",
    "max-file",
    "compress",
    "labels",
    "labels-regex",
    "env",
    "env-regex",
    "tag",
  ],
};

/** Options that dockerd accepts for every log driver; those of the cache have no effect on the two above. */
const logOptionsOfAll = [
  "mode",
  "max-buffer-size",
  "cache-disabled",
  "cache-max-size",
  "cache-max-file",
  "cache-compress",
];

function readLogOptions(read: Reader): void {
  const driver = read.given("log-driver") ? (read.string("log-driver") ?? "") : defaultLogDriver;
  const options = read.object("log-opts");
  for (const name of Object.keys(read.mapping("log-opts", () => undefined))) {
    // dockerd accepts texts only: "3", and not 3.
    options.string(name);
    const known = logOptionsOf[driver] && [...logOptionsOf[driver], ...logOptionsOfAll];
    if (known && !known.includes(name) && /^[a-z][\w-]*$/i.test(name))
      options.refuse(name, `is not an option of the log driver ${driver}; use ${known.join(", ")}`);
  }
}

const registryMirror: Rule<string> = (value) => {
  if (/\/\/[^/\s]*@/.test(value))
    return "has a user name or a password in it, which dockerd refuses; leave them out";
  return isWebAddress(value)
    ? undefined
    : "is not the address of a mirror; write one such as https://mirror.example";
};

// The systemd driver is the only one that limits containers in rootless mode.
const slice: Rule<string> = (value) =>
  value === "" || value.endsWith(".slice")
    ? undefined
    : "is not a systemd slice; write one such as docker.slice";

// RootlessKit's network namespace is new at every start.
const bridge: Rule<string> = (value) =>
  ["", "none", "docker0"].includes(value)
    ? undefined
    : "is a bridge that does not exist in RootlessKit's network; set it to none, or leave it out";

const containerd: Rule<string> = (value) =>
  /^(\/var)?\/run\/containerd(\/|$)/.test(value)
    ? "is root's containerd, which the account cannot use; leave it out"
    : undefined;

function wrongJson(value: unknown): string | undefined {
  if (!isJson(value, 0))
    return "has a value that JSON cannot represent exactly; use strings, numbers, true, false, lists and objects";
  return tooLong(JSON.stringify(value) ?? "");
}

/** A file or an archive of Pulumi's, whose path alone would come out of JSON. */
const isAsset = (value: object) => "__pulumiAsset" in value || "__pulumiArchive" in value;

/** Whether a value comes out of JSON as it went in, and has no NUL on its way through a shell. */
function isJson(value: unknown, depth: number): boolean {
  if (value === null || value === pending || typeof value === "boolean") return true;
  if (typeof value === "string") return !/\0|\p{Surrogate}/u.test(value);
  if (typeof value === "number")
    return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
  if (typeof value !== "object" || depth > 100) return false;
  if (isAsset(value)) return false;
  if (Array.isArray(value)) return value.every((part) => isJson(part, depth + 1));
  return Object.entries(value).every(
    ([name, part]) =>
      name !== lostKey && isJson(name, depth) && (part === undefined || isJson(part, depth + 1)),
  );
}

/** It leads to the machine's 127.0.0.1, where RootlessKit lets it. */
const machineAddress = (driver: NetworkDriver) =>
  driver === NetworkDriver.GvisorTapVsock ? "10.0.2.1" : "10.0.2.2";

/** daemon.json of a program: with hostLoopback `host-gateway` is the machine, unless the program says what it is. */
export function withHostGateway({
  daemon,
  network: { driver, hostLoopback },
  secrets,
}: {
  daemon: DaemonJsonSettings;
  network: { driver: NetworkDriver; hostLoopback: boolean };
  secrets: Record<string, unknown>;
}): DaemonJsonSettings {
  const isGiven = ["host-gateway-ip", "host-gateway-ips"].some(
    (key) => key in daemon || `daemon.json/${key}` in secrets,
  );
  return hostLoopback && !isGiven
    ? { ...daemon, "host-gateway-ip": machineAddress(driver) }
    : daemon;
}

export function daemonJsonDocument(daemon: DaemonJsonSettings): Document {
  return Object.fromEntries(
    Object.entries(daemon).map(([key, value]) => [`daemon.json/${key}`, new JsonText(value)]),
  );
}
