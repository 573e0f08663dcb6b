import type { Rule } from "./reader";

/** A whole number within bounds, both included. */
export function between(low: number, high: number): Rule<number> {
  return (value) =>
    value >= low && value <= high ? undefined : `is out of range; use ${low} to ${high}`;
}

/** An absolute path in its shortest form, as a line of /etc/passwd can hold it. */
export const absolutePath: Rule<string> = (value) =>
  /^(\/[^/:\p{Cc}]+)+$/u.test(value) && !/\/\.\.?(\/|$)/.test(value)
    ? undefined
    : "is not an absolute path without '.', '..', colons and control characters; write one such as /srv/app";

/**
 * A directory that holds the daemon's data. With a comma in its path the kernel's overlay reads other mount options,
 * and the engine falls back to copies of whole layers. Engine 26 formats the home with a '%' away.
 */
const dataDirectory: Rule<string> = (value) =>
  absolutePath(value) ??
  (/[,%"\\*?[]/.test(value)
    ? "has a comma, percent sign, double quote, backslash, asterisk, question mark or bracket in it, which the overlay mount, dockerd or systemd interprets; write a path without them"
    : undefined);

const systemDirectories = /^\/(bin|boot|dev|etc|lib(32|64|x32)?|proc|run|sbin|sys|usr)(\/|$)/;
const othersData = /^\/var\/(run|lib\/(docker|containerd|rootless-docker))(\/|$)/;

/** A directory that can be the account's: its home, or where its daemon's data are. */
export const ownDirectory: Rule<string> = (value) => {
  const wrong = dataDirectory(value);
  if (wrong) return wrong;
  if (systemDirectories.test(value))
    return "is a directory of the system; write one of the account's own, such as /srv/docker";
  if (othersData.test(value))
    return "belongs to other programs; write one of the account's own, such as /srv/docker";
  return undefined;
};

/** One line of text. */
export const oneLine: Rule<string> = (value) =>
  /[\n\r]/.test(value) ? "has a line break; write it on one line" : undefined;

/** One line that is not empty. */
export const filledLine: Rule<string> = (value) =>
  value.trim() === "" ? "is empty; write something, or leave the option out" : oneLine(value);

/** A key that Pulumi's SDK loses on the way from the program, without a word. */
export const lostKey = "__proto__";

// Go's net/url, which is stricter than Node's URL: what a user name and a password may be made of.
const credentials = "(?:(?:[\\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*@)?";
const hostAndPort = "(?:[A-Za-z0-9_][\\w.-]*|\\[[0-9A-Fa-f:.]+\\])(?::(?<port>\\d{1,5}))?";
const proxyAddress = new RegExp(
  `^(?:(?:https?|socks5h?)://)?${credentials}${hostAndPort}(?:/\\S*)?$`,
);
const webAddress = new RegExp(`^https?://${hostAndPort}(?:/[^\\s?#]*)?$`);

/** As Go's HTTP client reads HTTP_PROXY: an address without a scheme is http, and nothing is no proxy. */
export const proxyUrl: Rule<string> = (value) =>
  value === "" || isAddress(proxyAddress, value)
    ? undefined
    : "is not the address of a proxy; write one such as http://proxy.example:3128, with percent encoding for special characters of a password";

/** The address of a web server as such: no credentials or query. */
export function isWebAddress(value: unknown): boolean {
  return typeof value === "string" && isAddress(webAddress, value);
}

function isAddress(pattern: RegExp, value: string): boolean {
  const port = value.length <= 4096 ? pattern.exec(value)?.groups : undefined;
  return port !== undefined && Number(port.port ?? 1) <= 65_535;
}
