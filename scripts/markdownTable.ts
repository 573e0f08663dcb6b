/** A table of a page, as prettier pads it. The first row has the heads. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const widths = cells[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [cells[0], rule, ...cells.slice(1)].map(line).join("\n");
}

/** A page with another text between two marks, which each stand in a line of their own. */
export function pageBetween(page: string, [begin, end]: readonly string[], text: string): string {
  const [before, rest = ""] = page.split(begin);
  const [, after = ""] = rest.split(end);
  return `${before}${begin}\n\n${text}\n\n${end}${after}`;
}
