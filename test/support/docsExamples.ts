import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The examples below a heading of a page, until the next heading.
 *
 * @param language as the page marks them. Defaults to shell.
 */
export function examplesUnder(heading: string, page: string, language = "sh"): string[] {
  const text = readFileSync(join(__dirname, "../..", page), "utf8");
  const [, section] = text.split(`\n${heading}\n`);
  if (section === undefined) throw new Error(`${page} has no heading '${heading}'`);
  const [own] = section.split(/^#+ (?=[A-Z0-9])/m);
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\``, "gm");
  const found = [...own.matchAll(fence)].map(([, indent, code]) =>
    code.replace(new RegExp(`^${indent}`, "gm"), ""),
  );
  if (found.length === 0) throw new Error(`${page} has no ${language} under '${heading}'`);
  return found;
}
