import { hasCredentials, hasInWord, isPrivateKey } from "./credentials";
import { plainLine } from "./plainText";

/** An offending value as a message shows it: on one line, not at length, and without credentials or private keys. */
export function quote(value: unknown): string {
  const text = asText(value);
  const secret =
    text.length > longestRead ||
    isPrivateKey(text) ||
    isKeyBody(text) ||
    hasQueryOrLogin(text) ||
    hasCredentials("", value) ||
    hasCredentials("", text);
  return secret ? "the value" : `'${plainLine(text, longestShown)}'`;
}

/** Characters of a value or a name that a message shows. */
export const longestShown = 80;

/** Characters of a text that is looked through for credentials; a longer one is not quoted. */
const longestRead = 1000;

/** True for a line from within such a file. */
function isKeyBody(text: string): boolean {
  return /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z0-9+/]{60,}={0,2}$/.test(text);
}

/** True for a URL with parameters, of which one may be a token, and for user:password. */
function hasQueryOrLogin(text: string): boolean {
  return (
    hasInWord(text, "?", "=") ||
    hasInWord(text, "#", "=") ||
    /^[a-z_][a-z0-9_-]*:(?!\d*$|[:/])\S{6,}$/i.test(text)
  );
}

function asText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "object":
      return asJson(value);
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    default:
      return String(value);
  }
}

/** JSON knows no big integers, and no object that holds itself. */
function asJson(value: object | null): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "an object that JSON cannot hold";
  }
}
