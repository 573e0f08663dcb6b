import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GivenInputs } from "../src/advisories/advisory";
import { advisoriesOf, advisoryRows } from "../src/advisories/rows";
import { advisoriesInWords } from "../src/changes/advisories";
import { hostFactsOf } from "../src/limitations/measured";
import { advisoryIds } from "../src/steps/advisoryIds";
import { markdownTable, pageBetween } from "./markdownTable";

// Holds docs/advisories.md against the rows of src/advisories: its table, and what its example's preview says.

const page = join(__dirname, "../docs/advisories.md");

const ofRows = ["<!-- rows: begin -->", "<!-- rows: end -->"];
const ofPreview = ["<!-- preview: begin -->", "<!-- preview: end -->"];

function rowsTable(): string {
  const rows = advisoryIds.map((id) => {
    const { title, affects, fix, source } = advisoryRows[id];
    return [`\`${id}\``, title, affects, fix, `[report](${source})`];
  });
  return markdownTable([["id", "fault", "affects", "fix", "source"], ...rows]);
}

/** Inputs of the example: two hosts with Docker's packages, of which one has its logs in json-file. */
const inputs: GivenInputs = {
  ...{ acceptedAdvisories: ["dynamic-ports-collide"], daemon: { "log-driver": "local" } },
  ...{ secretKeys: [], engineSource: "docker-repository", networkDriver: "auto" },
  ...{ makesProfiles: true, hasTcpSocket: false },
};

const facts = hostFactsOf({
  machine: {
    ...{ "versions.engine": "29.8.1", "versions.rootlesskit": "3.1.0" },
    ...{ "versions.kernel": "6.12.48+deb13-amd64" },
  },
  daemon: {
    ...{ storageDriver: "overlayfs", "network.portDriver": "builtin" },
    ...{ "daemon.version": "29.8.1", "daemon.userlandProxy": "true" },
    ...{ "dockerd.network": "net:[1]", "dockerd.machineNetwork": "net:[1]" },
    ...{ "rootlesskit.hostLoopback": "false", "dockerd.isInstalledFile": "true" },
  },
});

/** What the preview of the example says, as the CLI prints it. */
export function examplePreview(): string {
  const jsonFile = { ...inputs, daemon: { "log-driver": "json-file" } };
  const { warnings, accepted } = advisoriesInWords([
    { host: "web", advisories: advisoriesOf(facts, inputs) },
    { host: "db", advisories: advisoriesOf(facts, jsonFile) },
  ]);
  const lines = [...warnings.map((line) => `warning: ${line}`), `info: ${accepted}`];
  return [
    "```text",
    "  pulumi:pulumi:Stack (infra-prod):",
    ...lines.map((line) => `    ${line}`),
    "```",
  ].join("\n");
}

/** The page with the rows and the preview in it. */
export function advisoriesPage(text: string): string {
  return pageBetween(pageBetween(text, ofRows, rowsTable()), ofPreview, examplePreview());
}

if (require.main === module) {
  const text = readFileSync(page, "utf8");
  const wanted = advisoriesPage(text);
  if (process.argv.includes("--write")) writeFileSync(page, wanted);
  else if (wanted !== text) {
    console.log("docs/advisories.md is old: npx tsx scripts/advisories.ts --write");
    process.exitCode = 1;
  }
}
