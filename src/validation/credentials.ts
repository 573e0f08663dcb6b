/**
 * Some values are secrets whether they are marked or not. These are a user or a password in front of an address, and
 * what is called a password or a token. In doubt a value is a secret, which costs a reviewer the sight of it and
 * nothing else.
 */

// Go takes "user:password@proxy:3128" for a proxy as well.
const proxyName = /(^|[-_.])proxy([-_.]ur[il])?$/i;
// A list of names, which Go reads without credentials.
const noProxyName = /(^|[-_.])no[-_]?proxy$/i;

// Such as splunk-token of log-opts, AWS_SECRET_ACCESS_KEY for awslogs, PGPASSWORD, GITHUB_PAT or OTEL_EXPORTER_OTLP_HEADERS.
const secretName =
  /token|passw(or)?d|passphrase|secret|credential|connection[-_]?string|(api|private|access|account)[-_]?key|(?<!public)[-_]key$|(^|[-_.])(pass|pwd|pat|auth|authorization|headers)$/i;

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
  if (Array.isArray(value)) {
    // A list of arguments may have an option and its value apart.
    const words = value.filter((part) => typeof part === "string").join(" ");
    return (
      hasNamed(optionValue, words) || value.some((part) => hasCredentials(name, part, depth + 1))
    );
  }
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, part]) => isCredentialed(key) || hasCredentials(key, part, depth + 1),
  );
}

function isProxy(name: string): boolean {
  return proxyName.test(name) && !noProxyName.test(name);
}

// A path, a variable of a shell's or a specifier of systemd's says where a secret is, and is none.
const value =
  /["']?(?!\/[\w.-]+\/|\$\{\w|(\$[A-Z_][A-Z0-9_]*|%[a-zA-Z])(?![^\s"'=:,;&{}[\]/]))[^\s"'=:,;&{}[\]]/;
// Inside a text: token=..., password: "...".
const namedValue = new RegExp(`(?<![\\w.-])([\\w.-]+)["']?\\s*[=:]\\s*${value.source}`, "g");
// And --password ..., or "--password", "...": not another option, nor what follows --password-stdin.
const optionValue = new RegExp(
  `(?<![\\w.-])--([\\w.-]+)(?<!-stdin)(?:\\s|["'],)\\s*(?!["']?-)${value.source}`,
  "g",
);

function hasNamed(pattern: RegExp, text: string): boolean {
  return [...text.matchAll(pattern)].some(([, name]) => secretName.test(name ?? ""));
}

/**
 * True for a text with a user or a password in front of an address: a URL's, with a "/" in the password perhaps, which
 * makes it malformed, or user:password@host. The digest of an image is none.
 */
export function hasLogin(text: string): boolean {
  return (
    hasInWord(text, "//", "@") ||
    /^[^\s/@:]+:\S*@(?!sha\d+:)/.test(text) ||
    text.split(/[\r\n]/).some(hasPasswordWithBlank)
  );
}

/** True for a line with a URL's user, what is no port, and an "@" somewhere after it. */
function hasPasswordWithBlank(line: string): boolean {
  const at = line.search(/\/\/[^\s/@:[\]]*:(?!\d{1,5}(?![^\s/]))/);
  return at >= 0 && line.lastIndexOf("@") > at;
}

/** True for the text of a private key's file, PEM or OpenSSH. */
export function isPrivateKey(text: string): boolean {
  return /PRIVATE\s+KEY-----/.test(text);
}

/** True where a word of a text has `end` anywhere after `start`; a pattern would look from each start to the end. */
export function hasInWord(text: string, start: string, end: string): boolean {
  return text.split(/\s/).some((word) => {
    const at = word.indexOf(start);
    return at >= 0 && word.includes(end, at + start.length);
  });
}

/**
 * The same, and a private key, the value of an Authorization header, a signed address, or a name of a secret with its
 * value.
 */
function isCredentialed(text: string): boolean {
  return (
    hasLogin(text) ||
    isPrivateKey(text) ||
    /\b(Basic|Bearer)\s+[\w+/=.-]{6}/.test(text) ||
    /[?&]sig=/.test(text) ||
    hasNamed(namedValue, text) ||
    hasNamed(optionValue, text)
  );
}
