import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { functionsOfStep, packedAgent, stepNames } from "../src/agent/agentText";
import { shellFiles, shellFunctions } from "../src/agent/shellSources";
import { complaintsOf, docs, wordsOf } from "./sentences";

const root = join(__dirname, "..");

/** How many steps run again after an upgrade that changed one line of the agent, on average over all lines. */
export function stepsPerChangedLine(): number {
  const times = new Map<string, number>();
  for (const step of stepNames)
    for (const name of functionsOfStep(step)) times.set(name, (times.get(name) ?? 0) + 1);
  const again = [...shellFunctions()].reduce(
    (sum, [name, { body }]) => sum + body.split("\n").length * (times.get(name) ?? 0),
    0,
  );
  return again / shellLines();
}

function shellLines(): number {
  return shellFiles().reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
}

/** Lines of all files below folders whose names end so. */
function linesOf(folders: string[], end: string): { files: number; lines: number } {
  const texts = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(end))
      .map((file) => readFileSync(join(root, folder, file), "utf8")),
  );
  const lines = texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0);
  return { files: texts.length, lines };
}

/** A tab counts as four columns. */
function wideLines(): number {
  const texts = readdirSync(join(root, "src/host"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh"))
    .map((file) => readFileSync(join(root, "src/host", file), "utf8"));
  return texts
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.replace(/\t/g, "    ").length > 100).length;
}

/** Tables and examples count, `docs/decisions` does not. */
function wordsOfDocs(): number {
  const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const files = ["README.md", ...pages.map((name) => join("docs", name))];
  return files.reduce((sum, file) => sum + wordsOf(readFileSync(join(root, file), "utf8")), 0);
}

function figure(what: string, found: number, most?: number): void {
  const verdict =
    most === undefined
      ? ""
      : found <= most
        ? ` of at most ${most}: met`
        : ` of at most ${most}: NOT MET`;
  console.log(`${what}: ${found}${verdict}`);
}

if (require.main === module) {
  const host = linesOf(["src/host"], ".sh");
  const names = [...shellFunctions().keys()];
  figure("src/host, lines with comments", host.lines, 5500);
  figure("src/host, files", host.files, 80);
  figure("its lines of over 100 columns", wideLines(), 0);
  figure("its functions", names.length);
  figure("its kinds of resource", names.filter((name) => name.endsWith("_set")).length);
  figure("TypeScript of src, lines", linesOf(["src"], ".ts").lines);
  figure("TypeScript of test and testkit, lines", linesOf(["test", "testkit"], ".ts").lines, 20000);
  figure("docs/security.md, lines", linesOf(["docs"], "security.md").lines, 120);
  figure("docs/decisions, pages", linesOf(["docs/decisions"], ".md").files, 12);
  figure("README and docs/*.md, words", wordsOfDocs(), 15000);
  figure("sentences of docs that are long, or begin without a noun", complaintsOf(docs).length, 0);
  const comments = complaintsOf([["src", /\.(ts|sh)$/]]).length;
  figure("such sentences of comments in src", comments, 0);
  figure("the agent as it travels, bytes", packedAgent().length);
  console.log(
    `steps that run again for a changed line: ${stepsPerChangedLine().toFixed(2)} of ${stepNames.length}`,
  );
  console.log("seconds and programs started: npm run bench; many hosts: npm run bench:fleet");
}
