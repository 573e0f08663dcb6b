import { version } from "../../package.json";
import type { Options } from "./options";
import { folderOf, isOwn } from "./picture";
import { disagrees, type Row } from "./rows";

/** A part of the trial, as the report shows it. */
export interface Part {
  name: string;
  seconds: string;
  /** `passed`, or what failed. */
  result: string;
}

/** What the machine is, from its own words. */
export interface System {
  /** `PRETTY_NAME` of os-release. */
  name: string;
  kernel: string;
  architecture: string;
}

/** Everything that a report says. */
export interface Findings {
  system: System;
  /** Of the engine and RootlessKit; absent where no `up` succeeded. */
  versions: { engine: string; rootlesskit: string } | undefined;
  storageDriver: string | undefined;
  pulumiVersion: string;
  image: string | undefined;
  parts: readonly Part[];
  rows: readonly Row[];
  /** A line each, as strangers may read it. */
  differences: readonly string[];
  /** Entries of the picture that changed before anything was done. */
  changedByThemselves: number;
  entries: number;
}

/** The report as Markdown, without addresses and names. */
export function reportOf(findings: Findings, options: Options): string {
  const { parts, rows, differences } = findings;
  return `## A trial of rootless-docker ${version}

${table(["what", "found"], described(findings, options))}

${table(
  ["part", "seconds", "result"],
  parts.map(({ name, seconds, result }) => [name, seconds, result]),
)}

### Limitations

${table(
  ["row", "limitations says", "tried", "seen"],
  rows.map((row) => [
    row.name,
    row.said,
    disagrees(row) ? `**${row.tried}**` : row.tried,
    row.seen,
  ]),
)}

### The machine afterwards

${afterwards(findings)}
${differences.map((line) => `- ${line}\n`).join("")}
For docs/systems.md:

    ${systemsLine(findings, options)}
`;
}

function described(findings: Findings, { engine, rootfulDocker }: Options): string[][] {
  const { system, versions, storageDriver, pulumiVersion, image } = findings;
  return [
    ["result", resultOf(findings)],
    ["system", system.name],
    ["kernel", `${system.kernel}, ${system.architecture}`],
    ["engine.source", engine.source],
    ["rootfulDocker", rootfulDocker],
    ["engine", versions?.engine ?? "none"],
    ["RootlessKit", versions?.rootlesskit ?? "none"],
    ["storage driver", storageDriver ?? "none"],
    ["image", image ?? "none"],
    ["Pulumi, Node.js", `${pulumiVersion}, ${process.versions.node}`],
  ];
}

function afterwards({ differences, entries, changedByThemselves }: Findings): string {
  if (entries === 0) return "It was not compared.";
  const compared = `${entries} files, packages, settings, units and accounts were compared; ${changedByThemselves} changed before the trial did anything, and do not count.`;
  return differences.length === 0
    ? `No difference. ${compared}`
    : `Differences: ${differences.length}. ${compared}`;
}

function resultOf({ parts }: Findings): string {
  const failed = parts.filter(({ result }) => result !== "passed").length;
  return failed === 0 ? "passed" : `${failed} of ${parts.length} parts failed`;
}

/** A row for the table of machines that were tried. */
export function systemsLine(findings: Findings, { engine }: Options): string {
  const { system, versions } = findings;
  const date = new Date().toISOString().slice(0, 10);
  const cells = [
    `${system.name}, ${system.architecture}`,
    `kernel ${system.kernel}`,
    `${engine.source}: ${versions?.engine ?? "no engine"}`,
    `trial of ${version}, ${date}: ${resultOf(findings)}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Most characters of a failure in a report. */
const most = 400;

function cell(text: string): string {
  const line = text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}

/** Folders of the kernel's, whose names are the same on every machine. */
const ofKernel = /^\/(proc|sys|dev)\//;

/** A failure without the machine's address, the login, keys, addresses of others, and places on both machines. */
export function anonymous(text: string, { host, user, hostKey, account }: Options): string {
  const names = user === "root" ? [host] : [host, user];
  const secret = new RegExp(`(?<![\\w-])(${names.map(escaped).join("|")})(?![\\w-])`, "g");
  return text
    .replaceAll(hostKey, "KEY")
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s'"|)\]]+/gi, "URL")
    .replace(secret, "NAME")
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, "ADDRESS")
    .replace(/\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b/gi, "ADDRESS")
    .replace(/(?<![\w.~])\/[\w.@+-]+\/[^\s'"|),;:]*/g, (path) =>
      ofKernel.test(path) || isOwn(path, account) ? path : `(a path ${folderOf(path)})`,
    );
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
