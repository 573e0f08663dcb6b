/** A value of a step's document: what a flat YAML mapping and a shell both can hold. */
export type DocumentValue = string | number | boolean;

/** The value at a key of a document. Undefined is left out. */
export type DocumentEntry = DocumentValue | JsonText | undefined;

/** Desired state of one step, by the host's own names. */
export type Document = Record<string, DocumentEntry>;

/** A value that reaches the host as JSON, as it stands (a key of daemon.json). */
export class JsonText {
  constructor(readonly value: unknown) {}
}

/**
 * Renders a document as flat YAML: one `key: value` a line, keys sorted, every value one line of JSON
 * (which is YAML). The engine shows such a text key by key in previews, and the agent's `read_document`
 * reads it without a YAML parser.
 *
 * @throws Error where a value holds a NUL, which no shell variable, file name or environment can hold.
 */
export function renderDocument(document: Document): string {
  return Object.keys(document)
    .sort(byCodeUnits)
    .filter((key) => document[key] !== undefined)
    .map((key) => `${key}: ${renderValue(key, document[key])}\n`)
    .join("");
}

/**
 * The same as it goes over a connection: the agent refuses a document without its last line, because one that was cut
 * short would wish for less.
 */
export function wholeDocument(document: Document): string {
  return `${renderDocument(document)}# end\n`;
}

function renderValue(key: string, value: Document[string]): string {
  const json = value instanceof JsonText ? sortedJson(value.value) : JSON.stringify(value);
  if (nul.test(json)) throw new Error(`${key}: a NUL cannot reach a shell`);
  return json.replace(notPrintableInYaml, escape);
}

/** The escape of a NUL in JSON; a backslash that is itself escaped does not begin one. */
const nul = /(?<!\\)(?:\\\\)*\\u0000/;

// YAML's printable characters leave these out; JSON.stringify escapes only those below U+0020.
const notPrintableInYaml = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escape(character: string): string {
  return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
}

/** JSON with the keys of every object sorted, so that the same value always gives the same bytes. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => byCodeUnits(a, b)))
      : part,
  );
}

/** A fixed order: a locale's own would differ from machine to machine. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
