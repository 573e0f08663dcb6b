import fc from "fast-check";
import { json, text } from "./values";

const line = text.map((value) => value.replace(/[\n\r]/g, " "));

/** What systemd takes in an environment file. */
const unitText = text.map((value) =>
  value.replace(/[\0-\x08\x0b-\x1f\x7f]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu, ""),
);

/** A path whose parts are anything that a file may be called. */
const path = fc
  .array(
    text.map((part) =>
      part
        .replace(/[/\n,:%"\\\p{Cc}]/gu, "")
        .replace(/^\.*$/, "x")
        .slice(0, 40),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => `/${parts.join("/")}`);

const key = fc.tuple(
  fc.constantFrom("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com"),
  fc.base64String({ minLength: 4, maxLength: 80 }),
  line,
);
const authorizedKey = fc
  .tuple(fc.constantFrom("", "restrict ", 'command="a \\"b\\" $(id)",no-pty '), key)
  .map(([options, parts]) => options + parts.join(" "));

const sysctl = fc.stringMatching(/^(kernel|net|vm)(\.[a-z0-9_-]{1,10}){1,3}$/);
const variable = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
  fc.constantFrom("constructor", "toString", "IFS", "_", "PS1", "USER"),
);
const riskyVariable = fc.oneof(variable, fc.constantFrom("__proto__", "HTTPS_PROXY", "LD_PRELOAD"));

/** Values of an option that are right, or nearly: those that have a way to go on the host. */
export const nearlyRight: Record<string, fc.Arbitrary<unknown>> = {
  "connection.host": fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
  "connection.user": fc.stringMatching(/^[A-Za-z_][A-Za-z0-9._@\\-]{0,20}$/),
  "connection.privateKey": text,
  "connection.password": text,
  "account.name": fc.stringMatching(/^[a-z_][a-z0-9_-]{0,31}$/),
  "account.uid": fc.integer({ min: 1000, max: 59_999 }),
  "account.home": path,
  "account.shell": path,
  "account.authorizedKeys": fc.array(authorizedKey, { maxLength: 3 }),
  "account.limits.memory": fc.stringMatching(/^[1-9][0-9]{0,3}[MGT]$/),
  "account.limits.tasks": fc.integer({ min: 100, max: 4_000_000 }),
  "account.limits.ioWeight": fc.integer({ min: 1, max: 10_000 }),
  "account.subordinateIds.count": fc.integer({ min: 65_536, max: 1_000_000_000 }),
  "account.subordinateIds.uidStart": fc.integer({ min: 65_536, max: 4_294_901_759 }),
  "engine.version": fc.stringMatching(/^[0-9][A-Za-z0-9.+~-]{0,20}$/),
  "kernel.sysctls": fc
    .tuple(
      fc.dictionary(sysctl, fc.oneof(line, fc.nat().map(String)), { maxKeys: 3 }),
      fc.option(fc.tuple(fc.nat(), fc.nat())),
    )
    .map(([others, groups]) => ({
      ...others,
      ...(groups ? { "net.ipv4.ping_group_range": groups.join(" ") } : {}),
    })),
  "kernel.moduleOptions": fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}\.[a-z_]{1,10}$/),
    fc.stringMatching(/^[A-Za-z0-9_.,:+/-]{1,20}$/),
    { maxKeys: 3 },
  ),
  "network.mtu": fc.integer({ min: 1280, max: 65_520 }),
  daemon: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), json, { maxKeys: 4 }),
  environment: fc.oneof(
    { arbitrary: fc.dictionary(variable, unitText, { minKeys: 4, maxKeys: 12 }), weight: 3 },
    { arbitrary: fc.dictionary(riskyVariable, text, { minKeys: 1, maxKeys: 1 }), weight: 1 },
  ),
  "operations.recheck": line,
};

/** What of right arguments must be on the host, by the document's keys: a text, or a value of JSON. */
export interface Arrivals {
  texts: Map<string, string>;
  json: Map<string, unknown>;
}

/** Said once more in the test's own words, straight from the arguments. */
export function arrivalsOf(args: Record<string, unknown>): Arrivals {
  const at = (option: string) =>
    option
      .split(".")
      .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], args);
  const entries = (option: string) =>
    Object.entries(at(option) ?? {}).filter(([, value]) => value !== null && value !== undefined);
  const texts = new Map<string, string>();
  for (const [option, name] of Object.entries(textKeys)) {
    const value = at(option) as string | number | boolean | null | undefined;
    if (value !== null && value !== undefined && value !== "") texts.set(name, String(value));
  }
  const keys = ((at("account.authorizedKeys") ?? []) as string[]).map((one) => one.trim());
  if (keys.length > 0) texts.set("authorized_keys", keys.join("\n"));
  for (const [name, value] of entries("kernel.sysctls"))
    texts.set(`sysctl.d/${name}`, value as string);
  for (const [name, value] of entries("kernel.moduleOptions"))
    texts.set(`modprobe.d/${name}`, value as string);
  for (const [name, value] of entries("environment"))
    texts.set(`environment/${name}`, value as string);
  return {
    texts,
    json: new Map(entries("daemon").map(([name, value]) => [`daemon.json/${name}`, value])),
  };
}

const textKeys: Record<string, string> = {
  "account.name": "account",
  "account.create": "create",
  "account.uid": "uid",
  "account.home": "home",
  "account.shell": "shell",
  "account.limits.memory": "limits.memory",
  "account.limits.tasks": "limits.tasks",
  "account.limits.ioWeight": "limits.io-weight",
  "account.subordinateIds.count": "subuid",
  "account.subordinateIds.uidStart": "subuid-start",
  "account.subordinateIds.gidStart": "subgid-start",
  "engine.version": "version",
  "network.mtu": "environment/DOCKERD_ROOTLESS_ROOTLESSKIT_MTU",
};
