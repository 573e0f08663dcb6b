import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlRows } from "../src/controls/rows";
import { markdownTable, pageBetween } from "./markdownTable";

// Holds the table of docs/hardening.md against the rows of src/controls.

const page = join(__dirname, "../docs/hardening.md");
const marks = ["<!-- rows: begin -->", "<!-- rows: end -->"];

/** The page with the rows in it. */
export function hardeningPage(text: string): string {
  const rows = Object.entries(controlRows).map(([id, { title, references, how }]) => [
    `\`${id}\``,
    title,
    references.join(", "),
    how,
  ]);
  return pageBetween(
    text,
    marks,
    markdownTable([["id", "recommendation", "references", "how"], ...rows]),
  );
}

if (require.main === module) {
  const text = readFileSync(page, "utf8");
  const wanted = hardeningPage(text);
  if (process.argv.includes("--write")) writeFileSync(page, wanted);
  else if (wanted !== text) {
    console.log("docs/hardening.md is old: npx tsx scripts/hardening.ts --write");
    process.exitCode = 1;
  }
}
