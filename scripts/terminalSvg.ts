import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One numbered step of the demo. */
interface Step {
  title: string;
  facts: string[];
}

const most = { lines: 44, columns: 124 };
const size = { column: 7.3, line: 17, margin: 16 };

/** Recordings, each with the parts of `npm run demo` that it shows, by words of their titles. */
const recordings: Record<string, RegExp> = {
  preview: /preflight|edit|drift/,
  up: /pulumi up|a container|limitations/,
  destroy: /pulumi destroy|same as before/,
};

/** Keys of a preview that do not change. */
const isSame = (line: string) => /^ {10,}[\w.-]+ *: /.test(line);

/**
 * Parts of the demo's output as a terminal would show them: `npm run demo | tee demo.txt`, then
 * `npx tsx scripts/terminalSvg.ts demo.txt docs/recordings`. Only texts, in the reader's own font.
 */
export function terminalSvg(output: string, shown: RegExp): string {
  const lines = linesOf(stepsOf(output).filter(({ title }) => shown.test(title)));
  if (lines.length === 0) throw new Error(`the demo has no part ${shown.source}`);
  const width = Math.ceil(most.columns * size.column) + 2 * size.margin;
  const height = lines.length * size.line + 2 * size.margin;
  const texts = lines.map((line, index) => {
    const colour = line.startsWith(">") ? "#7ee787" : "#e6edf3";
    const y = size.margin + (index + 1) * size.line - 4;
    return `<text x="${size.margin}" y="${y}" fill="${colour}" xml:space="preserve">${escape(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join("\n")}
</svg>
`;
}

/** As many lines of each step as leave room for all steps. */
function linesOf(steps: Step[], each = most.lines): string[] {
  const lines = steps.flatMap(({ title, facts }) => [`> ${title}`, ...facts.slice(0, each)]);
  if (lines.length > most.lines && each > 0) return linesOf(steps, each - 1);
  return lines.map((line) =>
    line.length > most.columns ? `${line.slice(0, most.columns - 3)}...` : line,
  );
}

/** The seconds of a step stand beside its title. */
function stepsOf(output: string): Step[] {
  const [, ...steps] = output.split(/^ ?\d+\. /m);
  return steps.map((step) => {
    const [title = "", ...rest] = step.trimEnd().split("\n");
    const facts = rest
      .filter((line) => line.startsWith("     ") && !isSame(line))
      .map((line) => line.slice(3));
    const seconds = /^ *(\(.* s\))$/.exec(facts.at(-1) ?? "")?.[1];
    return {
      title: `${title} ${seconds ?? ""}`.trim(),
      facts: seconds ? facts.slice(0, -1) : facts,
    };
  });
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

if (require.main === module) {
  const [from, to] = process.argv.slice(2);
  if (!from || !to)
    throw new Error("name the file with the demo's output, and the folder to write to");
  const output = readFileSync(from, "utf8");
  for (const [name, shown] of Object.entries(recordings))
    writeFileSync(join(to, `${name}.svg`), terminalSvg(output, shown));
}
