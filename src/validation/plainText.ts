/**
 * Characters that a terminal, a reader or the Pulumi CLI takes for something else than text: control characters, marks
 * that have no width or turn the direction of a line, and the `{` of `<{%`. By that mark the CLI knows colours, and it
 * panics at one that it does not know.
 */
const notText = /[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]|(?<=<)\{(?=%)/gu;

/**
 * A text of a host or of a value, as a log, an error, a preview or an output may have it: what is not plain text is
 * shown as in JSON, such as `\u001b`. Line breaks and tabs stay.
 */
export function plainText(text: string): string {
  return text.replace(notText, (one) => (one === "\n" || one === "\t" ? one : asEscape(one)));
}

/** The same on one line, and cut where it is longer than so many characters. */
export function plainLine(text: string, longest = 1000): string {
  const characters = Array.from(text.slice(0, 2 * longest + 2));
  const isCut = characters.length > longest;
  const shown = isCut ? `${characters.slice(0, longest - 3).join("")}...` : text;
  return shown.replace(notText, asEscape);
}

/** The mark with which the Pulumi CLI panics if it is in a value that a preview shows. */
export const colourMark = "<{%";

const short = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function asEscape(character: string): string {
  const digits = character.codePointAt(0)?.toString(16) ?? "";
  const long = digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
  return short.get(character) ?? long;
}
