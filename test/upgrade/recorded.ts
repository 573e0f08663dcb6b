import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import type { TestHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import type { connectionTo } from "../support/hostStack";

/** What a program of any version is run with. */
export interface ProgramArgs {
  connection: ReturnType<typeof connectionTo>;
  /** A public key for the account. */
  userKey: string;
}

/** What differs from host to host: a placeholder stands for it in a recorded state. */
export interface Places {
  host: string;
  hostKey: string;
  privateKey: string;
  userKey: string;
  /** `uname -r`. */
  kernel: string;
}

/** The values of a host that differ from those of another one. */
export async function placesOf(host: TestHost): Promise<Places> {
  const userKey = await execOrThrow("ssh-keygen", ["-y", "-f", host.privateKeyPath]);
  const kernel = await host.run("uname -r");
  const { address, hostKey, privateKey } = host;
  return { host: address, hostKey, privateKey, userKey: userKey.trim(), kernel: kernel.trim() };
}

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}

/** One resource of a state. */
export interface Resource extends JsonObject {
  urn: string;
  type: string;
  inputs: JsonObject;
  outputs: JsonObject;
}

/** A state as a version of this package left it. */
export interface Recorded {
  /** The engine's version, which its state names. */
  engine: string;
  resources: Resource[];
}

/** Every version that is recorded, the oldest first. */
export function recordedVersions(): string[] {
  const folders = readdirSync(__dirname, { withFileTypes: true });
  return folders
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** A file of a recorded version. */
export function recordedFile(version: string, name: string): string {
  return join(__dirname, version, name);
}

/** The agent's text travels as the stdin of one command; it has a file of its own. */
const agentFile = "agent.txt";

/**
 * Makes a state fit to be kept: without times and source positions, secrets in clear and under a mark,
 * placeholders for what differs from host to host, and an output that is an input not said twice.
 */
export function toRecorded(state: Deployment, places: Places): { recorded: string; agent: string } {
  const { engine, resources } = opened(state);
  let agent = "";
  const text = (value: string): Json => {
    const placed = replaceAll(value, invert(places));
    if (placed.startsWith("# rootless-docker agent:")) {
      agent = placed;
      return { $file: agentFile };
    }
    return placed.includes("\n") ? { $lines: placed.split("\n") } : placed;
  };
  const kept = resources.map((resource) => {
    const { inputs, outputs } = resource;
    const lasting = Object.entries(resource).filter(([key]) => !passing.includes(key));
    return mapStrings(Object.fromEntries([...lasting, ...shrunk(inputs, outputs)]), text);
  });
  const recorded = { engine, resources: kept };
  return { recorded: `${JSON.stringify(recorded, null, 2)}\n`, agent };
}

const passing = ["created", "modified", "sourcePosition", "stackTrace", "inputs", "outputs"];

function shrunk(inputs: JsonObject | undefined, outputs: JsonObject | undefined): [string, Json][] {
  if (!inputs || !outputs) return [];
  const same = (key: string) => JSON.stringify(inputs[key]) === JSON.stringify(outputs[key]);
  const others = Object.entries(outputs).filter(([key]) => !(key in inputs));
  const short = Object.keys(inputs).every(same)
    ? { $inputs: true, ...Object.fromEntries(others) }
    : outputs;
  return [
    ["inputs", inputs],
    ["outputs", short],
  ];
}

/** The state of a stack, its secrets in clear and under a mark. */
function opened(state: Deployment): Recorded {
  const { manifest, resources } = state.deployment as {
    manifest: { version: string };
    resources: Resource[];
  };
  return { engine: manifest.version, resources: resources.map(withOpenSecrets) as Resource[] };
}

// How the engine marks a secret, and shows it when it is asked to.
const secretKey = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

function withOpenSecrets(value: Json): Json {
  return mapObjects(value, (object) =>
    // An asset has another mark at the same key.
    object[secretKey] === secretMark
      ? { $secret: withOpenSecrets(JSON.parse(object.plaintext as string) as Json) }
      : undefined,
  );
}

/** Changes every object that `change` has an answer for, the outer ones first. */
function mapObjects(value: Json, change: (object: JsonObject) => Json | undefined): Json {
  if (Array.isArray(value)) return value.map((part) => mapObjects(part, change));
  if (typeof value !== "object" || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  const entries = Object.entries(value).map(([key, part]) => [key, mapObjects(part, change)]);
  return Object.fromEntries(entries) as JsonObject;
}

function mapStrings(value: Json, change: (text: string) => Json): Json {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((part) => mapStrings(part, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, mapStrings(part, change)]);
  return Object.fromEntries(entries) as JsonObject;
}

/** `<hostKey>` and what it stands for, one pair for each place. */
function entriesOf(places: Places): [string, string][] {
  return Object.entries(places).map(([name, value]) => [`<${name}>`, String(value)]);
}

function invert(places: Places): [string, string][] {
  return entriesOf(places).map(([mark, value]) => [value, mark]);
}

function replaceAll(text: string, pairs: [string, string][]): string {
  return pairs.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}
