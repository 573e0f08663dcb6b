/**
 * What is a secret whether it is marked or not: a user or a password in front of an address, and what is
 * called a password or a token. In doubt a value is a secret, which costs a reviewer the sight of it and
 * nothing else.
 */

// Go takes "user:password@proxy:3128" for a proxy as well.
const proxyName = /(^|[-_.])proxy([-_.]ur[il])?$/i;
// A list of names, which Go reads without credentials.
const noProxyName = /(^|[-_.])no[-_]?proxy$/i;

// Such as splunk-token of log-opts, AWS_SECRET_ACCESS_KEY for awslogs, PGPASSWORD, GITHUB_PAT or OTEL_EXPORTER_OTLP_HEADERS.
const secretName =
  /token|passw(or)?d|passphrase|secret|credential|connection[-_]?string|(api|private|access)[-_]?key|(?<!public)[-_]key$|(^|[-_.])(pass|pwd|pat|auth|headers)$/i;

/**
 * True where a value, or anything inside it, holds credentials.
 *
 * @param name the name that it is given to, such as HTTPS_PROXY or log-opts; empty where it has none.
 */
export function hasCredentials(name: string, value: unknown, depth = 0): boolean {
  // An object that holds itself has no end.
  if (depth > 200) return true;
  if (typeof value === "string") {
    if (value === "") return false;
    return secretName.test(name) || isCredentialed(value) || (isProxy(name) && value.includes("@"));
  }
  if (typeof value === "number") return secretName.test(name);
  if (Array.isArray(value)) return value.some((part) => hasCredentials(name, part, depth + 1));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, part]) => isCredentialed(key) || hasCredentials(key, part, depth + 1),
  );
}

function isProxy(name: string): boolean {
  return proxyName.test(name) && !noProxyName.test(name);
}

// Inside a text: token=..., password: "...". A path or a variable says where a secret is, and is none.
const namedValue = /(?<![\w.-])([\w.-]+)["']?\s*[=:]\s*["']?(?![$%]|\/[\w.-]+\/)[^\s"'=:,;&{}[\]]/g;

/**
 * True for a text with a user or a password in front of an address: a URL's, with a "/" in the password perhaps, which
 * makes it malformed, or user:password@host. The digest of an image is none.
 */
export function hasLogin(text: string): boolean {
  return hasInWord(text, "//", "@") || /^[^\s/@:]+:\S*@(?!sha\d+:)/.test(text);
}

/** True where a word of a text has `end` anywhere after `start`; a pattern would look from each start to the end. */
export function hasInWord(text: string, start: string, end: string): boolean {
  return text.split(/\s/).some((word) => {
    const at = word.indexOf(start);
    return at >= 0 && word.includes(end, at + start.length);
  });
}

/** The same, and the value of an Authorization header, a signed address, or a name of a secret with its value. */
function isCredentialed(text: string): boolean {
  return (
    hasLogin(text) ||
    /\b(Basic|Bearer)\s+[\w+/=.-]{6}/.test(text) ||
    /[?&]sig=/.test(text) ||
    [...text.matchAll(namedValue)].some(([, name]) => secretName.test(name ?? ""))
  );
}
