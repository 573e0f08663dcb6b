import { isIP } from "node:net";
import { isPublicKey } from "../validation/publicKey";
import type { Reader, Rule } from "../validation/reader";
import { between, filledLine } from "../validation/rules";
import { AgentTransfer, PrivilegeEscalation } from "./args";
import type { AccountConnection } from "./outputs";

/** Settings of a machine that the component itself needs to know; the rest goes to SSH as it is. */
export interface HopSettings {
  host: string;
  port: number;
  user: string;
  /** Its public key. Absent: the host is not verified. */
  hostKey?: string;
}

/** The same of the machine that is made a host. */
export interface ConnectionSettings extends HopSettings {
  proxy?: HopSettings;
  /** Seconds. */
  connectTimeout: number;
  privilegeEscalation: PrivilegeEscalation;
  /** Whether there is one; it is apart, so that nothing else is as secret. */
  sudoPassword: boolean;
}

/** Fields that are never shown: they reach the engine as secrets only. */
export const secretConnectionFields = ["privateKey", "privateKeyPassword", "password"] as const;

const hostName: Rule<string> = (value) =>
  isIP(value) !== 0 || isDomainName(value)
    ? undefined
    : "is not a host name or an address; write one without scheme or brackets, with user and port in their own options";

// RFC 1123, and the underscore that names in private networks have. No name ends in a number.
function isDomainName(value: string): boolean {
  const labels = value.split(".");
  const isLabel = (label: string) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label);
  return value.length <= 253 && labels.every(isLabel) && !/^\d+$/.test(labels.at(-1) ?? "");
}

const userName: Rule<string> = (value) =>
  /^[A-Za-z0-9_][A-Za-z0-9._@\\-]{0,255}$/.test(value)
    ? undefined
    : "is not a user name; write the name of the login";

// PEM begins with dashes. These two are what is written instead by mistake.
const privateKey: Rule<string> = (value) =>
  /^\s*([~./]|ssh-|ecdsa-|sk-)/.test(value)
    ? "is a path or a public key; write the text of the private key's file (-----BEGIN ...), " +
      "as 'pulumi config set --secret privateKey <FILE' takes it"
    : undefined;

const publicKey: Rule<string> = (value) => {
  // A file's or a generator's key ends in a line break, which connectionInput takes away.
  const [, type = "", key = ""] = /^(\S+) (\S+)( .*)?$/.exec(value.trim()) ?? [];
  return isPublicKey(type, key)
    ? undefined
    : "is not a public key; write one whole line such as 'ssh-ed25519 AAAA...', from 'ssh-keygen -F HOST' without the name";
};

/** @throws nothing; problems are noted in the reader. */
export function connectionSettings(read: Reader): {
  open: ConnectionSettings;
  sudoPassword: string | undefined;
} {
  read.require("host", "name the machine");
  const settings = hopSettings(read);
  const proxy = read.object("proxy");
  const proxySettings = read.given("proxy") ? proxyHopSettings(proxy) : undefined;
  const connectTimeout = read.number("connectTimeout", { rule: between(0, 86_400) }) ?? 300;
  const password = read.string("sudoPassword", { rule: filledLine, secret: true });
  const privilegeEscalation = escalationSettings(read, password);
  read.refuseOthers();
  const open = { ...settings, proxy: proxySettings, connectTimeout, privilegeEscalation };
  return { open: { ...open, sudoPassword: password !== undefined }, sudoPassword: password };
}

function proxyHopSettings(read: Reader): HopSettings {
  read.require("host", "name the proxy, or leave connection.proxy out");
  const settings = hopSettings(read);
  read.refuseOthers();
  return settings;
}

function hopSettings(read: Reader): HopSettings {
  read.string("privateKey", { rule: privateKey, secret: true });
  read.string("privateKeyPassword", { secret: true });
  read.string("password", { secret: true });
  read.string("agentSocketPath", { rule: filledLine });
  read.number("dialErrorLimit", { rule: between(-1, 10_000) });
  read.number("perDialTimeout", { rule: between(1, 3600) });
  return {
    host: read.string("host", { rule: hostName }) ?? "",
    port: read.number("port", { rule: between(1, 65535) }) ?? 22,
    user: read.string("user", { rule: userName }) ?? "root",
    hostKey: read.string("hostKey", { rule: publicKey }),
  };
}

/** doas takes a password from a terminal alone. */
function escalationSettings(read: Reader, sudoPassword: string | undefined): PrivilegeEscalation {
  const chosen = read.oneOf("privilegeEscalation", PrivilegeEscalation) ?? PrivilegeEscalation.Auto;
  const others: PrivilegeEscalation[] = [PrivilegeEscalation.Doas, PrivilegeEscalation.None];
  if (sudoPassword !== undefined && others.includes(chosen))
    read.refuse(
      "privilegeEscalation",
      `'${chosen}' does not use sudo, but connection.sudoPassword requires it; leave one of the two out`,
    );
  return chosen;
}

export function transferSettings(read: Reader): AgentTransfer {
  // It decides on the type of a child resource.
  read.requireAtOnce("agentTransfer");
  return read.oneOf("agentTransfer", AgentTransfer) ?? AgentTransfer.Sftp;
}

/** The agent's word for it. */
export function escalationArgument({
  connection: { sudoPassword, privilegeEscalation },
}: {
  connection: Pick<ConnectionSettings, "sudoPassword" | "privilegeEscalation">;
}): string {
  return sudoPassword ? byPassword : privilegeEscalation;
}

/** The agent's word for sudo with a password, which is then the first line on its stdin. */
export const byPassword = "password";

/** `ssh://account@host:port`. */
export function dockerHostUrl(
  account: string,
  { host, port }: Pick<ConnectionSettings, "host" | "port">,
): string {
  return `ssh://${account}@${inUrl(host)}:${port}`;
}

/** An IPv6 address in brackets, its zone as in RFC 6874. */
const inUrl = (host: string) => (host.includes(":") ? `[${host.replace("%", "%25")}]` : host);

/**
 * `tcp://host:port` of a daemon that listens there: the machine's own name where it listens at all addresses. Empty
 * where it does not listen.
 */
export function tcpUrl(
  host: string,
  socket: { address: string; port: number } | undefined,
): string {
  if (socket === undefined) return "";
  const isAnywhere = ["0.0.0.0", "::"].includes(socket.address);
  return `tcp://${inUrl(isAnywhere ? host : socket.address)}:${socket.port}`;
}

/** For clients of the daemon. Testcontainers looks for published ports where the second one says. */
export function clientEnvironment(
  account: string,
  connection: Pick<ConnectionSettings, "host" | "port">,
): { [name: string]: string } {
  return {
    DOCKER_HOST: dockerHostUrl(account, connection),
    TESTCONTAINERS_HOST_OVERRIDE: connection.host,
  };
}

/** The way to the account's own login: without credentials, since nobody here knows which keys let in there. */
export function accountConnection(
  account: string,
  { host, port, hostKey, proxy }: Omit<ConnectionSettings, "user" | "connectTimeout">,
): AccountConnection {
  return {
    ...{ host, port, user: account, hostKey: hostKey && keyOf(hostKey) },
    proxy: proxy && { ...proxy, hostKey: proxy.hostKey && keyOf(proxy.hostKey) },
  };
}

/**
 * Lines of known_hosts (sshd(8)) for the machine and for the one that the connection jumps over, where their keys are
 * given.
 */
export function knownHostsLines({
  proxy,
  ...target
}: Omit<ConnectionSettings, "connectTimeout">): string {
  const hops = proxy ? [target, proxy] : [target];
  return hops
    .flatMap(({ host, port, hostKey }) =>
      hostKey ? [`${port === 22 ? host : `[${host}]:${port}`} ${keyOf(hostKey)}`] : [],
    )
    .join("\n");
}

/** Without the comment. */
export const keyOf = (hostKey: string) => hostKey.trim().split(/\s+/).slice(0, 2).join(" ");
