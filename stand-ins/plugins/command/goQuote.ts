const named: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** A string as Go's `%q` writes it. */
export function goQuote(text: string): string {
  // Control, format and unassigned characters, and every space but the plain one.
  const escaped = text.replace(/["\\]|[\p{C}\p{Z}]/gu, (character) =>
    character === " " ? character : (named[character] ?? numbered(character)),
  );
  return `"${escaped}"`;
}

function numbered(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) {
    return `\\x${hex.padStart(2, "0")}`;
  }
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
