/** What a machine says, without what a terminal would take for more than text, and at most 1,000 characters. */
export function plain(text: string): string {
  const line = text.replace(/\p{Cc}/gu, "?");
  return line.length > 1000 ? `${line.slice(0, 1000)}...` : line;
}
