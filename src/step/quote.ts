/** An offending value as a message shows it: on one line, not at length, and without passwords of URLs. */
export function quote(value: unknown): string {
  const line = asText(value).replace(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu, "\ufffd");
  if (hasCredentials(line)) return "the value";
  return `'${line.length > 80 ? `${line.slice(0, 77)}...` : line}'`;
}

/** True where a text holds a URL with a user name or a password. */
export function hasCredentials(text: string): boolean {
  return /\/\/[^/\s]*@/.test(text);
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
